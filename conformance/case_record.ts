/**
 * What the application of the kit saw, and the gates at which it waits.
 *
 * @module
 */

import type { Violation } from "../validator/violation.ts";
import { within } from "./within.ts";

/** Something that the application saw. */
export interface Seen {
  /** What it was, such as `"environ"` or `"closed"`. */
  readonly event: string;
  /** More about it; whatever JSON can hold. */
  readonly value: unknown;
}

/** What one run of one case has seen. */
export class Ledger {
  readonly #seen: Seen[] = [];
  readonly #violations: Violation[] = [];
  readonly #gates = new Map<string, PromiseWithResolvers<void>>();
  /** Resolves when the case is over, so that nothing waits for it any more. */
  readonly #over: PromiseWithResolvers<void> = Promise.withResolvers();
  #isOver = false;
  /** Resolves at the next event. */
  #next: PromiseWithResolvers<void> = Promise.withResolvers();

  /** What the validator has found. */
  get violations(): readonly Violation[] {
    return this.#violations;
  }

  /** The values of all events of this name, so far. */
  values(event: string): unknown[] {
    return this.#seen.filter((seen) => seen.event === event)
      .map(({ value }) => value);
  }

  /** The names of all events, so far. */
  names(): string[] {
    return this.#seen.map(({ event }) => event);
  }

  /** Takes down what the application saw. */
  add(seen: Seen): void {
    this.#seen.push(seen);
    this.#next.resolve();
    this.#next = Promise.withResolvers();
  }

  /** Takes down what the validator found. */
  addViolation(violation: Violation): void {
    this.#violations.push(violation);
  }

  /**
   * Waits for an event.
   *
   * @param event Its name.
   * @param count How many of this name there must be.
   * @param deadline How long to wait, in milliseconds.
   * @returns The value of the last one that was waited for.
   */
  async wait(event: string, count: number, deadline: number): Promise<unknown> {
    const come = async () => {
      for (;;) {
        const values = this.values(event);
        if (values.length >= count) return values[count - 1];
        await this.#next.promise;
      }
    };
    return await within(
      Promise.race([come(), this.#over.promise]),
      `the application to tell "${event}"`,
      deadline,
    );
  }

  /** Resolves when a gate is open. */
  passed(gate: string): Promise<void> {
    return this.#gate(gate).promise;
  }

  /** Opens a gate, for good. */
  open(gate: string): void {
    this.#gate(gate).resolve();
  }

  /**
   * Ends the case: opens all gates, those too to which something comes later,
   * and ends all waiting.
   */
  end(): void {
    this.#isOver = true;
    this.#over.resolve();
    for (const gate of this.#gates.values()) gate.resolve();
  }

  #gate(name: string): PromiseWithResolvers<void> {
    const known = this.#gates.get(name);
    if (known !== undefined) return known;
    const made = Promise.withResolvers<void>();
    if (this.#isOver) made.resolve();
    this.#gates.set(name, made);
    return made;
  }
}
