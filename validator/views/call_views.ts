/**
 * What the rules see of the calls of the application, startResponse, write() and
 * `wsgi.file_wrapper`.
 *
 * @module
 */

import type { RequestState } from "./request_state.ts";
import type { ResponseView } from "./response_view.ts";

/** What is to be validated. */
export interface CallableView {
  /** The argument of `validator()`. */
  readonly app: unknown;
}

/** An application that has failed. */
export interface FailedView {
  /** The application. */
  readonly app: unknown;
  /** What it threw, or the finding that was thrown about it. */
  readonly thrownByApplication: unknown;
  /** How far the request had come. */
  readonly state: RequestState;
}

/** The arguments of a call. */
export interface CallView {
  /** The arguments. */
  readonly args: readonly unknown[];
}

/** A call of startResponse by the application. */
export interface StartView extends CallView {
  /** How far the request had come before the call. */
  readonly state: RequestState;
}

/** Status and headers that the application gave to startResponse. */
export interface HeadView {
  /** What was given, read once. */
  readonly response: ResponseView;
  /** How far the request had come before the call, the call itself counted. */
  readonly state: RequestState;
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
  readonly state: RequestState;
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

/** What a call of `wsgiref.signal` returned. */
export interface SignalView {
  /** What it returned. */
  readonly signal: unknown;
  /** What the first call in this request returned. */
  readonly first: unknown;
}

/** A call of `wsgi.file_wrapper` by the application. */
export interface WrapView extends CallView {
  /** The `read` of the first argument, if that is an object. */
  readonly read: unknown;
}
