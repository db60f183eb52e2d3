/** Examples as running programs, and the pages about them. */

import { assert, assertMatch, assertNotMatch } from "@std/assert";
import { Program } from "../program.ts";

const ROOT = new URL("../../", import.meta.url);
const STD = "$(deno task -q std)";

/** A running example, and its address. */
export class Example extends Program {
  url = "";

  /** Starts an example by its first line, and waits for its address. */
  static async start(file: string): Promise<Example> {
    return await Example.run(...await commandOf(file));
  }

  /** Starts an example, and waits until it has printed its address. */
  static async run(
    ...args: ConstructorParameters<typeof Program>
  ): Promise<Example> {
    const example = new Example(...args);
    example.url = await example.firstLine();
    if (!/^http:\/\/127\.0\.0\.1:[0-9]+\/$/.test(example.url)) {
      throw new Error(`No address: ${JSON.stringify(await example.outcome())}`);
    }
    return example;
  }

  /** Ends it, and returns its stderr. */
  async end(): Promise<string> {
    this.kill("SIGTERM");
    return (await this.outcome()).stderr;
  }

  /** Ends it, and asserts that it has printed no error, warning or violation. */
  async assertQuiet(): Promise<void> {
    assertNotMatch(await this.end(), /error|warning|SPEC\.md|legacy/i);
  }
}

/** Returns the command at the top of an example, as docs/examples.md shows it. */
export async function firstLineOf(file: string): Promise<string> {
  const source = await Deno.readTextFile(new URL(`examples/${file}`, ROOT));
  const line = source.split("\n")[0]!.slice("// ".length);
  assertMatch(
    line,
    /^deno run (?:\$\(deno task -q std\) )?(?:--allow-[a-z]+ )*examples\/[a-z_/]+\.ts/,
  );
  assert(line.includes(` examples/${file}`), line);
  return line;
}

/** Returns the arguments of that command, with 0 as the port. */
export async function commandOf(file: string): Promise<string[]> {
  const line = await firstLineOf(file);
  let std = "";
  if (line.includes(STD)) {
    await using task = new Program("task", "-q", "std");
    std = (await task.outcome()).stdout.trim();
  }
  return [...line.replace(STD, std).split(/\s+/).slice(1), "0"];
}

/** Reads the pages about the examples, as one. */
export async function readGallery(): Promise<string> {
  const pages = ["examples.md", "examples_programs.md"].map((name) =>
    Deno.readTextFile(new URL(`docs/${name}`, ROOT))
  );
  return (await Promise.all(pages)).join("\n");
}
