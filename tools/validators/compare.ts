/**
 * Runs the shared set under this validator and under those of Python that are
 * installed, and keeps the results for the rule reference.
 *
 * ```sh
 * deno task validators
 * ```
 *
 * @module
 */

import {
  type Application,
  ConformanceError,
  type Middleware,
  type ValidatedApplication,
  validator,
  type Violation,
} from "../../mod.ts";
import config from "../../deno.json" with { type: "json" };
import {
  createEnviron,
  helloApp,
  runServer,
  type Scenario,
} from "../../tests/rules/scenario.ts";
import { BROKEN, SOUND } from "./cases.ts";

/** Where the results are kept. */
export const RESULTS: URL = new URL("results.json", import.meta.url);

/**
 * What a validator makes of a program: it fails with an error of its own, it
 * warns, it fails by accident, or it says nothing.
 */
export type Outcome = "error" | "warning" | "crash" | "-";

/** Outcomes by the id of the case. */
export type Outcomes = Readonly<Record<string, Outcome>>;

/** What one validator makes of the shared set. */
export interface Results {
  /** Its version; for one of Python's standard library, that of Python. */
  readonly version: string;
  /** The day on which it was run. */
  readonly date?: string;
  /** What it says. */
  readonly outcomes: Outcomes;
}

/** The results of several validators, by their name. */
export type AllResults = Readonly<Record<string, Results>>;

/** What this validator says of a program. */
export interface Judgement {
  readonly outcome: Outcome;
  /** The rules that it finds broken. */
  readonly rules: readonly string[];
}

/** Runs a program under validators without any options. */
async function run(
  program: Scenario,
  onViolation: (violation: Violation) => void,
): Promise<void> {
  const validate = (app: unknown, name?: string): ValidatedApplication =>
    validator(app as Application, { name, onViolation });
  const { middleware, server = runServer } = program;
  if (program.validate !== undefined) return await program.validate(validate);
  let app: Application = validate(program.app ?? helloApp);
  if (middleware !== undefined) {
    app = validate((middleware as Middleware)(app), "outer");
  }
  const environ = createEnviron(program.input);
  await server(app, program.environ?.(environ) ?? environ);
}

/**
 * Asks this validator about a program.
 *
 * @param program The program.
 * @returns What it says.
 */
export async function judge(program: Scenario): Promise<Judgement> {
  const found: Violation[] = [];
  let hasCrashed = false;
  try {
    await run(program, (violation) => void found.push(violation));
  } catch (error) {
    hasCrashed = !(error instanceof ConformanceError);
    if (error instanceof ConformanceError) found.push(error.violation);
  }
  const rules = [...new Set(found.map(({ rule }) => rule))];
  if (found.some(({ severity }) => severity === "error")) {
    return { outcome: "error", rules };
  }
  if (found.length > 0) return { outcome: "warning", rules };
  return { outcome: hasCrashed ? "crash" : "-", rules };
}

/**
 * Asks this validator about the whole set.
 *
 * @returns What it says.
 */
export async function judgeAll(): Promise<Outcomes> {
  const outcomes: Record<string, Outcome> = {};
  for (const [id, program] of Object.entries({ ...BROKEN, ...SOUND })) {
    outcomes[id] = (await judge(program)).outcome;
  }
  return outcomes;
}

/**
 * Asks the validators of Python. Debian's is tried first, for which there are
 * packages; another one has them only if somebody has installed them there.
 *
 * @returns What those say that are installed; nothing without Python.
 */
export async function judgeInPython(): Promise<AllResults> {
  let all: AllResults = {};
  for (const python of ["/usr/bin/python3", "python3"]) {
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

/**
 * Reads the results that are kept.
 *
 * @returns The results.
 */
export async function readResults(): Promise<AllResults> {
  return JSON.parse(await Deno.readTextFile(RESULTS));
}

/** Runs all that can be run here; what others have said elsewhere stays. */
async function main(): Promise<void> {
  const date = new Date().toISOString().slice(0, 10);
  const kept = await readResults().catch(() => ({}));
  const fresh: Record<string, Results> = {
    ours: { version: config.version, outcomes: await judgeAll() },
    ...await judgeInPython(),
  };
  const dated = Object.entries(fresh).map(([name, { version, outcomes }]) =>
    [name, { version, date, outcomes }] as const
  );
  const results = { ...kept, ...Object.fromEntries(dated) };
  await Deno.writeTextFile(RESULTS, `${JSON.stringify(results, null, 2)}\n`);
}

if (import.meta.main) await main();
