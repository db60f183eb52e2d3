/**
 * Rules about how a body is closed.
 *
 * @module
 */

import type { ClosingView, OpenView } from "../views/body_views.ts";
import type { Rule } from "./rule.ts";

/** Whether this is the first close() of a body that the server iterates over. */
function isFirst({ receiver, kind, state }: ClosingView): boolean {
  return receiver !== "iterator" && state.closes === 0 &&
    (kind === "sync" || kind === "async");
}

/** Applied when the server calls the close() of a body. */
export const CLOSING_RULES: readonly Rule<ClosingView>[] = [
  {
    id: "close/called-twice",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "close-once",
    title: "The close() of a body must be called once",
    why:
      "It releases resources; a second call may release those of another request.",
    hint: "Call it in one place, in a finally block around everything else",
    check: ({ receiver, state }) =>
      receiver !== "iterator" && state.closes > 0 ? "a second call" : undefined,
  },
  {
    id: "close/not-on-body",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "close-on-body",
    title: "The close() of a body must be called on the body",
    why: "The body finds its resources through this.",
    hint: "Keep the body that the application returned, and call body.close()",
    check: ({ receiver }) => {
      if (receiver === "body") return undefined;
      return receiver === "iterator" ? "a call on its iterator" : {
        got: "a call without the body as this",
        hint:
          "Call it as a method: close: () => body.close?.(), not close: body.close",
      };
    },
  },
  {
    id: "close/arguments",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "close-on-body",
    title: "The close() of a body must be called without arguments",
    why: "The body may have optional parameters.",
    hint: "Call body.close(), not promise.finally(body.close) or the like",
    check: ({ args }) =>
      args.length === 0
        ? undefined
        : args.length === 1
        ? "one argument"
        : `${args.length} arguments`,
  },
  {
    id: "close/without-return",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "close-return-first",
    title:
      "The return() of a body's iterator must be called before close() if it has not ended",
    why: "Without it the finally blocks of a generator never run.",
    hint:
      "Call await iterator.return?.() if you stop early, then body.close?.(); leaving a for loop calls return()",
    check: (view) => {
      const { cannotReturn, isBroken, state } = view;
      if (!isFirst(view) || cannotReturn || state.iterators === 0) {
        return undefined;
      }
      // For the server, next() has thrown; no loop calls return() after that.
      if (isBroken) return undefined;
      return state.ended || state.failed || state.returns > 0
        ? undefined
        : "only a call to close()";
    },
  },
  {
    id: "close/unread",
    severity: "warning",
    blame: "server",
    profile: "core",
    spec: "close-unread-body",
    title:
      "The iterator of a body that is not read must be taken and ended with return() before close()",
    why: "Otherwise a stream does not learn that nobody will read it.",
    hint:
      "Call await body[Symbol.asyncIterator]().return?.(), or that of [Symbol.iterator], then body.close?.()",
    check: (view) =>
      isFirst(view) && view.state.iterators === 0
        ? "only a call to close()"
        : undefined,
  },
  {
    id: "close/never-begun",
    severity: "warning",
    blame: "application",
    profile: "paranoid",
    spec: "body-not-run-to-end",
    title: "A body should release what it holds even if nobody reads it",
    why: "A generator that was never started does not run its finally blocks.",
    hint:
      "Open resources inside the generator, or return an object with close()",
    check: (view) =>
      isFirst(view) && view.isGenerator && !view.hasClose && !view.wasAsked &&
        view.state.starts > 0
        ? "a generator without close() that was closed before it started"
        : undefined,
  },
  {
    id: "body/array-changed",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "body-array-fixed",
    title: "An array as the body must keep its length until it is closed",
    why: "The server has already counted the chunks.",
    hint: "Return a generator if more chunks will follow",
    check: ({ length, state }) =>
      length === -1 || length === state.chunks || state.closes > 0
        ? undefined
        : `a length of ${length}, which was ${state.chunks}`,
  },
];

/** Applied by assertFinished(), and to bodies that were collected as garbage. */
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
      "Call it in every case: at the end, after an error, and when the client has left",
    check: ({ open, collected }) => {
      if (collected !== undefined) {
        return `the body of ${collected} collected as garbage without it`;
      }
      if (open === 0) return undefined;
      return `${open} ${open === 1 ? "request" : "requests"} left open`;
    },
  },
];
