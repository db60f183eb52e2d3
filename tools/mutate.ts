/**
 * Breaks the program at one place at a time, and expects a test to fail.
 *
 * ```sh
 * deno task mutate                           # everything in SUITES
 * deno task mutate validator/rules/body.ts             # the mutants of some files
 * deno task mutate --sample=300 --seed=7     # some of all mutants
 * deno task mutate --jobs=4                  # four processes at a time
 * ```
 *
 * All mutants of a file are put into one copy of it, which asks at every place
 * which of them it is to be; so the tests are loaded once for many mutants, and
 * only those run that come to the place, the quick ones first, and at first no
 * more than fit into `--budget`. A mutant that no test finds is told, with what
 * stood there before and after. The exit code is 1 if one of them is not in
 * `tools/mutation/survivors.json`, also after a second try with more time.
 *
 * @module
 */

import { fileURLToPath, pathToFileURL } from "node:url";
import { copyProject } from "./mutation/copy.ts";
import type { Mutant } from "./mutation/mutant.ts";
import { type MutateOptions, parseOptions } from "./mutation/options.ts";
import {
  formatSurvivor,
  formatTable,
  type Survivor,
} from "./mutation/report.ts";
import { sample } from "./mutation/sample.ts";
import { filesOf, type Suite, SUITES, testsOf } from "./mutation/suites.ts";
import { reasonFor, type SurvivorList } from "./mutation/survivors.ts";
import { type Outcome, recordTests, tryMutants } from "./mutation/trials.ts";

function print(text: string): void {
  // deno-lint-ignore no-console -- a program's output
  console.log(text);
}

/** The suites with only the files that are asked for. */
async function chooseSuites(
  { root, paths, tests }: MutateOptions,
): Promise<Suite[]> {
  const asked = (await Promise.all(paths.map((path) => filesOf(root, path))))
    .flat();
  if (tests.length > 0) return [{ name: "these", files: asked, tests }];
  const chosen: Suite[] = [];
  for (const suite of SUITES) {
    const own = await Promise.all(
      suite.files.map((path) => filesOf(root, path)),
    );
    const files = own.flat().filter((file) =>
      asked.length === 0 || asked.includes(file)
    );
    if (files.length > 0) chosen.push({ ...suite, files });
  }
  return chosen;
}

/** Tells every so often how far it is, and what has survived so far. */
function progressOf(
  mutants: readonly Mutant[],
): (id: number, killer: string | undefined) => void {
  const byId = new Map(mutants.map((mutant) => [mutant.id, mutant]));
  let done = 0;
  return (id, killer) => {
    const mutant = byId.get(id);
    if (killer === undefined && mutant !== undefined) {
      print(`  ${mutant.file}:${mutant.line} ${mutant.change}`);
    }
    if (++done % 100 === 0) print(`  ${done} of ${mutants.length}`);
  };
}

/** How many times as much time a survivor gets that nobody has explained. */
const PATIENCE = 20;

async function trySuite(
  suite: Suite,
  options: MutateOptions,
  list: SurvivorList,
): Promise<Outcome[]> {
  await using copy = await copyProject(options.root, suite.files);
  const tests = await testsOf(options.root, suite.tests);
  const urls = tests.map((file) => pathToFileURL(`${copy.root}/${file}`).href);
  const start = { root: copy.root, denoArgs: options.denoArgs };
  const recording = await recordTests(urls, start);
  const { sample: count = copy.mutants.length, seed } = options;
  const mutants = sample(copy.mutants, count, seed);
  print(
    `${suite.name}: ${mutants.length} of ${copy.mutants.length} mutants, ` +
      `${recording.records.length} tests`,
  );
  for (const name of recording.useless) print(`  left out: ${name}`);
  const { jobs, budget } = options;
  const outcomes = await tryMutants(mutants, urls, recording, {
    ...start,
    jobs,
    budget,
    onDone: progressOf(mutants),
  });
  // A place that all tests come to has only had the quick ones so far.
  const open = outcomes.filter(({ mutant, verdict }) =>
    verdict === "survived" && reasonFor(list, mutant) === undefined
  ).map(({ mutant }) => mutant);
  print(`  ${open.length} once more, with more tests`);
  const again = await tryMutants(open, urls, recording, {
    ...start,
    jobs,
    budget: budget * PATIENCE,
    onDone: () => {},
  });
  const second = new Map(again.map((outcome) => [outcome.mutant, outcome]));
  return outcomes.map((outcome) => second.get(outcome.mutant) ?? outcome);
}

async function readList(path: string): Promise<SurvivorList> {
  try {
    return JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return {};
    throw error;
  }
}

/**
 * Tries the mutants that are asked for, and prints what came of them.
 *
 * @param options What is asked for.
 * @returns Those that no test finds.
 */
export async function mutate(options: MutateOptions): Promise<Survivor[]> {
  const list = await readList(options.list);
  const outcomes: Outcome[] = [];
  for (const suite of await chooseSuites(options)) {
    outcomes.push(...await trySuite(suite, options, list));
  }
  const survivors = outcomes
    .filter(({ verdict }) => verdict !== "killed")
    .map((outcome) => ({
      ...outcome,
      reason: reasonFor(list, outcome.mutant),
    }));
  print(`\n${formatTable(outcomes, survivors)}\n`);
  for (const survivor of survivors) {
    if (survivor.reason === undefined) print(formatSurvivor(survivor));
  }
  return survivors;
}

if (import.meta.main) {
  const root = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");
  const survivors = await mutate(parseOptions(Deno.args, root));
  if (survivors.some(({ reason }) => reason === undefined)) Deno.exit(1);
}
