/**
 * Rules about the result of the application.
 *
 * @module
 */

import { describe } from "../../wsgi/describe.ts";
import type { ReturnView } from "../views/body_views.ts";
import { hasOwnIteration, isGeneratorFunction } from "../views/value_shape.ts";
import { describeNoBody, givesEntries } from "./body_hints.ts";

import type { Finding, Rule } from "./rule.ts";

// They identify strings and bytes even behind a proxy, and call nothing.
const STRING_ITERATOR: unknown = String.prototype[Symbol.iterator];
const BYTES_ITERATOR: unknown = Uint8Array.prototype[Symbol.iterator];

function isText({ body, method }: ReturnView): boolean {
  return typeof body === "string" || method === STRING_ITERATOR;
}

function isBytes({ body, method }: ReturnView): boolean {
  return method === BYTES_ITERATOR || ArrayBuffer.isView(body);
}

/**
 * Checks whether a value is a body as far as its type goes: an object that
 * yields chunks when JavaScript iterates over it, and not a chunk itself.
 *
 * @param view The result of the application.
 * @returns Whether a server can iterate over it.
 */
export function isIterable(view: ReturnView): boolean {
  const { body, asyncMethod, method } = view;
  if (Array.isArray(body)) return true;
  if (typeof body !== "object" || body === null) return false;
  if (typeof asyncMethod === "function") return true;
  return typeof method === "function" && !isText(view) && !isBytes(view) &&
    !givesEntries(view);
}

function bytesHint(body: unknown): Finding {
  const got = describe(body);
  return got.startsWith("a Uint8Array") ? got : {
    got,
    hint:
      "Put its bytes into an array: [new Uint8Array(view.buffer, view.byteOffset, view.byteLength)]",
  };
}

/** Applied to the result of the application. */
export const RETURN_RULES: readonly Rule<ReturnView>[] = [
  {
    id: "body/string",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "body-not-string",
    title: "The body must be an iterable of byte chunks, not a string",
    why: "JavaScript iterates over a string character by character.",
    hint:
      "Encode it and put it into an array: [new TextEncoder().encode(text)]",
    check: (view) => isText(view) ? describe(view.body) : undefined,
  },
  {
    id: "body/bytes",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "body-not-string",
    title: "The body must be an iterable of byte chunks, not one chunk",
    why: "JavaScript iterates over a Uint8Array number by number.",
    hint: "Put it into an array: [bytes]",
    check: (view) => isBytes(view) ? bytesHint(view.body) : undefined,
  },
  {
    id: "body/iterable",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "body-iterable",
    alsoSpec: ["app-returns-body"],
    title: "The body must be an iterable of byte chunks",
    why: "The server sends what it yields, chunk by chunk.",
    hint: "Return [bytes], a generator, or a ReadableStream",
    check: (view) =>
      isIterable(view) || isText(view) || isBytes(view)
        ? undefined
        : describeNoBody(view),
  },
  {
    id: "body/close-function",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "body-close-function",
    title: "The close of a body must be a function",
    why: "The server calls it at the end, to release what the body holds.",
    hint: "Write a method close() { … }, or leave the property out",
    check: ({ close }) => {
      if (close === undefined) return undefined;
      if (typeof close !== "function") return describe(close);
      return isGeneratorFunction(close)
        ? {
          got: "a generator function",
          hint:
            "Remove the *: calling a generator function runs none of its code",
        }
        : undefined;
    },
  },
  {
    id: "body/array-iterator",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "body-array-fixed",
    title:
      "An array as the body must yield its elements when it is iterated over",
    why: "Some servers read the elements by index, others iterate.",
    hint:
      "Return an object that is not an array, or remove [Symbol.iterator]()",
    check: ({ body, method }) =>
      Array.isArray(body) && hasOwnIteration(body, method)
        ? "an array with an iterator of its own"
        : undefined,
  },
  {
    id: "body/one-protocol",
    severity: "warning",
    blame: "application",
    profile: "paranoid",
    spec: "body-one-protocol",
    title:
      "A body should have either [Symbol.iterator] or [Symbol.asyncIterator]",
    why: "The server uses the asynchronous one, and the other never runs.",
    hint: "Remove one of them",
    check: ({ asyncMethod, method }) =>
      typeof asyncMethod === "function" && typeof method === "function"
        ? "a body with both"
        : undefined,
  },
];
