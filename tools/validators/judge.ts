/**
 * Runs one program with this validator, and classifies what it reports.
 *
 * @module
 */

import {
  type Application,
  ConformanceError,
  type Environ,
  validator,
  type Violation,
} from "../../mod.ts";
import { runApplication, type Transport } from "../../gateway/mod.ts";
import {
  createEnviron,
  helloApp,
  type Scenario,
} from "../../tests/validator/scenario.ts";

/**
 * The reaction of a validator to a program: it throws its own error, it warns,
 * it fails by accident, or it reports nothing.
 */
export type Outcome = "error" | "warning" | "crash" | "-";

const TRANSPORT: Transport = {
  sendHead: () => {},
  write: () => {},
  end: () => {},
  abort: () => {},
};

/**
 * Wraps an application in a validator. Without it, the application runs
 * unchanged.
 */
type Wrap = (app: unknown, name?: string) => Application;

/** Runs a program; returns its errors. */
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

function isFinding(error: unknown): error is ConformanceError {
  return error instanceof ConformanceError;
}

/** Returns whether a program fails by accident, but not without a validator. */
async function hasCrashed(
  program: Scenario,
  failures: readonly unknown[],
): Promise<boolean> {
  const accident = failures.some((error) => !isFinding(error));
  if (!accident || program.validate !== undefined) return accident;
  return (await run(program, (app) => app as Application)).length === 0;
}

/**
 * Runs a program with this validator; returns the outcome and the broken rules.
 */
export async function judge(
  program: Scenario,
): Promise<{ outcome: Outcome; rules: readonly string[] }> {
  const found: Violation[] = [];
  const onViolation = (violation: Violation): void =>
    void found.push(violation);
  const failures = await run(
    program,
    (app, name) => validator(app as Application, { name, onViolation }),
  );
  // assertFinished() throws without a call of onViolation.
  found.push(...failures.filter(isFinding).map((error) => error.violation));
  const rules = [...new Set(found.map(({ rule }) => rule))];
  if (found.some(({ severity }) => severity === "error")) {
    return { outcome: "error", rules };
  }
  if (found.length > 0) return { outcome: "warning", rules };
  const crashed = await hasCrashed(program, failures);
  return { outcome: crashed ? "crash" : "-", rules };
}
