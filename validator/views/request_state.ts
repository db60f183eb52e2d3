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
  /** What was read of the environ when the application was called. */
  readonly environ: EnvironView;
  /** Calls of startResponse so far, failed ones too. */
  readonly starts: number;
  /** Status and headers of the last call, as far as they could be read. */
  readonly response: ResponseView | undefined;
  /** Whether a non-empty chunk has passed, so that the headers have left. */
  readonly headSent: boolean;
  /**
   * Whether middleware between this layer and another holds back the chunks
   * that have passed here, so that the headers have not left after all.
   */
  readonly isHeldBack: boolean;
  /** What the server's startResponse threw about, until it takes a call. */
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
  readonly state: RequestState;
}
