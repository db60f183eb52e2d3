/**
 * Views of a body: the result of the application, its iterator, its chunks and
 * its end.
 *
 * @module
 */

import type { CallView } from "./call_views.ts";
import type { Memory } from "./memory.ts";
import type { RequestState } from "./request_state.ts";

/** The result of the application. */
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

/** The result of `wsgi.file_wrapper`. */
export interface WrappedView extends ReturnView {
  /** The `close` of the file. */
  readonly fileClose: unknown;
}

/** The result of the iterator method of the body. */
export interface IteratorView {
  /** Whether another request has used it, or the stream behind it. */
  readonly isUsed: boolean;
  /** Its result. */
  readonly iterator: unknown;
  /** Its `next`, if it is an object. */
  readonly next: unknown;
  /** How far the request has come. */
  readonly state: RequestState;
}

/** The result of next(), if it is not plainly a chunk. */
export interface ResultView {
  /** The result of next(), awaited if the body is async. */
  readonly result: unknown;
  /** Whether it is a promise, which a sync body must not return. */
  readonly isPromise: boolean;
  /** Its `done`, if it is an object. */
  readonly done: unknown;
  /** Its `value`, if it is an object. */
  readonly value: unknown;
}

/** One chunk that the body yielded or that was passed to write(). */
export interface ChunkView {
  /** The chunk. */
  readonly chunk: unknown;
  /** Whether it is an element of an array. */
  readonly isInArray: boolean;
  /** Whether it is a hole in an array. */
  readonly isHole: boolean;
  /** Its length in bytes; 0 if it is not a `Uint8Array`. */
  readonly length: number;
  /** The kind of its memory; `undefined` if it is not a `Uint8Array`. */
  readonly memory: Memory | undefined;
  /** How far the request had come before it. */
  readonly state: RequestState;
}

/** The length of the body so far. */
export interface LengthView {
  /** Bytes that were yielded and written. */
  readonly total: number;
  /** Bytes of the last chunk; `undefined` when the body has ended by itself. */
  readonly length: number | undefined;
  /** How far the request has come. */
  readonly state: RequestState;
}

/** A chunk that was compared with its earlier bytes. */
export interface ChangeView {
  /** The kind of change in the meantime. */
  readonly change: "changed" | "detached";
  /** Who had it in the meantime. */
  readonly holder: "application" | "server";
}

/** A chunk in the memory of the one before, whose bytes have changed. */
export interface ReuseView {
  /** The length of the chunk in bytes. */
  readonly length: number;
}

/** A chunk whose buffer was detached when the server asked for the next one. */
export interface DetachView {
  /** Whether only the server can have transferred it. */
  readonly isCertain: boolean;
}

/** The buffers of a whole body. */
export interface BufferView {
  /** The length of the largest buffer. */
  readonly largest: number;
  /** The bytes of the body. */
  readonly total: number;
}

/** The result of the body's return(). */
export interface StoppedView {
  /** The result, awaited. */
  readonly result: unknown;
  /** Its `done`, if it is an object. */
  readonly done: unknown;
}

/** The kind of a body: the server's own file wrapper, or an iterable. */
export type BodyKind = "array" | "sync" | "async" | "wrapper";

/** A call to the body's close() by the server. */
export interface ClosingView extends CallView {
  /** The `this` of the call. */
  readonly receiver: "body" | "iterator" | "other";
  /** The kind of the body. */
  readonly kind: BodyKind;
  /** Whether its iterator was taken, and has no return(). */
  readonly cannotReturn: boolean;
  /** Whether next() has thrown a finding that did not come from the body. */
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

/** The requests of a validator that are not closed. */
export interface OpenView {
  /** Requests that were begun and not closed. */
  readonly open: number;
  /** The request whose body was collected as garbage, if one was. */
  readonly collected?: string | undefined;
}
