/** Examples as running programs, for their tests. */

import { assertMatch, assertNotMatch } from "@std/assert";

const ROOT = new URL("../../", import.meta.url);
const STD = "$(deno task -q std)";
/**
 * Far more than a start takes, that of Python on a busy machine too: it ends a
 * program that says nothing.
 */
export const PROGRAM_DEADLINE_MS = 90_000;

/** What a program prints, read as far as it is needed. */
export class Output {
  readonly #reader: ReadableStreamDefaultReader<string>;
  #text = "";

  constructor(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.#reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** Reads on until the output has what is looked for, or has ended. */
  async until(part: RegExp): Promise<string> {
    while (!part.test(this.#text)) {
      const { done, value } = await this.#reader.read();
      if (done) break;
      this.#text += value;
    }
    return this.#text;
  }

  /** Reads what is left, once the program has ended. */
  async all(): Promise<string> {
    for (;;) {
      const { done, value } = await this.#reader.read();
      if (done) return this.#text;
      this.#text += value;
    }
  }
}

/** A running example. However its test goes on, the process is ended. */
export class ExampleProgram implements AsyncDisposable {
  readonly stderr: Output;
  readonly #stdout: Output;
  readonly #child: Deno.ChildProcess;
  readonly #timer: ReturnType<typeof setTimeout>;
  url = "";

  private constructor(args: readonly string[], env: Record<string, string>) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [...args],
      cwd: ROOT,
      env,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#stdout = new Output(this.#child.stdout);
    this.stderr = new Output(this.#child.stderr);
    this.#timer = setTimeout(
      () => this.#child.kill("SIGKILL"),
      PROGRAM_DEADLINE_MS,
    );
  }

  /** Starts an example and waits until it has printed its URL. */
  static async start(
    args: readonly string[],
    env: Record<string, string> = {},
  ): Promise<ExampleProgram> {
    const program = new ExampleProgram(args, env);
    const printed = await program.#stdout.until(/\n/);
    if (!/^http:\/\/127\.0\.0\.1:[0-9]+\/\n$/.test(printed)) {
      const errors = await program.end();
      throw new Error(`Expected a URL, got: ${printed}${errors}`);
    }
    program.url = printed.trim();
    return program;
  }

  /** Ends the process and gives what it has written to stderr. */
  async end(): Promise<string> {
    try {
      this.#child.kill();
    } catch {
      // It has ended by itself.
    }
    await this.#child.status;
    clearTimeout(this.#timer);
    await this.#stdout.all();
    return await this.stderr.all();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }
}

/** The command at the top of an example, as docs/examples.md shows it. */
export async function firstLineOf(file: string): Promise<string> {
  const source = await Deno.readTextFile(new URL(`examples/${file}`, ROOT));
  const [first = ""] = source.split("\n");
  assertMatch(
    first,
    /^\/\/ deno run (?:\$\(deno task -q std\) )?(?:--allow-[a-z]+ )*examples\/[a-z_]+\.ts$/,
  );
  const line = first.slice("// ".length);
  if (!line.endsWith(` examples/${file}`)) {
    throw new Error(`Expected the name of ${file} in its first line: ${line}`);
  }
  return line;
}

/** What a shell puts in the place of the inner command. */
async function printStd(): Promise<string[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "-q", "std"],
    cwd: ROOT,
    stdin: "null",
  }).output();
  return new TextDecoder().decode(stdout).split(/\s+/).filter((part) => part);
}

/** The arguments of that command, with 0 as the port. */
export async function commandOf(file: string): Promise<string[]> {
  const line = await firstLineOf(file);
  const std = line.includes(STD) ? await printStd() : [];
  const [, run = "", ...rest] = line.replace(`${STD} `, "").split(" ");
  return [run, ...std, ...rest, "0"];
}

/** Asserts that no error, warning or violation was printed. */
export function assertNoComplaint(stderr: string): void {
  assertNotMatch(stderr, /error|warning|SPEC\.md|legacy/i);
}

/** Reads the pages about the examples, as one. */
export async function readGallery(): Promise<string> {
  const pages = ["examples.md", "examples_programs.md"].map((name) =>
    Deno.readTextFile(new URL(`../../docs/${name}`, import.meta.url))
  );
  return (await Promise.all(pages)).join("\n");
}
