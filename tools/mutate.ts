/**
 * Breaks the program at one place at a time, runs the tests that reach the
 * place, and prints the mutants that no test notices.
 *
 * `deno task mutate [FILE…] [--sample=N] [--seed=N]`
 *
 * @module
 */

import { cpSync, readdirSync } from "node:fs";
import { parseArgs } from "node:util";
import { instrument, type Mutant, PROLOGUE } from "./instrument.ts";

/** Files, and the tests that should notice their mutants. */
type Suite = readonly [files: RegExp, tests: RegExp];

const SUITES: readonly Suite[] = [
  [/^validator\/.*\.ts$/, /^tests\/validator\/.*_test\.ts$/],
  [
    /^gateway\/(run_application|application_call|call_outcome|pump|body_.*|response_.*)\.ts$/,
    /^tests\/(gateway|server)\/.*_test\.ts$/,
  ],
];

/** Which mutants are tried: by default all, of all files of the suites. */
export interface MutateOptions {
  readonly suites?: readonly Suite[];
  readonly paths?: readonly string[];
  readonly sample?: number;
  readonly seed?: number;
  readonly args?: readonly string[];
}

/** Calls a function for each element, in one job for each core. */
async function forEach<T>(
  elements: readonly T[],
  call: (element: T) => Promise<void>,
): Promise<void> {
  const queue = elements.values();
  const job = async (): Promise<void> => {
    for (const element of queue) await call(element);
  };
  const { hardwareConcurrency: length } = navigator;
  await Promise.all(Array.from({ length }, job));
}

/** Tries mutants in a copy of a project; `print` takes lines of the report. */
export async function mutate(
  root: string,
  { suites = SUITES, paths = [], sample = Infinity, seed = 0, args = [] }:
    MutateOptions,
  print: (line: string) => void,
): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const cwd = await Deno.makeTempDir({ prefix: "mutation_" });
  stack.defer(() => Deno.remove(cwd, { recursive: true }));
  const isCopied = (path: string) => !/\/(\.[^/]*|coverage)$/.test(path);
  cpSync(root, cwd, { recursive: true, filter: isCopied });
  const files = readdirSync(cwd, { recursive: true, encoding: "utf8" }).sort();
  const mutants: Mutant[] = [];
  for (const file of files) {
    if (!suites.some(([own]) => own.test(file))) continue;
    if (paths.length > 0 && !paths.includes(file)) continue;
    const code = await Deno.readTextFile(`${cwd}/${file}`);
    const instrumented = instrument(file, code, mutants.length);
    mutants.push(...instrumented.mutants);
    await Deno.writeTextFile(`${cwd}/${file}`, PROLOGUE + instrumented.text);
  }
  const step = mutants.length / Math.min(sample, mutants.length);
  const chosen = mutants.filter(({ id }) => (id + seed) % step < 1);
  print(`${chosen.length} of ${mutants.length} mutants`);

  // A run that takes too long has failed.
  const pass = async (
    paths: readonly string[],
    limit: number,
    env: Record<string, string>,
  ): Promise<boolean> => {
    const { success } = await new Deno.Command(Deno.execPath(), {
      args: ["test", "-Aq", "--no-check", "--fail-fast", ...args, ...paths],
      cwd,
      env,
      signal: AbortSignal.timeout(limit),
      ...{ stdin: "null", stdout: "null", stderr: "null" },
    }).output();
    return success;
  };

  let survivors = 0;
  for (const [own, ownTests] of suites) {
    const mine = chosen.filter(({ file }) => own.test(file));
    const candidates = files.filter((file) => mine[0] && ownTests.test(file));
    const tests: { path: string; time: number; reached: Set<string> }[] = [];
    await forEach(candidates, async (path) => {
      const places = await Deno.makeTempFile({ dir: cwd });
      const begin = performance.now();
      const passed = await pass([path], 300_000, { MUTANT_PLACES: places });
      const time = performance.now() - begin;
      const reached = new Set((await Deno.readTextFile(places)).split("\n"));
      if (passed) tests.push({ path, time, reached });
      else print(`left out, it fails without a mutant: ${path}`);
    });
    tests.sort((a, b) => a.time - b.time);
    // What notices a mutant often notices its neighbours.
    let latest = "";
    await forEach(mine, async ({ id, file, line, change }) => {
      const reaching = tests.filter(({ reached }) => reached.has(`${id}`))
        .sort((a, b) => +(b.path === latest) - +(a.path === latest));
      for (const [from, to] of [[0, 1], [1, 4], [4]]) {
        const few = reaching.slice(from, to);
        const limit = few.reduce((sum, { time }) => sum + 10 * time, 2000);
        const names = few.map(({ path }) => path);
        if (!few[0] || await pass(names, limit, { MUTANT: `${id}` })) continue;
        latest = names[0] ?? "";
        return;
      }
      survivors++;
      print(`${file}:${line} (${reaching.length} test files) ${change}`);
    });
  }
  print(`${survivors} of ${chosen.length} survived`);
}

if (import.meta.main) {
  const option = { type: "string", default: "" } as const;
  const { values, positionals: paths } = parseArgs({
    options: { sample: option, seed: option, "import-map": option },
    allowPositionals: true,
  });
  const root = new URL("../", import.meta.url).pathname;
  const sample = Number(values.sample || Infinity);
  const args = [`--import-map=${values["import-map"] || "deno.json"}`];
  const options = { paths, sample, seed: Number(values.seed), args };
  // deno-lint-ignore no-console -- a program's output
  await mutate(root, options, (line) => console.log(line));
}
