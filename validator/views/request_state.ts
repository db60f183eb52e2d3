/**
 * How far one request has come.
 *
 * @module
 */

import type { EnvironView } from "./environ_view.ts";
import type { ResponseView } from "./response_view.ts";

/** How far one request has come, seen from one layer. */
export interface RequestState {
  /** The method of the request. */
  readonly method: string;
  /** The environ at the call to the application. */
  readonly environ: EnvironView;
  /** Calls to startResponse so far, including failed ones. */
  readonly starts: number;
  /** Status and headers of the last call, as far as they could be read. */
  readonly response: ResponseView | undefined;
  /** Whether a non-empty chunk has passed, so that the headers were sent. */
  readonly headSent: boolean;
  /**
   * Whether middleware between this layer and another holds back the chunks, so
   * that the headers were not sent after all.
   */
  readonly isHeldBack: boolean;
  /** Why the server's startResponse threw, until it accepts a call. */
  readonly refusal: "exc-info" | "arguments" | undefined;
  /** The number of chunks that the body had yielded at that time. */
  readonly refusedAt: number | undefined;
  /** Whether the application has returned, or its promise was fulfilled. */
  readonly returned: boolean;
  /** Whether a call to next() is running. */
  readonly iterating: boolean;
  /** Iterators that the server has taken from the body. */
  readonly iterators: number;
  /** Chunks that the body yielded, including empty ones. */
  readonly chunks: number;
  /** Bytes that the body yielded. */
  readonly bytes: number;
  /** Bytes that went through write(). */
  readonly written: number;
  /** Empty chunks since the last non-empty one. */
  readonly emptyRun: number;
  /** Whether there was a chunk whose bytes cannot be counted. */
  readonly uncounted: boolean;
  /** Whether the body is one that `wsgi.file_wrapper` has returned. */
  readonly isFile: boolean;
  /** Whether the body came to its end by itself. */
  readonly ended: boolean;
  /** Whether the application failed: it threw, or its body did. */
  readonly failed: boolean;
  /** Calls to the return() of the body's iterator by the server. */
  readonly returns: number;
  /** Calls to the body's close() by the server. */
  readonly closes: number;
}

/** A moment at which rules look only at the state. */
export interface StateView {
  /** How far the request has come. */
  readonly state: RequestState;
}
