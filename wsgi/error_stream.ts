/**
 * The `wsgi.errors` of the gateways of this package.
 *
 * @module
 */

import { describe } from "./describe.ts";
import type { ErrorStream } from "./types.ts";

/** What this file needs of a runtime, whichever it is. */
interface Runtime {
  Deno?: { stderr?: { writeSync?: (bytes: Uint8Array) => number } };
  process?: { stderr?: { write?: (text: string) => unknown } };
}

const encoder = new TextEncoder();

/**
 * The `wsgi.errors` of the servers of this package: writes to stderr.
 *
 * It takes any string; a lone surrogate leaves as U+FFFD. A stderr that is gone
 * is no error of the application, so what cannot be written is dropped.
 *
 * PEP 3333, "Input and Error Streams" and "environ Variables".
 */
export class StderrStream implements ErrorStream {
  #sink: ((text: string) => void) | undefined;
  /** What waits for the end of its line; used with console.error() only. */
  #line = "";

  /**
   * Makes a stream. Nothing of the runtime is touched before the first write.
   *
   * @param sink Gets every text instead of stderr. What it throws is thrown by
   * the write.
   */
  constructor(sink?: (text: string) => void) {
    this.#sink = sink;
  }

  /**
   * Writes text.
   *
   * @param text Any string.
   * @throws {TypeError} If the text is not a string.
   */
  write(text: string): void {
    if (typeof text !== "string") throw new TypeError(describeMistake(text));
    if (this.#sink !== undefined) this.#sink(text);
    else if (!writeToStderr(text)) this.#writeToConsole(text);
  }

  /**
   * Writes several strings, adding nothing between them.
   *
   * @param texts The strings to write.
   * @throws {TypeError} If one of them is not a string; those before it are
   * written.
   */
  writelines(texts: Iterable<string>): void {
    for (const text of texts) this.write(text);
  }

  /**
   * Makes sure that what was written has left the program.
   *
   * Only `console.error()`, which cannot write half a line, makes it do
   * anything: it ends the line.
   */
  flush(): void {
    if (this.#line !== "") this.#writeToConsole("\n");
  }

  #writeToConsole(text: string): void {
    const end = text.lastIndexOf("\n");
    if (end === -1) {
      this.#line += text;
      return;
    }
    const lines = this.#line + text.slice(0, end);
    this.#line = text.slice(end + 1);
    // deno-lint-ignore no-console -- the only error output of this runtime
    console.error(lines);
  }
}

/** Writes to stderr; gives false where there is none. */
function writeToStderr(text: string): boolean {
  const { Deno } = globalThis as Runtime;
  try {
    if (typeof Deno?.stderr?.writeSync === "function") {
      let bytes = encoder.encode(text);
      while (bytes.length > 0) {
        const written = Deno.stderr.writeSync(bytes);
        // A stderr that takes nothing must not keep the program here.
        if (written <= 0) break;
        bytes = bytes.subarray(written);
      }
      return true;
    }
    // Looked at last: in Deno this would load its whole emulation of Node.
    const { process } = globalThis as Runtime;
    if (typeof process?.stderr?.write === "function") {
      process.stderr.write(text);
      return true;
    }
  } catch {
    // Stderr is closed. Where should a complaint about that go?
    return true;
  }
  return false;
}

/** Says what is wrong with a text that is not a string, and what to do. */
function describeMistake(value: unknown): string {
  let hint = "";
  if (value instanceof Error) {
    hint = ": pass the stack or the message of the error";
  } else if (ArrayBuffer.isView(value)) {
    hint = ": decode bytes with TextDecoder";
  } else if (Array.isArray(value)) {
    hint = ": writelines() takes several strings";
  }
  return `Cannot write to wsgi.errors: the text must be a string, got ${
    describe(value)
  }${hint}`;
}
