/**
 * What the rules see of a body: what the application returned, its iterator, its
 * chunks and its end.
 *
 * @module
 */

import type { CallView } from "./call_views.ts";
import type { Memory } from "./memory.ts";
import type { RequestState } from "./request_state.ts";

/** What the application returned. */
export interface ReturnView {
  /** The body, awaited. */
  readonly body: unknown;
  /** Its `[Symbol.asyncIterator]`, if it is an object. */
  readonly asyncMethod: unknown;
  /** Its `[Symbol.iterator]`, if it is an object. */
  readonly method: unknown;
  /** Its `close`, if it is an object. */
  readonly close: unknown;
  /** How far the request has come. */
  readonly state: RequestState;
}

/** What `wsgi.file_wrapper` returned. */
export interface WrappedView extends ReturnView {
  /** The `close` of the file. */
  readonly fileClose: unknown;
}

/** What the iterator method of the body returned. */
export interface IteratorView {
  /** Whether another request has had it, or the stream behind it. */
  readonly isUsed: boolean;
  /** What it returned. */
  readonly iterator: unknown;
  /** Its `next`, if it is an object. */
  readonly next: unknown;
  /** How far the request has come. */
  readonly state: RequestState;
}

/** What an iterator gave, as far as it is not a chunk. */
export interface ResultView {
  /** The result of next(), awaited if the body is async. */
  readonly result: unknown;
  /** Whether it is a promise, which a sync body must not give. */
  readonly isPromise: boolean;
  /** Its `done`, if it is an object. */
  readonly done: unknown;
  /** Its `value`, if it is an object. */
  readonly value: unknown;
}

/** One chunk that the body yielded, or that was given to write(). */
export interface ChunkView {
  /** The chunk. */
  readonly chunk: unknown;
  /** Whether it stands in an array. */
  readonly isInArray: boolean;
  /** Whether it is the absence of one in a sparse array. */
  readonly isHole: boolean;
  /** Its length in bytes; 0 if it is no `Uint8Array`. */
  readonly length: number;
  /** Where its bytes lie; nowhere if it is no `Uint8Array`. */
  readonly memory: Memory | undefined;
  /** How far the request had come before it. */
  readonly state: RequestState;
}

/** How long the body is so far. */
export interface LengthView {
  /** Bytes that were yielded and written. */
  readonly total: number;
  /** Those of the last chunk; nothing when the body has ended by itself. */
  readonly length: number | undefined;
  /** How far the request has come. */
  readonly state: RequestState;
}

/** A chunk that was looked at a second time. */
export interface ChangeView {
  /** What happened to it in the meantime. */
  readonly change: "changed" | "detached";
  /** Who had it in the meantime. */
  readonly holder: "application" | "server";
}

/** A chunk whose buffer was gone when the server came back. */
export interface DetachView {
  /** Whether nothing but the server can have transferred it. */
  readonly isCertain: boolean;
}

/** On what the chunks of a whole body lay. */
export interface BufferView {
  /** The length of the largest buffer. */
  readonly largest: number;
  /** The bytes of the body. */
  readonly total: number;
}

/** What the body's return() gave. */
export interface StoppedView {
  /** The result, awaited. */
  readonly result: unknown;
  /** Its `done`, if it is an object. */
  readonly done: unknown;
}

/** What a body is: the server's own file wrapper, or something iterable. */
export type BodyKind = "array" | "sync" | "async" | "wrapper";

/** A call of the body's close() by the server. */
export interface ClosingView extends CallView {
  /** On what it was called. */
  readonly receiver: "body" | "iterator" | "other";
  /** What the body is. */
  readonly kind: BodyKind;
  /** Whether its iterator was taken, and has no return(). */
  readonly cannotReturn: boolean;
  /** Whether next() has thrown a finding that the body knows nothing of. */
  readonly isBroken: boolean;
  /** Whether the server has ever asked it for a chunk. */
  readonly wasAsked: boolean;
  /** Whether the body itself has a close(). */
  readonly hasClose: boolean;
  /** Whether it is a generator. */
  readonly isGenerator: boolean;
  /** Chunks that an array has now; -1 for other bodies. */
  readonly length: number;
  /** How far the request had come before the call. */
  readonly state: RequestState;
}

/** What a validator has seen of all requests. */
export interface OpenView {
  /** Requests that were begun and not closed. */
  readonly open: number;
  /** The request whose body was collected as garbage, if that is how it shows. */
  readonly collected?: string | undefined;
}

/** An iterator of the application, or what it returned for one. */
export interface AnyIterator {
  /** What the iterator method of the body returned. */
  readonly object: object;
  /** Its `next`. */
  readonly next: unknown;
  /** Its `return`. */
  readonly return: unknown;
}

const NOTHING: object = Object.freeze({});

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null ||
    typeof value === "function";
}

/**
 * Reads what an iterator method returned.
 *
 * @param object What it returned.
 * @returns What was read.
 */
export function readIterator(object: unknown): AnyIterator {
  const { next, return: stop } =
    (isObject(object) ? object : NOTHING) as Partial<AnyIterator>;
  return { object: object as object, next, return: stop };
}

/**
 * Reads whether the result of an iterator is the last.
 *
 * @param result What it gave.
 * @returns Its `done`, if it is an object.
 */
export function doneOf(result: unknown): unknown {
  const { done } = (isObject(result) ? result : NOTHING) as { done?: unknown };
  return done;
}
