/** Deno programs that run next to a test. */

import { within } from "./raw_client.ts";

/** The end of a program, and its output. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** An output of a program. It is read immediately, so that no pipe fills up. */
class Output {
  #text = "";
  readonly #end: Promise<void>;
  #arrived = Promise.withResolvers<void>();

  constructor(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.#end = this.#read(stream);
  }

  async #read(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      this.#text += text;
      this.#arrived.resolve();
      this.#arrived = Promise.withResolvers();
    }
  }

  /** Waits for a text or the end. */
  async until(part?: RegExp): Promise<string> {
    let hasEnded = false;
    const end = this.#end.then(() => hasEnded = true);
    while (!hasEnded && part?.test(this.#text) !== true) {
      const more = part === undefined ? end : this.#arrived.promise;
      await within(Promise.race([more, end]), "a program's output");
    }
    return this.#text;
  }
}

/** A running Deno program, which is killed at the end of its scope. */
export class Program implements AsyncDisposable {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly #child: Deno.ChildProcess;
  #outcome: Promise<Outcome> | undefined;

  /** Starts a program with the arguments of `deno`, and variables. */
  constructor(...args: (string | Readonly<Record<string, string>>)[]) {
    const variables = args.filter((one) => typeof one !== "string");
    this.#child = new Deno.Command(Deno.execPath(), {
      args: args.filter((one) => typeof one === "string"),
      cwd: new URL("..", import.meta.url),
      env: Object.assign({ NO_COLOR: "1" }, ...variables),
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.stdout = new Output(this.#child.stdout);
    this.stderr = new Output(this.#child.stderr);
  }

  /** The process id. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Reads the first line of its output; without one, all of its output. */
  async firstLine(): Promise<string> {
    return (await this.stdout.until(/\n/)).split("\n")[0] ?? "";
  }

  /** Sends it a signal, unless it has ended. */
  kill(signal: Deno.Signal): void {
    try {
      this.#child.kill(signal);
    } catch {
      // It has ended by itself.
    }
  }

  /** Waits until it has ended. */
  outcome(): Promise<Outcome> {
    return this.#outcome ??= (async () => {
      const all = [this.stdout.until(), this.stderr.until()] as const;
      const [stdout, stderr] = await Promise.all(all);
      const { code } = await this.#child.status;
      return { code, stdout, stderr };
    })();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill("SIGKILL");
    await this.outcome();
  }
}
