/**
 * Capturing stacks, at a limited rate, and finding the user's line in them.
 *
 * @module
 */

import {
  findUserFrame,
  readFrames,
  type StackFrame,
} from "../wsgi/source_place.ts";

/** A function that the program called. Stacks start at its caller. */
// deno-lint-ignore ban-types -- captureStackTrace takes any
export type Entry = Function;

/** A stack. Its text is made when it is first read, which is slow. */
export interface Capture {
  readonly stack?: string;
}

/** In place of a stack that was not captured. */
export const NO_CAPTURE: Capture = Object.freeze({});

/**
 * Captures the stack. This costs some microseconds.
 *
 * @param entry The function whose caller is the first frame.
 * @returns The stack.
 */
export function capture(entry: Entry): Capture {
  const captured: Capture = {};
  Error.captureStackTrace?.(captured, entry);
  return captured;
}

/**
 * Parses the frames of a stack.
 *
 * @param captured The stack.
 * @returns The frames, innermost first.
 */
export function framesOf(captured: Capture | undefined): StackFrame[] {
  const { stack } = captured ?? NO_CAPTURE;
  return stack === undefined ? [] : readFrames(stack);
}

/**
 * Finds the user's line in a stack.
 *
 * @param captured The stack.
 * @returns The innermost frame of the user's program, if there is one.
 */
export function userFrameOf(
  captured: Capture | undefined,
): StackFrame | undefined {
  return findUserFrame(framesOf(captured));
}

const PERIOD = 1000;
/** Under load, the clock is read only once in at most this many requests. */
const MAX_STRIDE = 64;

/** Decides when a stack is captured: always, until there are too many. */
export class CaptureBudget {
  readonly #perSecond: number;
  #left: number;
  #stride = 1;
  #toSkip = 0;
  #since: number = Date.now();

  /**
   * @param perSecond The number of captures in a second, at least 1.
   */
  constructor(perSecond: number) {
    this.#perSecond = perSecond;
    this.#left = perSecond;
  }

  /**
   * Takes one capture from the budget.
   *
   * @returns Whether there was one left.
   */
  take(): boolean {
    if (this.#left > 0) {
      this.#left--;
      return true;
    }
    if (this.#toSkip > 0) {
      this.#toSkip--;
      return false;
    }
    return this.#refill();
  }

  #refill(): boolean {
    const now = Date.now();
    // If the clock was set back, a new second begins too.
    if (Math.abs(now - this.#since) < PERIOD) {
      this.#stride = Math.min(2 * this.#stride, MAX_STRIDE);
      this.#toSkip = this.#stride;
      return false;
    }
    this.#since = now;
    this.#stride = 1;
    this.#left = this.#perSecond - 1;
    return true;
  }

  /** Fills the budget again. */
  renew(): void {
    this.#left = this.#perSecond;
  }
}
