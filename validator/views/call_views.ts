/**
 * Views of the calls to the application, startResponse, write() and the
 * extensions.
 *
 * @module
 */

import type { RequestState } from "./request_state.ts";
import type { ResponseView } from "./response_view.ts";

/** The argument of `validator()`. */
export interface CallableView {
  /** The argument. */
  readonly app: unknown;
}

/** An application that has failed. */
export interface FailedView {
  /** The application. */
  readonly app: unknown;
  /** The error of the application, or a finding about it. */
  readonly thrownByApplication: unknown;
  /** How far the request had come. */
  readonly state: RequestState;
}

/** The arguments of a call. */
export interface CallView {
  /** The arguments. */
  readonly args: readonly unknown[];
}

/** A call to startResponse by the application. */
export interface StartView extends CallView {
  /** How far the request had come before the call. */
  readonly state: RequestState;
}

/** Status and headers that the application passed to startResponse. */
export interface HeadView {
  /** Status and headers, read once. */
  readonly response: ResponseView;
  /** How far the request has come, including this call. */
  readonly state: RequestState;
}

/** The result of the server's startResponse. */
export interface StartedView extends StartView {
  /** Its result. */
  readonly result: unknown;
  /** The error that it threw, in an object. */
  readonly thrown: { readonly error: unknown } | undefined;
}

/** A call to write() by the application. */
export interface WriteView extends CallView {
  /** How far the request had come before the call. */
  readonly state: RequestState;
}

/** A call to write() in relation to the previous one. */
export interface AwaitedView {
  /** Whether the promise of the previous call is pending. */
  readonly pending: boolean;
}

/** The result of the server's write(). */
export interface WrittenView {
  /** Its result. */
  readonly result: unknown;
}

/** The result of a call to `wsgiref.signal`. */
export interface SignalView {
  /** Its result. */
  readonly signal: unknown;
  /** The result of the first call in this request. */
  readonly first: unknown;
}

/** A call to `wsgi.file_wrapper` by the application. */
export interface WrapView extends CallView {
  /** The `read` of the first argument, if that is an object. */
  readonly read: unknown;
}
