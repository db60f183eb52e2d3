/**
 * Keeps what the program under test writes to stderr.
 *
 * @module
 */

/** The methods of `console` that write to stderr. */
const METHODS = ["error", "warn", "trace"] as const;

/**
 * Keeps stderr quiet while a check runs: the kit has applications that fail on
 * purpose, and a server is right to report them. What goes through
 * `Deno.stderr` or `console` of this process is counted and dropped.
 */
export class QuietStderr implements Disposable {
  readonly #decoder = new TextDecoder();
  readonly #restore: (() => void)[] = [];
  #lines = 0;

  /** Begins to keep stderr quiet, until the object is disposed of. */
  constructor() {
    const stderr: Pick<typeof Deno.stderr, "write" | "writeSync"> = Deno.stderr;
    const { write, writeSync } = stderr;
    stderr.writeSync = (bytes) => this.#take(bytes);
    stderr.write = (bytes) => Promise.resolve(this.#take(bytes));
    this.#restore.push(() => Object.assign(stderr, { write, writeSync }));
    for (const method of METHODS) {
      // deno-lint-ignore no-console -- a server may use it
      const before = console[method];
      // deno-lint-ignore no-console -- a server may use it
      console[method] = () => void this.#lines++;
      // deno-lint-ignore no-console -- a server may use it
      this.#restore.push(() => void (console[method] = before));
    }
  }

  /** How many lines were written. */
  get lines(): number {
    return this.#lines;
  }

  [Symbol.dispose](): void {
    for (const restore of this.#restore.splice(0)) restore();
  }

  #take(bytes: Uint8Array): number {
    this.#lines += this.#decoder.decode(bytes).split("\n").length - 1;
    return bytes.byteLength;
  }
}
