/**
 * What the checks get to look at.
 *
 * Each view is filled by reading the program's values once; a check never goes
 * back to them.
 *
 * @module
 */

import type { EnvironView } from "./environ_view.ts";
import type { ResponseView } from "./response_view.ts";

export type { EnvironView };

/** How far one request has come, seen from one layer. */
export interface State {
  /** The method of the request. */
  readonly method: string;
  /** What was read of the environ when the application was called. */
  readonly environ: EnvironView;
  /** Calls of startResponse so far, failed ones too. */
  readonly starts: number;
  /** Status and headers of the last call, as far as they could be read. */
  readonly response: ResponseView | undefined;
  /** Whether a non-empty chunk has passed, so that the headers have left. */
  readonly headSent: boolean;
  /** What the server's startResponse last threw about, if not mended since. */
  readonly refusal: "exc-info" | "arguments" | undefined;
  /** How many chunks the body had yielded at that time. */
  readonly refusedAt: number | undefined;
  /** Whether the application has returned, or its promise was fulfilled. */
  readonly returned: boolean;
  /** Whether a chunk is being made: the server waits in next(). */
  readonly iterating: boolean;
  /** Iterators that the server has taken of the body. */
  readonly iterators: number;
  /** Chunks that the body yielded, empty ones too. */
  readonly chunks: number;
  /** Bytes that the body yielded. */
  readonly bytes: number;
  /** Bytes that went through write(). */
  readonly written: number;
  /** Empty chunks since the last one that was not. */
  readonly emptyRun: number;
  /** Whether something passed for a chunk whose bytes cannot be counted. */
  readonly uncounted: boolean;
  /** Whether the body came to its end by itself. */
  readonly ended: boolean;
  /** Whether the application failed: it threw, or its body did. */
  readonly failed: boolean;
  /** Calls of the return() of the body's iterator by the server. */
  readonly returns: number;
  /** Calls of the body's close() by the server. */
  readonly closes: number;
}

/** A moment at which nothing but the state is looked at. */
export interface StateView {
  /** How far the request has come. */
  readonly state: State;
}

/** What is to be validated. */
export interface CallableView {
  /** The argument of `validator()`. */
  readonly app: unknown;
}

/** The arguments of a call. */
export interface CallView {
  /** The arguments. */
  readonly args: readonly unknown[];
}

/** A call of startResponse by the application. */
export interface StartView extends CallView {
  /** How far the request had come before the call. */
  readonly state: State;
}

/** Status and headers that the application gave to startResponse. */
export interface HeadView {
  /** What was given, read once. */
  readonly response: ResponseView;
  /** How far the request had come before the call, the call itself counted. */
  readonly state: State;
}

/** What the server's startResponse did. */
export interface StartedView extends StartView {
  /** What it returned. */
  readonly result: unknown;
  /** What it threw, in an object. */
  readonly thrown: { readonly error: unknown } | undefined;
}

/** A call of write() by the application. */
export interface WriteView extends CallView {
  /** How far the request had come before the call. */
  readonly state: State;
}

/** A call of write() in relation to the one before. */
export interface AwaitedView {
  /** Whether the promise of that one is not settled yet. */
  readonly pending: boolean;
}

/** What the server's write() gave. */
export interface WrittenView {
  /** What it returned. */
  readonly result: unknown;
}

/** A call of `wsgi.file_wrapper` by the application. */
export interface WrapView extends CallView {
  /** The `read` of the first argument, if that is an object. */
  readonly read: unknown;
}

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
  readonly state: State;
}

/** What the iterator method of the body returned. */
export interface IteratorView {
  /** What it returned. */
  readonly iterator: unknown;
  /** Its `next`, if it is an object. */
  readonly next: unknown;
  /** How far the request has come. */
  readonly state: State;
}

/** Where the bytes of a chunk lie. */
export type Memory =
  | "fixed"
  | "resizable"
  | "shared"
  | "detached"
  | "outOfBounds";

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
  readonly state: State;
}

