/**
 * The `wsgi.errors` of the gateways of this package.
 *
 * @module
 */

import { describe } from "./describe.ts";
import type { ErrorStream } from "./types.ts";

/** The parts of a runtime that this file uses. */
interface Runtime {
  Deno?: { stderr?: { writeSync?: (bytes: Uint8Array) => number } };
  process?: { stderr?: { write?: (text: string) => unknown } };
}

const encoder = new TextEncoder();

/**
 * The `wsgi.errors` of the servers of this package: writes to stderr.
 *
 * Any string is valid; a lone surrogate is written as U+FFFD. A closed stderr
 * is not the application's fault, so text that cannot be written is dropped.
 *
 * PEP 3333, "Input and Error Streams" and "environ Variables".
 */
export class StderrStream implements ErrorStream {
  #sink: ((text: string) => void) | undefined;
  /** The text of an unfinished line; used with console.error() only. */
  #line = "";

  /**
   * Creates a stream. It does not use the runtime before the first write.
   *
   * @param sink Receives every text instead of stderr. Its errors are thrown by
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
   * @throws {TypeError} If one of them is not a string; the ones before it are
   * written.
   */
  writelines(texts: Iterable<string>): void {
    for (const text of texts) this.write(text);
  }

  /**
   * Writes everything that is still buffered.
   *
   * It only has an effect with `console.error()`, which cannot write half a
   * line: it ends the line.
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

/** Writes to stderr; returns false if there is none. */
function writeToStderr(text: string): boolean {
  const { Deno } = globalThis as Runtime;
  try {
    if (typeof Deno?.stderr?.writeSync === "function") {
      let bytes = encoder.encode(text);
      while (bytes.length > 0) {
        const written = Deno.stderr.writeSync(bytes);
        // A stderr that accepts nothing must not block the program.
        if (written <= 0) break;
        bytes = bytes.subarray(written);
      }
      return true;
    }
    // Tried last, because in Deno this loads the whole Node emulation.
    const { process } = globalThis as Runtime;
    if (typeof process?.stderr?.write === "function") {
      process.stderr.write(text);
      return true;
    }
  } catch {
    // Stderr is closed, so there is nowhere to report it.
    return true;
  }
  return false;
}

/**
 * Describes what is wrong with a text that is not a string, and how to fix it.
 */
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
