import type { Socket } from "../../server/listener.ts";

/** A write that the test has yet to settle. */
export interface PendingWrite {
  /** The array that was passed to write(). */
  readonly bytes: Uint8Array;
  /** Accepts the first bytes, all by default, and lets the writer continue. */
  readonly take: (count?: number) => Promise<void>;
  /** Rejects the write, and lets the writer continue. */
  readonly fail: (error: Error) => Promise<void>;
}

/** A connection whose writes the test settles. */
export class FakeSocket implements Socket {
  readonly #taken: number[] = [];
  /** How often `write()` was called. */
  writes = 0;
  closed = 0;
  #pending: PendingWrite | undefined;

  /** The bytes that the other end has received. */
  get sent(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.#taken);
  }

  /** The pending write, if there is one. */
  get pending(): PendingWrite | undefined {
    return this.#pending;
  }

  /** The write that must be pending. */
  get current(): PendingWrite {
    if (this.#pending === undefined) throw new Error("No write is under way");
    return this.#pending;
  }

  write(bytes: Uint8Array): Promise<number> {
    if (this.#pending !== undefined) throw new Error("Two writes at once");
    if (bytes.length === 0) throw new Error("A write of nothing");
    this.writes++;
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    this.#pending = {
      bytes,
      take: (count = bytes.length) => {
        this.#pending = undefined;
        for (const byte of bytes.subarray(0, count)) this.#taken.push(byte);
        resolve(count);
        return turn();
      },
      fail: (error) => {
        this.#pending = undefined;
        reject(error);
        return turn();
      },
    };
    return promise;
  }

  /** Accepts everything, at most `limit` bytes in a write. */
  async drain(limit: number = Infinity): Promise<void> {
    for (let write = this.#pending; write; write = this.#pending) {
      await write.take(Math.min(limit, write.bytes.length));
    }
  }

  read(_into: Uint8Array): Promise<number | null> {
    return Promise.resolve(null);
  }

  closeWrite(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    this.closed++;
  }
}

/** Lets all promise jobs that are due run. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Observes whether something has been settled, without waiting for it. */
export function observe(waited: PromiseLike<void>): { state: string } {
  const seen = { state: "pending" };
  waited.then(() => seen.state = "open", (error) => seen.state = `${error}`);
  return seen;
}
