/**
 * Runs every server that can run our applications against the conformance kit,
 * and every framework on our server, and writes the results to
 * `tools/matrix/results.json` and `docs/servers.md`.
 *
 * ```sh
 * deno task matrix                 # installs what is missing, and runs all
 * deno task matrix Apache node:    # only the rows with one of these words
 * ```
 *
 * @module
 */

import { formatMarkdown } from "./format_markdown.ts";
import { installPackages } from "./matrix/install.ts";
import { createPage } from "./matrix/page.ts";
import { FRAMEWORKS, SERVERS } from "./matrix/parts.ts";
import type {
  FrameworkResult,
  MatrixResult,
  ServerResult,
} from "./matrix/result.ts";
import { runFramework, runServer } from "./matrix/run.ts";
import { failureList, frameworkTable, serverTable } from "./matrix/tables.ts";

const ROOT = new URL("../", import.meta.url);
const RESULTS = new URL("tools/matrix/results.json", ROOT);
const PAGE = new URL("docs/servers.md", ROOT);

function print(text: string): void {
  // deno-lint-ignore no-console -- a program's output
  console.log(text);
}

function isChosen(name: string, words: readonly string[]): boolean {
  return words.length === 0 || words.some((word) => name.includes(word));
}

function outcomeOf(
  { missing, failed }: ServerResult | FrameworkResult,
): string {
  if (missing !== undefined) return `not run: ${missing}`;
  const failures = Object.entries(failed);
  if (failures.length === 0) return "passed";
  return failures.map(([id, message]) => `\n  ${id}: ${message}`).join("");
}

/** Runs rows one after the other, and tells how each ended. */
async function runAll<P extends { readonly name: string }, R>(
  parts: readonly P[],
  run: (part: P) => Promise<R & (ServerResult | FrameworkResult)>,
): Promise<R[]> {
  const results: R[] = [];
  for (const part of parts) {
    const begin = performance.now();
    const result = await run(part);
    const seconds = ((performance.now() - begin) / 1000).toFixed(1);
    print(`${part.name} (${seconds} s): ${outcomeOf(result)}`);
    results.push(result);
  }
  return results;
}

async function runMatrix(words: readonly string[]): Promise<MatrixResult> {
  const begin = performance.now();
  await installPackages(print);
  const chosen = <P extends { readonly name: string }>(parts: readonly P[]) =>
    parts.filter(({ name }) => isChosen(name, words));
  const servers = await runAll(chosen(SERVERS), runServer);
  const frameworks = await runAll(chosen(FRAMEWORKS), runFramework);
  return {
    date: new Date().toISOString().slice(0, 10),
    seconds: Math.round((performance.now() - begin) / 1000),
    servers,
    frameworks,
  };
}

/** Writes the results, and the page that shows them. */
export async function write(result: MatrixResult): Promise<void> {
  await Deno.writeTextFile(
    RESULTS,
    `${JSON.stringify(result, undefined, 2)}\n`,
  );
  await Deno.writeTextFile(PAGE, await formatMarkdown(createPage(result)));
}

if (import.meta.main) {
  const result = await runMatrix(Deno.args);
  print("");
  print(serverTable(result.servers));
  print("");
  print(frameworkTable(result.frameworks));
  const failures = failureList(result);
  if (failures !== "") print(`\n${failures}`);
  print(`\n${result.seconds} s`);
  if (Deno.args.length === 0) await write(result);
  Deno.exit(failures === "" ? 0 : 1);
}
