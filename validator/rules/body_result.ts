/**
 * Rules about the iterator of a body and its results, except for chunks.
 *
 * @module
 */

import { describe, isUint8Array } from "../../wsgi/describe.ts";
import type {
  IteratorView,
  ResultView,
  StoppedView,
} from "../views/body_views.ts";
import { lengthOf } from "../views/memory.ts";
import type { Finding, Rule } from "./rule.ts";

function noIterator(iterator: unknown): Finding {
  const got = describe(iterator);
  if (got === "a Promise") {
    return {
      got,
      hint:
        "Remove async from the method: it returns the iterator immediately, and next() returns promises",
    };
  }
  return typeof iterator === "object" && iterator !== null
    ? `${got} without next()`
    : got;
}

/** Applied to the result of the iterator method of the body. */
export const ITERATOR_RULES: readonly Rule<IteratorView>[] = [
  {
    id: "body/iterator",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "body-iterator",
    title: "The iterator of a body must be an object with a method next()",
    why: "The server calls it for every chunk.",
    hint: "Make the method a generator: *[Symbol.iterator]() { yield bytes; }",
    check: ({ iterator, next }) =>
      typeof next === "function" ? undefined : noIterator(iterator),
  },
  {
    id: "body/reused",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "body-own",
    title: "The body must be made for one request",
    why:
      "The chunks that one request takes from an iterator or a stream are missing in the next.",
    hint:
      "Create it in the application, for each request; to send the same bytes each time, return an array",
    check: ({ isUsed }) =>
      isUsed ? "a body that was iterated over before" : undefined,
  },
];

function noResult({ result, isPromise }: ResultView): Finding {
  const got = describe(result);
  if (isPromise) {
    return {
      got,
      hint:
        "A body that waits is asynchronous: use async function*, or name the method [Symbol.asyncIterator]",
    };
  }
  return isUint8Array(result)
    ? {
      got,
      hint: "Return { done: false, value: chunk }, not the chunk itself",
    }
    : got;
}

/** Whether a last result carries a value that gets lost. */
function isLost(value: unknown): boolean {
  if (value === undefined || value === null) return false;
  // A reader that fills a buffer ends with an empty one.
  return !isUint8Array(value) || lengthOf(value) > 0;
}

/** Applied to the result of next(), unless it is plainly a chunk. */
export const RESULT_RULES: readonly Rule<ResultView>[] = [
  {
    id: "body/result",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "body-iterator",
    title: "The next() of a body must return an object { done, value }",
    why: "The server cannot recognize a chunk or the end in other values.",
    hint: "Return { done: false, value: chunk }, and { done: true } at the end",
    check: (view) => {
      const { result, isPromise } = view;
      const isResult = typeof result === "object" && result !== null &&
        !isPromise && !isUint8Array(result);
      return isResult ? undefined : noResult(view);
    },
  },
  {
    id: "body/done",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "body-iterator",
    title: "The done of a result of next() must be true, false or absent",
    why: 'JavaScript treats the string "false" as true, and ends the body.',
    hint: "Use a boolean: { done: index === chunks.length }",
    check: ({ done }) =>
      done === undefined || typeof done === "boolean"
        ? undefined
        : describe(done),
  },
  {
    id: "body/return-value",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "body-no-return-value",
    title: "The end of a body must not carry a value",
    why: "The return value of a generator never reaches the client.",
    hint: "Yield it: yield chunk, then return without a value",
    check: ({ done, value }) =>
      done === true && isLost(value) ? describe(value) : undefined,
  },
];

/** Applied to the result of the return() of the body's iterator. */
export const STOPPED_RULES: readonly Rule<StoppedView>[] = [
  {
    id: "close/return-yields",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "body-return-ends",
    title: "The return() of a body's iterator must end it with { done: true }",
    why: "The code after a yield in a finally block never runs.",
    hint:
      "Do not yield in finally; if you write return() yourself, return { done: true }",
    check: ({ result, done }) => {
      if (done === true) return undefined;
      return typeof result === "object" && result !== null
        ? "a result that is not done"
        : describe(result);
    },
  },
];
