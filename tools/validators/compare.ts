/**
 * Runs the shared sets with this validator and the installed ones of Python,
 * and writes `docs/validators.md` and `docs/validators_suites.md`.
 *
 * ```sh
 * deno task validators
 * ```
 *
 * The pages also store the results: the column of a validator that is not
 * installed does not change.
 *
 * @module
 */

import config from "../../deno.json" with { type: "json" };
import { CASES, SUITES } from "./cases.ts";
import { judge, type Outcome } from "./judge.ts";
import {
  type AllResults,
  createPage,
  createSuitesPage,
  PAGE,
  readResults,
  SUITES_PAGE,
} from "./pages.ts";

/** Runs both sets with this validator. */
export async function judgeAll(): Promise<AllResults> {
  const outcomes: Record<string, Outcome> = {};
  for (const program of [...CASES, ...SUITES]) {
    outcomes[program.id] = (await judge(program)).outcome;
  }
  return { "@wsgi/ref": { version: config.version, outcomes } };
}

/** Runs both sets with the installed validators of Python, Debian's first. */
export async function judgeInPython(): Promise<AllResults> {
  let all: AllResults = {};
  for (const python of ["/usr/bin/python3", "python3"]) {
    if (Object.keys(all).length === 3) break;
    try {
      const { success, stdout } = await new Deno.Command(python, {
        args: ["-B", new URL("run_python.py", import.meta.url).pathname],
        stdin: "null",
        stderr: "inherit",
      }).output();
      if (!success) continue;
      const results = JSON.parse(new TextDecoder().decode(stdout));
      all = { ...results, ...all };
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return all;
}

if (import.meta.main) {
  const kept = await readResults().catch(() => ({}));
  const all = { ...kept, ...await judgeAll(), ...await judgeInPython() };
  await Deno.writeTextFile(PAGE, await createPage(all));
  await Deno.writeTextFile(SUITES_PAGE, await createSuitesPage(all));
}
