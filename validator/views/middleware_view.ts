/**
 * The view of middleware: one request, seen from both sides of it.
 *
 * @module
 */

import type { RequestState } from "./request_state.ts";

/** The moments at which the rules about middleware are applied. */
export type PairEvent =
  /** It has called the inner application. */
  | "call"
  /** It calls startResponse of its server. */
  | "start"
  /** Its call to startResponse was read. */
  | "head"
  /** Its own startResponse has returned to the inner application. */
  | "started"
  /** It calls write() of its server. */
  | "write"
  /** It has returned a body. */
  | "return"
  /** Its body has yielded a chunk. */
  | "chunk"
  /** The inner body has yielded a chunk. */
  | "inner chunk"
  /** Its body has ended. */
  | "end"
  /** Its body has been closed, or it has failed. */
  | "closed";

/** How far one request has come in one layer, with facts for its neighbors. */
export interface PairState extends RequestState {
  /** The application's body, if it is an array. */
  readonly array: readonly unknown[] | undefined;
  /** The last chunk that the body yielded. */
  readonly lastChunk: unknown;
  /** Chunks that inner bodies yielded while this layer's next() runs. */
  readonly taken: number;
  /** Inner bodies that the middleware got and has not closed. */
  readonly openInner: number;
  /** Whether a call to startResponse with excInfo is running. */
  readonly passesExcInfo: boolean;
  /** Whether startResponse has changed the header array. */
  readonly headersChanged: boolean;
}

/** Two layers of one request, and what happens between them. */
export interface PairView {
  /** The event. */
  readonly event: PairEvent;
  /** The layer between the middleware and the server. */
  readonly outer: PairState;
  /** The layer between the middleware and the inner application. */
  readonly inner: PairState;
  /** The arguments of the call, or the chunk in an array. */
  readonly args: readonly unknown[];
}
