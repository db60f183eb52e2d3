/**
 * Runs `deno test` with a short report: a dot for each test that passes, a
 * comma for one that is ignored, and everything about those that fail.
 *
 * ```sh
 * deno task test                                  # everything
 * deno task test tests/gateway                    # one folder
 * deno task test --reporter=pretty tests/gateway  # a line for each test
 * ```
 *
 * It does not check types; `deno task check` does this once for all files.
 *
 * @module
 */

import { createInterface } from "node:readline";
import { Readable } from "node:stream";

/** The number of marks in a row. */
const WIDTH = 80;

/**
 * The number of files that run on each core at the same time. Many tests wait
 * for a program.
 */
const FILES_PER_CORE = 2;

/** A line that is the mark of one test, with or without color. */
// deno-lint-ignore no-control-regex
const MARK = /^(?:\x1b\[[0-9;]*m)*[.,!](?:\x1b\[[0-9;]*m)*$/;

/**
 * Joins the marks of `deno test --reporter=dot`, which writes one line per mark
 * if its output is not a terminal.
 *
 * @param lines The lines of the output.
 * @returns The text to print, piece by piece.
 */
export async function* joinMarks(
  lines: AsyncIterable<string>,
): AsyncGenerator<string, void> {
  let column = 0;
  for await (const line of lines) {
    if (MARK.test(line)) {
      column = column % WIDTH + 1;
      yield column === WIDTH ? `${line}\n` : line;
    } else {
      yield column % WIDTH === 0 ? `${line}\n` : `\n${line}\n`;
      column = 0;
    }
  }
}

/** Returns the arguments of `deno` for the arguments of this program. */
function argumentsOf(args: readonly string[]): string[] {
  const reporter = args.some((arg) => arg.startsWith("--reporter"))
    ? []
    : ["--reporter=dot"];
  return ["test", "-A", "--no-check", "--doc", "--parallel", ...reporter]
    .concat(args);
}

if (import.meta.main) {
  const child = new Deno.Command(Deno.execPath(), {
    args: argumentsOf(Deno.args),
    env: {
      DENO_JOBS: Deno.env.get("DENO_JOBS") ??
        `${FILES_PER_CORE * navigator.hardwareConcurrency}`,
    },
    stdout: "piped",
  }).spawn();
  const input = Readable.fromWeb(child.stdout);
  const encoder = new TextEncoder();
  for await (const text of joinMarks(createInterface({ input }))) {
    Deno.stdout.writeSync(encoder.encode(text));
  }
  Deno.exit((await child.status).code);
}
