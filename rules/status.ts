/**
 * Rules about the status.
 *
 * @module
 */

import { describe } from "../gateway/describe.ts";
import type { Rule } from "./rule.ts";
import type { HeadView } from "./views.ts";

/** Applied to the first argument of startResponse. */
export const STATUS_RULES: readonly Rule<HeadView>[] = [
  {
    id: "status/string",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "status-string",
    title: 'Status must be a string such as "200 OK"',
    why: "The server sends it as the status line.",
    hint: 'Write the code and its reason: "404 Not Found", not 404',
    check: ({ response: { status } }) =>
      typeof status === "string" ? undefined : describe(status),
  },
];
