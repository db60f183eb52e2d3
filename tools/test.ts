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
 * Types are not checked here: `deno task check` does, once for everything.
 *
 * @module
 */

import { createInterface } from "node:readline";
import { Readable } from "node:stream";

/** How many marks a row has. */
const WIDTH = 80;

/** How many files run at once for each core: many tests wait for a program. */
const FILES_PER_CORE = 2;

/** A line that is the mark of one test, with or without color. */
// deno-lint-ignore no-control-regex
const MARK = /^(?:\x1b\[[0-9;]*m)*[.,!](?:\x1b\[[0-9;]*m)*$/;

/**
 * Joins the marks of `deno test --reporter=dot`, which writes a line for each
 * where its output is no terminal.
 *
 * @param lines The lines of its output.
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

/** The arguments of `deno`, for those that were given to this program. */
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
