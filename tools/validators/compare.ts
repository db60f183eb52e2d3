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
  type Environ,
  runApplication,
  type Transport,
  validator,
  type Violation,
} from "../../mod.ts";
import config from "../../deno.json" with { type: "json" };
import {
  createEnviron,
  helloApp,
  type Scenario,
} from "../../tests/validator/scenario.ts";
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

const TRANSPORT: Transport = {
  sendHead: () => {},
  write: () => {},
  end: () => {},
  abort: () => {},
};

/** What this validator says of a program. */
export interface Judgement {
  readonly outcome: Outcome;
  /** The rules that it finds broken. */
  readonly rules: readonly string[];
}

/** Makes a layer around an application; without it, one is run as it is. */
type Wrap = (app: unknown, name?: string) => Application;

/** Runs a program; gives what failed in it. */
async function run(program: Scenario, wrap: Wrap): Promise<unknown[]> {
  const failures: unknown[] = [];
  const fail = (error: unknown): void => void failures.push(error);
  const serve = async (app: Application, environ: Environ): Promise<void> =>
    await runApplication(app, environ, TRANSPORT, { onError: fail });
  const { middleware, server = serve } = program;
  try {
    if (program.validate !== undefined) {
      await program.validate(wrap);
      return failures;
    }
    let app = wrap(program.app ?? helloApp);
    if (middleware !== undefined) app = wrap(middleware(app), "outer");
    const environ = createEnviron(program.input);
    await server(app, program.environ?.(environ) ?? environ);
  } catch (error) {
    fail(error);
  }
  return failures;
}

/** Whether a program fails by accident, and would not without a validator. */
async function hasCrashed(
  program: Scenario,
  failures: readonly unknown[],
): Promise<boolean> {
  const accident = failures.some((error) => !isFinding(error));
  if (!accident || program.validate !== undefined) return accident;
  return (await run(program, (app) => app as Application)).length === 0;
}

function isFinding(error: unknown): error is ConformanceError {
  return error instanceof ConformanceError;
}

/**
 * Asks this validator about a program.
 *
 * @param program The program.
 * @returns What it says.
 */
export async function judge(program: Scenario): Promise<Judgement> {
  const found: Violation[] = [];
  const onViolation = (violation: Violation): void =>
    void found.push(violation);
  const failures = await run(
    program,
    (app, name) => validator(app as Application, { name, onViolation }),
  );
  // assertFinished() throws only.
  found.push(...failures.filter(isFinding).map((error) => error.violation));
  const rules = [...new Set(found.map(({ rule }) => rule))];
  if (found.some(({ severity }) => severity === "error")) {
    return { outcome: "error", rules };
  }
  if (found.length > 0) return { outcome: "warning", rules };
  const crashed = await hasCrashed(program, failures);
  return { outcome: crashed ? "crash" : "-", rules };
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
