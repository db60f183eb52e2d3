/**
 * Runs the conformance kit against all servers that support our applications,
 * runs all frameworks on our server, and writes the results to
 * `docs/servers.md`. If the programs of a row are missing, the row says so;
 * `.ci/run` contains the names of the packages.
 *
 * ```sh
 * deno task matrix                 # all rows
 * deno task matrix Apache node:    # only the rows with one of these words
 * ```
 *
 * @module
 */

import { formatMarkdown } from "./format_markdown.ts";
import { FRAMEWORKS } from "./matrix/frameworks.ts";
import type { Part, Row } from "./matrix/part.ts";
import { runFramework, runServer } from "./matrix/run.ts";
import { SERVERS } from "./matrix/servers.ts";
import { createPage, failureList } from "./matrix/tables.ts";

const PAGE = new URL("../docs/servers.md", import.meta.url);

function print(text: string): void {
  // deno-lint-ignore no-console -- a program's output
  console.log(text);
}

/** Runs the chosen rows one after another, and reports each result. */
async function runAll<P extends Part, R extends Row>(
  parts: readonly P[],
  run: (part: P) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  for (const part of parts) {
    const isChosen = Deno.args.some((word) => part.name.includes(word));
    if (Deno.args.length > 0 && !isChosen) continue;
    const result = await run(part);
    const failed = Object.entries(result.failed);
    const outcome = failed.length === 0 ? "passed" : `${failed.length} failed`;
    const { missing } = result;
    print(`${part.name}: ${missing ? `not run: ${missing}` : outcome}`);
    results.push(result);
  }
  return results;
}

if (import.meta.main) {
  const begin = performance.now();
  const result = {
    servers: await runAll(SERVERS, runServer),
    frameworks: await runAll(FRAMEWORKS, runFramework),
    date: new Date().toISOString().slice(0, 10),
    seconds: Math.round((performance.now() - begin) / 1000),
  };
  const failures = failureList(result);
  print(failures);
  if (Deno.args.length === 0) {
    await Deno.writeTextFile(PAGE, await formatMarkdown(createPage(result)));
  }
  Deno.exit(failures === "" ? 0 : 1);
}
