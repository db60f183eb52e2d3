/**
 * Rules about how an application is made and called.
 *
 * @module
 */

import { describe } from "../gateway/describe.ts";
import type { Rule } from "./rule.ts";
import type { CallableView, CallView } from "./views.ts";

/** Applied when the validator is made. */
export const CALLABLE_RULES: readonly Rule<CallableView>[] = [
  {
    id: "application/not-callable",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "app-callable",
    title: "The application must be a function (environ, startResponse)",
    why: "The server calls it once for each request.",
    hint:
      "Pass the function itself: not its result, not a promise of it, not the module",
    check: ({ app }) => typeof app === "function" ? undefined : describe(app),
  },
];

/** Applied when the server calls the application. */
export const ARGUMENT_RULES: readonly Rule<CallView>[] = [
  {
    id: "application/arguments",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "server-two-arguments",
    title:
      "The application must be called with two arguments, environ and startResponse",
    why: "An application can count on what it is called with.",
    hint:
      "Call app(environ, startResponse), not app({ environ, startResponse })",
    check: ({ args }) =>
      args.length === 2 ? undefined : `${args.length} arguments`,
  },
];
