/**
 * Rules about how the server iterates over a body.
 *
 * @module
 */

import type { StateView } from "../views/request_state.ts";
import type { Rule } from "./rule.ts";

/** Applied when the server takes the iterator of a body. */
export const TAKE_RULES: readonly Rule<StateView>[] = [
  {
    id: "iteration/second-iterator",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "server-iterator-once",
    covers: ["iteration/next-after-end", "body/reused"],
    title: "The iterator of a body must be taken once",
    why:
      "Most bodies can be iterated over only once; the second time they are empty.",
    hint:
      "Use one loop, or keep the iterator; if you need the chunks twice, keep them",
    check: ({ state }) =>
      state.iterators > 0 ? "a second call to the iterator method" : undefined,
  },
];

/** Applied when the server asks a body for a chunk. */
export const NEXT_RULES: readonly Rule<StateView>[] = [
  {
    id: "iteration/overlapping",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "server-one-next",
    covers: ["iteration/return-again"],
    title: "The next() of a body must not be called while a call is pending",
    why: "Not every iterator queues calls; a sync generator throws.",
    hint: "Await each next() before the next one",
    check: ({ state }) => state.iterating ? "a second call" : undefined,
  },
  {
    id: "iteration/next-after-end",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "server-no-late-next",
    title: "The next() of a body must not be called after its end",
    why: "The behavior of an iterator after its end is undefined.",
    hint: "Stop at { done: true }, and when next() throws",
    check: ({ state }) => {
      if (state.closes > 0 || state.returns > 0) return undefined;
      if (state.ended) return "a call after { done: true }";
      return state.failed ? "a call after next() had thrown" : undefined;
    },
  },
  {
    id: "iteration/next-after-close",
    severity: "error",
    blame: "server",
    profile: "core",
    spec: "server-no-late-next",
    title: "The next() of a body must not be called after it was closed",
    why: "The body has released the resources that it needs for a chunk.",
    hint: "Call close() last",
    check: ({ state }) => {
      if (state.closes > 0) return "a call after close()";
      return state.returns > 0 ? "a call after return()" : undefined;
    },
  },
];

/** Applied when the server calls the return() of the body's iterator. */
export const RETURNING_RULES: readonly Rule<StateView>[] = [
  {
    id: "iteration/return-again",
    severity: "warning",
    blame: "server",
    profile: "core",
    spec: "server-return-once",
    title:
      "The return() of a body's iterator should be called once, and not after its end",
    why: "An iterator that is not a generator may release a resource twice.",
    hint: "Call return() only if you stop before { done: true }",
    check: ({ state }) => {
      if (state.returns > 0) return "a second call";
      // After next() has thrown, for await calls the return() of a sync iterator.
      return state.ended ? "a call after { done: true }" : undefined;
    },
  },
];