/** How long the body is so far. */
export interface LengthView {
  /** Bytes that were yielded and written. */
  readonly total: number;
  /** Those of the last chunk; nothing when the body has ended by itself. */
  readonly length: number | undefined;
  /** How far the request has come. */
  readonly state: State;
}

/** A chunk that was looked at a second time. */
export interface ChangeView {
  /** What happened to it in the meantime. */
  readonly change: "changed" | "detached";
  /** Who had it in the meantime. */
  readonly holder: "application" | "server";
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

/** The end of a body, or of a request. */
export interface EndView {
  /** How far the request has come. */
  readonly state: State;
}

/** A use of `wsgi.input` by the application. */
export interface InputView extends CallView {
  /** The method that is called. */
  readonly method: string;
  /** Whether it was torn off its stream. */
  readonly isTorn: boolean;
  /** Whether the request is over, on all layers between here and the server. */
  readonly isOver: boolean;
  /** Bytes that CONTENT_LENGTH leaves to be read; nothing if it is not known. */
  readonly left: number | undefined;
  /** How far the request has come. */
  readonly state: State;
}

/** What a method of `wsgi.input` gave. */
export interface InputResultView extends CallView {
  /** The method that was called. */
  readonly method: string;
  /** Its size or hint if there is one; NaN if it is no clear one. */
  readonly size: number | undefined;
  /** Whether it returned a promise. */
  readonly isPromised: boolean;
  /** The result, awaited. */
  readonly result: unknown;
  /** The arrays in the result; nothing if it is not what it has to be. */
  readonly pieces: readonly Uint8Array[] | undefined;
  /** Bytes in the result. */
  readonly length: number;
  /** Bytes that all calls have given, this one included. */
  readonly total: number;
  /** The number in CONTENT_LENGTH, if there is one. */
  readonly limit: number | undefined;
  /** An earlier result that has shown the end of the input, if there is one. */
  readonly earlier: EarlierRead | undefined;
  /** Whether the memory of the result has been given to the application before. */
  readonly isReused: boolean;
}

/** A result of `wsgi.input` after which there can be no more. */
export interface EarlierRead {
  /** What was called: `"read(5)"`. */
  readonly call: string;
  /** What kind of result it was. */
  readonly kind: "empty" | "bytes" | "line" | "lines";
  /** How many bytes it had. */
  readonly length: number;
}

/** An array that `wsgi.input` gave, around the next call. */
export interface InputMemoryView {
  /** A number made of its bytes, before the call. */
  readonly before: number;
  /** The same after the call. */
  readonly after: number;
}

/** A use of `wsgi.errors` by the application. */
export interface ErrorsView extends CallView {
  /** The method that is called. */
  readonly method: string;
  /** What is given to writelines(), if that can be iterated. */
  readonly texts: readonly unknown[] | undefined;
  /** Whether it was torn off its stream. */
  readonly isTorn: boolean;
  /** Whether the request is over, on all layers between here and the server. */
  readonly isOver: boolean;
  /** How far the request has come. */
  readonly state: State;
}

/** What a method of `wsgi.errors` threw. */
export interface ErrorsThrownView {
  /** The method. */
  readonly method: string;
  /** What it threw. */
  readonly error: unknown;
}

/** On what the chunks of a whole body lay. */
export interface BufferView {
  /** The length of the largest buffer. */
  readonly largest: number;
  /** The bytes of the body. */
  readonly total: number;
}

/** A call by the server on the body or its iterator. */
export interface IterationView {
  /** How far the request had come before the call. */
  readonly state: State;
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
  readonly state: State;
}

/** What a validator has seen of all requests. */
export interface OpenView {
  /** Requests that were begun and not closed. */
  readonly open: number;
  /** The request whose body was collected as garbage, if that is how it shows. */
  readonly collected?: string | undefined;
}
