/**
 * How to iterate over a body that middleware wraps.
 *
 * @module
 */

import type { ResponseBody } from "../wsgi/types.ts";

/** What the iterator of a sync or async body gives. */
export type BodyResult = IteratorResult<Uint8Array, void>;

/** The iterator of a sync or async body. */
export interface BodyIterator {
  /** Asks for the next chunk. */
  next(): BodyResult | Promise<BodyResult>;
  /** Ends the iteration early. */
  return?(): BodyResult | Promise<BodyResult>;
}

/** How to iterate over a body. */
export interface Iteration {
  /** Whether its iterator gives promises. */
  readonly isAsync: boolean;
  /** Takes the iterator. */
  readonly open: () => BodyIterator;
}

/**
 * Finds out how to iterate over a body, the async way if there are both.
 *
 * @param body What an application returned.
 * @returns How; nothing for an array, which is a whole body, and for what is no
 * body.
 */
export function iterationOf(body: ResponseBody): Iteration | undefined {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    return undefined;
  }
  if (Symbol.asyncIterator in body) {
    return { isAsync: true, open: () => body[Symbol.asyncIterator]() };
  }
  if (Symbol.iterator in body) {
    return { isAsync: false, open: () => body[Symbol.iterator]() };
  }
  return undefined;
}
