/** A record of how servers handle bodies. */

import type { ResponseBody } from "../../wsgi/types.ts";

/** How long the ledger waits for open bodies and work, in milliseconds. */
const PATIENCE = 5000;

type AnyIterator =
  | Iterator<Uint8Array, void>
  | AsyncIterator<Uint8Array, void>;

/** The record of one body. */
class Account {
  isOpen = true;
  hasEnded = false;
  returns = 0;
  readonly isArray: boolean;
  readonly #complain: (fault: string) => void;

  constructor(isArray: boolean, complain: (fault: string) => void) {
    this.isArray = isArray;
    this.#complain = complain;
  }

  /** Records the calls on an iterator. */
  watch(iterator: AnyIterator): unknown {
    return {
      next: () => this.#next(iterator),
      return: () => {
        this.returns++;
        if (!this.isOpen) this.#complain("return() after close()");
        if (this.hasEnded) this.#complain("return() after the end");
        return iterator.return?.();
      },
    };
  }

  /** Calls next(), and records whether it was the last call. */
  #next(iterator: AnyIterator): ReturnType<AnyIterator["next"]> {
    if (!this.isOpen) this.#complain("next() after close()");
    if (this.returns > 0) this.#complain("next() after return()");
    if (this.hasEnded) this.#complain("next() after the end");
    const settle = (isLast = false): void => {
      if (this.isOpen) this.hasEnded = isLast;
    };
    try {
      const result = iterator.next();
      if (!(result instanceof Promise)) settle(result.done);
      else result.then(({ done }) => settle(done), () => settle(true));
      return result;
    } catch (error) {
      settle(true);
      throw error;
    }
  }

  close(): void {
    if (!this.isOpen) this.#complain("close() twice");
    this.isOpen = false;
    const due = this.isArray || this.hasEnded ? 0 : 1;
    if (this.returns !== due) {
      this.#complain(`return() ${this.returns} times, where ${due} was due`);
    }
  }
}

/** The record of all bodies of a program. */
export class BodyLedger {
  /** Bodies that were passed to the server. */
  made = 0;
  /** Bodies whose close() was called. */
  closed = 0;
  /** Closed bodies that had not reached their end. */
  cut = 0;
  /** The number of generators and streams that were begun. */
  entered = 0;
  /** The number of them that have ended in any way. */
  left = 0;
  /** Forbidden calls by the server. */
  readonly faults: string[] = [];
  #settled: PromiseWithResolvers<void> | undefined;

  /** Records the beginning of a generator or stream, and its end on disposal. */
  enter(): Disposable {
    this.entered++;
    let hasLeft = false;
    return {
      [Symbol.dispose]: (): void => {
        if (hasLeft) return;
        hasLeft = true;
        this.left++;
        this.#look();
      },
    };
  }

  /** Records all calls on a body, and adds a close() to it. */
  watch(body: ResponseBody): ResponseBody {
    this.made++;
    const account = new Account(
      Array.isArray(body),
      (fault) => void this.faults.push(fault),
    );
    for (const key of [Symbol.asyncIterator, Symbol.iterator] as const) {
      const open: unknown = Reflect.get(body, key);
      if (typeof open !== "function" || account.isArray) continue;
      Object.defineProperty(body, key, {
        value: () => account.watch(Reflect.apply(open, body, [])),
      });
    }
    return Object.assign(body, {
      close: (): void => {
        account.close();
        this.closed++;
        this.cut += account.returns;
        this.#look();
      },
    });
  }

  /** Waits until nothing is open, for a limited time. */
  async settled(): Promise<void> {
    this.#settled ??= Promise.withResolvers();
    const timer = setTimeout(this.#settled.resolve, PATIENCE);
    this.#look();
    await this.#settled.promise;
    clearTimeout(timer);
    this.#settled = undefined;
  }

  #look(): void {
    if (this.made === this.closed && this.entered === this.left) {
      this.#settled?.resolve();
    }
  }
}
