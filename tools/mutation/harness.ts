/**
 * Runs tests one at a time, as often as wanted, in the process that has loaded
 * them: `Deno.test()` only collects here.
 *
 * @module
 */

import { setImmediate } from "node:timers/promises";

type Run = (context: Deno.TestContext) => unknown;

/** A test that can be run again and again. */
export interface CollectedTest {
  readonly name: string;
  readonly fn: Run;
}

/** How a test ended. */
export type Ending = "passed" | "failed" | "hung";

const tests: CollectedTest[] = [];

function register(...args: readonly unknown[]): void {
  const fn = args.find((arg) => typeof arg === "function") as Run | undefined;
  const options = args.find((arg) => typeof arg === "object") as
    | Partial<Deno.TestDefinition>
    | undefined;
  const name = args.find((arg) => typeof arg === "string");
  const run = fn ?? options?.fn;
  if (run === undefined || options?.ignore) return;
  tests.push({ name: `${name ?? options?.name ?? run.name}`, fn: run });
}

function each(
  cases: readonly unknown[],
): (...args: readonly unknown[]) => void {
  return (...args) => {
    const fn = args.at(-1) as (...values: unknown[]) => unknown;
    for (const [index, value] of cases.entries()) {
      const values = Array.isArray(value) ? value : [value];
      register(`${args[0]} [${index}]`, ...args.slice(1, -1), (
        context: Deno.TestContext,
      ) => fn(...values, context));
    }
  };
}

function contextOf(name: string): Deno.TestContext {
  const context = {
    name,
    origin: import.meta.url,
    async step(
      first: string | Deno.TestStepDefinition | Run,
      fn?: Run,
    ): Promise<boolean> {
      const run = fn ?? (typeof first === "function" ? first : undefined) ??
        (first as Deno.TestStepDefinition).fn;
      if (typeof first === "object" && first.ignore) return false;
      await run(context as Deno.TestContext);
      return true;
    },
  };
  return context as Deno.TestContext;
}

/**
 * Loads files of tests. Tests that are to be ignored are left out.
 *
 * @param files Their addresses.
 * @returns Their tests, in order.
 */
export async function collectTests(
  files: readonly string[],
): Promise<readonly CollectedTest[]> {
  const test = Object.assign(register, {
    each,
    ignore: () => {},
    only: register,
    beforeAll: () => {},
    afterAll: () => {},
    beforeEach: () => {},
    afterEach: () => {},
    sanitizer: () => {},
  });
  Object.defineProperty(Deno, "test", { value: test, configurable: true });
  for (const file of files) await import(file);
  return tests;
}

let stray = false;

/** Lets what nobody has caught fail the test that runs, not the process. */
export function catchStrayErrors(): void {
  for (const type of ["unhandledrejection", "error"]) {
    addEventListener(type, (event) => {
      event.preventDefault();
      stray = true;
    });
  }
}

/**
 * Runs a test.
 *
 * @param test The test.
 * @param limit How long it may take, in milliseconds. A test that never waits
 * is not stopped by it.
 * @returns How it ended.
 */
export async function runTest(
  { name, fn }: CollectedTest,
  limit: number,
): Promise<Ending> {
  stray = false;
  const { promise, resolve } = Promise.withResolvers<Ending>();
  const timer = setTimeout(() => resolve("hung"), limit);
  const run = async (): Promise<Ending> => {
    try {
      await fn(contextOf(name));
      // Rejections that nobody handles are told after the microtasks.
      await setImmediate();
      return stray ? "failed" : "passed";
    } catch {
      return "failed";
    }
  };
  run().then(resolve);
  const ending = await promise;
  clearTimeout(timer);
  return ending;
}
