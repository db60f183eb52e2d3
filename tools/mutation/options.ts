/**
 * The options of the command line.
 *
 * @module
 */

import { parseArgs } from "node:util";

/** What a run is to do. */
export interface MutateOptions {
  /** The folder of the project. */
  readonly root: string;
  /** Files and folders whose mutants are tried; all of the suites if empty. */
  readonly paths: readonly string[];
  /** Tests instead of those of the suites. */
  readonly tests: readonly string[];
  /** How many mutants of all; `undefined` for all of them. */
  readonly sample: number | undefined;
  /** Which ones: the same number chooses the same. */
  readonly seed: number;
  /** How many processes at a time. */
  readonly jobs: number;
  /** How many milliseconds of tests a mutant gets; the quick ones first. */
  readonly budget: number;
  /** The file with the explained survivors. */
  readonly list: string;
  /** Further arguments of `deno run`. */
  readonly denoArgs: readonly string[];
}

function toCount(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new RangeError(
    `Cannot try mutants: --${name} must be a whole number above 0, got "${text}"`,
  );
}

/**
 * Reads the options.
 *
 * @param args The arguments of the program.
 * @param root The folder of the project if none is named.
 * @returns What they ask for.
 * @throws {TypeError} If an option is unknown.
 * @throws {RangeError} If a number is none, or not above 0.
 */
export function parseOptions(
  args: readonly string[],
  root: string,
): MutateOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      root: { type: "string", default: root },
      tests: { type: "string", multiple: true, default: [] },
      sample: { type: "string" },
      seed: { type: "string", default: "1" },
      jobs: { type: "string", default: "2" },
      budget: { type: "string", default: "3000" },
      survivors: { type: "string" },
      "import-map": { type: "string" },
    },
  });
  const importMap = values["import-map"];
  return {
    root: values.root,
    paths: positionals,
    tests: values.tests,
    sample: values.sample === undefined
      ? undefined
      : toCount("sample", values.sample),
    seed: toCount("seed", values.seed),
    jobs: toCount("jobs", values.jobs),
    budget: toCount("budget", values.budget),
    list: values.survivors ?? `${values.root}/tools/mutation/survivors.json`,
    denoArgs: importMap === undefined ? [] : [`--import-map=${importMap}`],
  };
}
