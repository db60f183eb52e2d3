/**
 * What the checks get to look at.
 *
 * Each view is filled by reading the program's values once; a check never goes
 * back to them.
 *
 * @module
 */

import type { ResponseView } from "./response_view.ts";

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
  /** Whether the body came to its end by itself. */
  readonly ended: boolean;
  /** Whether the application failed: it threw, or its body did. */
  readonly failed: boolean;
  /** Calls of the body's close() by the server. */
  readonly closes: number;
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

/** The environ at the call of the application. */
export interface EnvironView {
  /** The first argument of the application. */
  readonly object: unknown;
  /** Its own enumerable properties, each read once. */
  readonly values: Readonly<Record<string, unknown>>;
  /** The names of those properties. */
  readonly keys: readonly string[];
  /** The second argument of the application. */
  readonly startResponse: unknown;
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

/** What the application returned. */
export interface ReturnView {
  /** The body, awaited. */
  readonly body: unknown;
  /** How far the request has come. */
  readonly state: State;
}

/** One chunk that the body yielded. */
export interface ChunkView {
  /** The chunk. */
  readonly chunk: unknown;
  /** How far the request had come before it. */
  readonly state: State;
}

/** What an iterator gave, as far as it is not a chunk. */
export interface ResultView {
  /** The result of next(), awaited. */
  readonly result: unknown;
  /** How far the request has come. */
  readonly state: State;
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
  /** How far the request has come. */
  readonly state: State;
}

/** What a method of `wsgi.input` gave. */
export interface InputResultView extends InputView {
  /** The result, awaited. */
  readonly result: unknown;
  /** Bytes that all reads have given, this one included. */
  readonly total: number;
  /** Whether an earlier read has shown the end of the input. */
  readonly ended: boolean;
}

/** A use of `wsgi.errors` by the application. */
export interface ErrorsView extends CallView {
  /** The method that is called. */
  readonly method: string;
  /** How far the request has come. */
  readonly state: State;
}

/** Something that the server does with a body. */
export interface IterationView {
  /** What it does. */
  readonly action: "iterator" | "next" | "return" | "close";
  /** How far the request has come. */
  readonly state: State;
}

/** What the close() of a body gave. */
export interface CloseView {
  /** Its result. */
  readonly result: unknown;
  /** How far the request has come. */
  readonly state: State;
}

/** What a validator has seen of all requests. */
export interface OpenView {
  /** Requests that were begun and not closed. */
  readonly open: number;
}
