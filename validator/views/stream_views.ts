/**
 * What the rules see of the use of `wsgi.input` and `wsgi.errors`.
 *
 * @module
 */

import type { CallView } from "./call_views.ts";
import type { RequestState } from "./request_state.ts";

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
  readonly state: RequestState;
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
  /** What shows that the input is at its end, the first time that it is. */
  readonly end: EarlierRead | undefined;
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
  readonly state: RequestState;
}

/** What a method of `wsgi.errors` threw. */
export interface ErrorsThrownView {
  /** The method. */
  readonly method: string;
  /** What it threw. */
  readonly error: unknown;
}
