/**
 * What went over the wire in one case, for its report.
 *
 * @module
 */

import { fromBytes } from "../wsgi/byte_string.ts";

/** What happened on a connection, seen from the client. */
export type Direction =
  | "opened"
  | "sent"
  | "received"
  /** The client sends no more. */
  | "half-closed"
  /** The client left. */
  | "closed"
  /** The server ended the connection. */
  | "ended"
  /** The server broke the connection. */
  | "reset";

/** One thing that happened on a connection. */
export interface Exchanged {
  /** What happened. */
  readonly direction: Direction;
  /** The bytes, as a ByteString; shortened where there were many. */
  readonly data: string;
  /** How many bytes there were. */
  readonly size: number;
}

/** More of one piece is not kept. */
const MAX_PIECE = 4096;
/** More pieces are not kept. */
const MAX_PIECES = 200;

/** Keeps what was sent and received in one case. */
export class Transcript {
  readonly #entries: Exchanged[] = [];

  /** What happened, in order. */
  get entries(): readonly Exchanged[] {
    return this.#entries;
  }

  /**
   * Adds what happened.
   *
   * @param direction What it was.
   * @param bytes What was sent or received.
   */
  add(direction: Direction, bytes: Uint8Array = new Uint8Array()): void {
    if (this.#entries.length >= MAX_PIECES) return;
    const data = fromBytes(bytes.subarray(0, MAX_PIECE));
    this.#entries.push({ direction, data, size: bytes.byteLength });
  }
}
