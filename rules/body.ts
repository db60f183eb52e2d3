/**
 * Rules about the body: what the application returns, its chunks, its end.
 *
 * @module
 */

import { describe, isUint8Array } from "../gateway/describe.ts";
import type { Finding, Rule } from "./rule.ts";
import type { ChunkView, EndView, ResultView, ReturnView } from "./views.ts";

/**
 * Tells whether a value is a body as far as its type goes: an object that
 * JavaScript iterates over, and not one chunk.
 *
 * @param body What the application returned.
 * @returns Whether a server can iterate over it.
 */
export function isIterable(body: unknown): body is object {
  if (typeof body !== "object" || body === null) return false;
  if (isUint8Array(body)) return false;
  const iterable = body as {
    [Symbol.asyncIterator]?: unknown;
    [Symbol.iterator]?: unknown;
  };
  return typeof iterable[Symbol.asyncIterator] === "function" ||
    typeof iterable[Symbol.iterator] === "function";
}

function notIterable(body: unknown): Finding {
  if (body === undefined) {
    return {
      got: "undefined",
      hint: "Is a return missing? Return [bytes], or [] for an empty body",
    };
  }
  if (typeof body === "function") {
    return {
      got: "a function",
      hint: "Call the generator function: return body(), not return body",
    };
  }
  return describe(body);
}

/** Applied to what the application returned. */
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
    check: ({ body }) => typeof body === "string" ? describe(body) : undefined,
  },
  {
    id: "body/bytes",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "body-not-bytes",
    title: "The body must be an iterable of byte chunks, not one chunk",
    why: "JavaScript iterates over a Uint8Array number by number.",
    hint: "Put it into an array: [bytes]",
    check: ({ body }) => isUint8Array(body) ? describe(body) : undefined,
  },
  {
    id: "body/iterable",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "body-iterable",
    title: "The body must be an iterable of byte chunks",
    why: "The server sends what it yields, chunk by chunk.",
    hint: "Return [bytes], a generator, or a ReadableStream",
    check: ({ body }) =>
      typeof body === "string" || isUint8Array(body) || isIterable(body)
        ? undefined
        : notIterable(body),
  },
];

/** Applied to what next() of the body gave. */
export const RESULT_RULES: readonly Rule<ResultView>[] = [];

/** Applied to each chunk. */
export const CHUNK_RULES: readonly Rule<ChunkView>[] = [
  {
    id: "body/chunk",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "chunk-uint8array",
    title: "Each chunk must be a Uint8Array",
    why: "The body is bytes; which bytes other values mean, only you know.",
    hint: "Encode text: new TextEncoder().encode(text)",
    check: ({ chunk }) => isUint8Array(chunk) ? undefined : describe(chunk),
  },
  {
    id: "start-response/late",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "start-before-chunk",
    title: "StartResponse must be called before the first non-empty chunk",
    why: "Status and headers go before the body.",
    hint: "Call startResponse before the first yield",
    check: ({ chunk, state }) =>
      state.starts > 0 || !isUint8Array(chunk) || chunk.byteLength === 0
        ? undefined
        : `${describe(chunk)} before it`,
  },
];

/** Applied at the end of a body that ended by itself. */
export const END_RULES: readonly Rule<EndView>[] = [
  {
    id: "start-response/never-called",
    severity: "error",
    blame: "application",
    profile: "core",
    spec: "start-called",
    title: "StartResponse must be called before the body ends",
    why: "Without a status there is no response.",
    hint: "Call startResponse in every branch, also in the one that returns []",
    check: ({ state }) =>
      state.starts > 0 ? undefined : "the end of the body without a call",
  },
];
