/**
 * Rules about how the server iterates over a body and closes it.
 *
 * @module
 */

import type { Rule } from "./rule.ts";
import type { CloseView, IterationView, OpenView } from "./views.ts";

/** Applied when the server touches a body. */
export const ITERATION_RULES: readonly Rule<IterationView>[] = [
  {
    id: "close/called-twice",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "close-once",
    title: "The close() of a body must be called once",
    why:
      "It releases what the body holds; a second time may release another's.",
    hint: "Call it in one place, a finally around everything else",
    check: ({ action, state }) =>
      action === "close" && state.closes > 0 ? "a second call" : undefined,
  },
];

/** Applied to what the close() of a body gave. */
export const CLOSE_RULES: readonly Rule<CloseView>[] = [];

/** Applied by assertFinished(). */
export const OPEN_RULES: readonly Rule<OpenView>[] = [
  {
    id: "close/never-called",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "close-called",
    title: "The close() of every body must be called",
    why: "Files, locks and connections stay open otherwise.",
    hint:
      "Call it on every way out: at the end, after an error, when the client has left",
    check: ({ open }) =>
      open === 0
        ? undefined
        : `${open} ${open === 1 ? "request" : "requests"} left open`,
  },
];
