/**
 * What a connection is doing, and how long it may.
 *
 * @module
 */

/** What a connection is doing. */
export type Phase =
  /** Nothing has come since it was accepted. */
  | "new"
  /** The last request is over, the next one has not begun. */
  | "idle"
  /** A part of a head has come. */
  | "head"
  /** A request waits for a place. */
  | "queued"
  /** The application is at work. */
  | "running"
  /** The next request waits until the client has taken what is due. */
  | "draining"
  /** The response is sent, the rest of the request is read and dropped. */
  | "discarding"
  /** The last response is sent, and the client is given time to read it. */
  | "lingering";

/** The limits of time, in ticks of the server's clock. */
export interface TimeLimits {
  readonly headers: number;
  readonly keepAlive: number;
  readonly request: number;
}

/** What happens to a connection that has been in its phase for too long. */
export type Expiry = "close" | "refuse" | "linger" | "give up";

/**
 * Decides what happens to a connection at a tick.
 *
 * @param phase What it is doing.
 * @param age For how many ticks.
 * @param limits The limits of the server.
 * @param isDrained Whether the client has taken all that was sent.
 * @returns What to do; `undefined` as long as it is within the limits.
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
      // Once all is sent, a timer of its own ends it.
      return age > keepAlive && !isDrained ? "close" : undefined;
    case "discarding":
      return age > headers ? "linger" : undefined;
    case "running":
      return age > request ? "give up" : undefined;
    case "queued":
      return undefined;
  }
}
