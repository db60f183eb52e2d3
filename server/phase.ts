/**
 * The phases of a connection, and their time limits.
 *
 * @module
 */

/** The phase of a connection. */
export type Phase =
  /** No byte has arrived yet. */
  | "new"
  /** The last request is over, the next one has not begun. */
  | "idle"
  /** A part of a head has arrived. */
  | "head"
  /** A request waits for a place. */
  | "queued"
  /** The application handles a request. */
  | "running"
  /** The next request waits until the pending bytes have been sent. */
  | "draining"
  /** The response was sent, and the rest of the request is discarded. */
  | "discarding"
  /** The last response was sent, and the client has time to read it. */
  | "lingering";

/** The time limits, in ticks of the server's clock. */
export interface TimeLimits {
  readonly headers: number;
  readonly keepAlive: number;
  readonly request: number;
}

/** An action for a connection whose phase has taken too long. */
export type Expiry = "close" | "refuse" | "linger" | "give up";

/**
 * Checks the limits of a connection at a tick.
 *
 * @param phase The phase of the connection.
 * @param age The number of ticks since the phase began.
 * @param limits The limits of the server.
 * @param isDrained Whether all bytes have been passed to the system.
 * @returns The action; `undefined` within the limits.
 */
export function expiryOf(
  phase: Phase,
  age: number,
  { headers, keepAlive, request }: TimeLimits,
  isDrained: boolean,
): Expiry | undefined {
  switch (phase) {
    case "new":
      return age > headers ? "close" : undefined;
    case "head":
      return age > headers ? "refuse" : undefined;
    case "idle":
    case "draining":
      return age > keepAlive ? "close" : undefined;
    case "lingering":
      // After the last byte, another timer ends this phase.
      return age > keepAlive && !isDrained ? "close" : undefined;
    case "discarding":
      return age > headers ? "linger" : undefined;
    case "running":
      return age > request ? "give up" : undefined;
    case "queued":
      return undefined;
  }
}
