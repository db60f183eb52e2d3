/**
 * Views of the use of `wsgi.input` and `wsgi.errors`.
 *
 * @module
 */

import type { CallView } from "./call_views.ts";
import type { RequestState } from "./request_state.ts";

/** A use of `wsgi.input` by the application. */
export interface InputView extends CallView {
  /** The method that is called. */
  readonly method: string;
  /** Whether it was called without its stream as `this`. */
  readonly isTorn: boolean;
  /** Whether the request is over, on all layers between here and the server. */
  readonly isOver: boolean;
  /** Bytes that are left according to CONTENT_LENGTH, if that is known. */
  readonly left: number | undefined;
  /** How far the request has come. */
  readonly state: RequestState;
}

/** The result of a method of `wsgi.input`. */
export interface InputResultView extends CallView {
  /** The method that was called. */
  readonly method: string;
  /** Its size or hint, if there is one; NaN if it is not valid. */
  readonly size: number | undefined;
  /** Whether it returned a promise. */
  readonly isPromised: boolean;
  /** The result, awaited. */
  readonly result: unknown;
  /** The arrays in the result; `undefined` if it has a wrong type. */
  readonly pieces: readonly Uint8Array[] | undefined;
  /** Bytes in the result. */
  readonly length: number;
  /** Bytes that all calls have returned, including this one. */
  readonly total: number;
  /** The number in CONTENT_LENGTH, if there is one. */
  readonly limit: number | undefined;
  /** An earlier result that showed the end of the input, if there was one. */
  readonly earlier: EarlierRead | undefined;
  /** The first result that shows the end of the input, if it is this one. */
  readonly end: EarlierRead | undefined;
  /** Whether the application got the memory of the result before. */
  readonly isReused: boolean;
}

/** A result of `wsgi.input` that shows its end. */
export interface EarlierRead {
  /** The call: `"read(5)"`. */
  readonly call: string;
  /** The kind of result. */
  readonly kind: "empty" | "bytes" | "line" | "lines";
  /** Its number of bytes. */
  readonly length: number;
}

/** An array that `wsgi.input` returned, before and after the next call. */
export interface InputMemoryView {
  /** The digest of its bytes before the call. */
  readonly before: number;
  /** The digest after the call. */
  readonly after: number;
}

/** A use of `wsgi.errors` by the application. */
export interface ErrorsView extends CallView {
  /** The method that is called. */
  readonly method: string;
  /** The argument of writelines(), if it is iterable. */
  readonly texts: readonly unknown[] | undefined;
  /** Whether it was called without its stream as `this`. */
  readonly isTorn: boolean;
  /** Whether the request is over, on all layers between here and the server. */
  readonly isOver: boolean;
  /** How far the request has come. */
  readonly state: RequestState;
}

/** An error of a method of `wsgi.errors`. */
export interface ErrorsThrownView {
  /** The method. */
  readonly method: string;
  /** The error. */
  readonly error: unknown;
}
