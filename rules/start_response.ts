/**
 * Rules about startResponse: how often, when and with what it is called, and
 * what the server makes of it.
 *
 * @module
 */

import { describe } from "../gateway/describe.ts";
import type { Rule } from "./rule.ts";
import type { StartedView, StartView } from "./views.ts";

function hasExcInfo(args: readonly unknown[]): boolean {
  return args[2] !== undefined && args[2] !== null;
}

/** Applied when the application calls startResponse. */
export const START_RULES: readonly Rule<StartView>[] = [
  {
    id: "start-response/arguments",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "start-arguments",
    title:
      "StartResponse must be called with status, headers and perhaps excInfo",
    why: "A server takes them by their position.",
    hint: 'Call startResponse("200 OK", [["Content-Type", "text/plain"]])',
    check: ({ args }) =>
      args.length === 2 || args.length === 3
        ? undefined
        : `${args.length} arguments`,
  },
  {
    id: "start-response/called-twice",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "start-no-second-call",
    title: "StartResponse must be called once, and again only with excInfo",
    why: "There is one response; which of two is meant, a server cannot know.",
    hint:
      "Give what was thrown as the third argument if this is an error handler; otherwise call it in one place",
    check: ({ args, state }) =>
      state.starts === 0 || hasExcInfo(args)
        ? undefined
        : "a second call without excInfo",
  },
];

/** Applied when the server's startResponse has returned or thrown. */
export const STARTED_RULES: readonly Rule<StartedView>[] = [
  {
    id: "start-response/returns-write",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "server-start-returns-write",
    title: "StartResponse must return the function write",
    why: "Imperative applications send their body with it.",
    hint:
      "Return a function (chunk) => Promise<void>, even if it is rarely used",
    check: ({ result, thrown }) =>
      thrown !== undefined || typeof result === "function"
        ? undefined
        : describe(result),
  },
];
