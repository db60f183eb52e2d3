/**
 * Hides what the program under test writes to stderr.
 *
 * @module
 */

/** The methods of `console` that write to stderr. */
const METHODS = ["error", "warn", "trace"] as const;

/**
 * Keeps stderr quiet during a check, because applications of the kit fail on
 * purpose and servers report this. Lines that are written through `Deno.stderr`
 * or `console` of this process are counted and dropped.
 */
export class QuietStderr implements Disposable {
  readonly #decoder = new TextDecoder();
  readonly #restore: (() => void)[] = [];
  #lines = 0;

  /** Starts hiding the output, until the object is disposed. */
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
