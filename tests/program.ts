/** Deno programs that run beside a test. */

import { within } from "./raw_client.ts";

/** How a program ended, and what it has written. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A Deno program that runs. At the end of its scope it is killed. */
export class Program implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #errors: Promise<string>;
  #stdout = "";
  #hasEnded = false;

  /** Starts a program with the arguments of `deno`. */
  constructor(...args: string[]) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args,
      cwd: new URL("..", import.meta.url),
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#lines = this.#child.stdout.pipeThrough(new TextDecoderStream())
      .getReader();
    this.#errors = new Response(this.#child.stderr).text();
  }

  /** The process id. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Reads the first line of its output; without one, what there was. */
  async firstLine(): Promise<string> {
    while (!this.#stdout.includes("\n") && await this.#read());
    return this.#stdout.split("\n")[0] ?? "";
  }

  /** Sends it a signal. */
  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Waits until it has ended. */
  async outcome(): Promise<Outcome> {
    while (await this.#read());
    const stderr = await within(this.#errors, "the end of a program");
    const { code } = await this.#child.status;
    this.#hasEnded = true;
    return { code, stdout: this.#stdout, stderr };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#hasEnded) return;
    try {
      this.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await this.outcome();
  }

  async #read(): Promise<boolean> {
    const reading = this.#lines.read();
    const { done, value = "" } = await within(reading, "a program's output");
    this.#stdout += value;
    return !done;
  }
}
