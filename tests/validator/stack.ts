/**
 * A stack of two validators with middleware between them.
 *
 * @module
 */

import { validator, type ValidatorOptions, type Violation } from "../../mod.ts";
import { createEnviron, helloApp, type Loose, runServer } from "./scenario.ts";

/** What one request through two named validators finds. */
export interface Findings {
  readonly all: Violation[];
  readonly outer: Violation[];
  readonly inner: Violation[];
}

/** A middleware. */
export type Wrap = (
  app: Loose,
) => (environ: Loose, startResponse: Loose) => Loose;

/** What stands between the server and the application, where it is not the usual. */
export interface Stack {
  readonly app?: (environ: Loose, startResponse: Loose) => Loose;
  readonly middleware?: Wrap;
  readonly environ?: (environ: Loose) => Loose;
  readonly server?: (app: Loose, environ: Loose) => Loose;
  readonly outerOptions?: ValidatorOptions;
  readonly innerOptions?: ValidatorOptions;
}

/** Middleware that changes nothing. */
export const transparent: Wrap = (app) => (environ, startResponse) =>
  app(environ, startResponse);

/** Validates an application, and adds what is found to some lists. */
export function layer(
  app: Loose,
  lists: readonly Violation[][],
  options: ValidatorOptions = {},
): Loose {
  const onViolation = (violation: Violation): void => {
    for (const list of lists) list.push(violation);
  };
  return validator(app, { throws: false, onViolation, ...options });
}

/** Lets one request through a stack. */
export async function run(stack: Stack): Promise<Findings> {
  const { app = helloApp, middleware = transparent } = stack;
  const findings: Findings = { all: [], outer: [], inner: [] };
  const { all, outer, inner } = findings;
  const inside = layer(app, [inner, all], {
    name: "inner",
    ...stack.innerOptions,
  });
  const outside = layer(middleware(inside), [outer, all], {
    name: "outer",
    ...stack.outerOptions,
  });
  const environ = createEnviron();
  const changed = stack.environ?.(environ) ?? environ;
  await (stack.server ?? runServer)(outside, changed);
  outside.assertFinished();
  inside.assertFinished();
  return findings;
}

/** Each rule that was broken, and by whom. */
export function summary(violations: readonly Violation[]): string[] {
  return violations.map(({ rule, blame }) => `${rule} by ${blame}`);
}

/** A stack whose validators throw; gives the rule that the server gets to see. */
export async function thrown(stack: Stack): Promise<string | undefined> {
  try {
    await run({
      ...stack,
      outerOptions: { throws: true },
      innerOptions: { throws: true },
      server: async (app, environ) => {
        const body = await app(environ, () => () => Promise.resolve());
        try {
          for await (const _chunk of body);
        } finally {
          await body.close?.();
        }
      },
    });
  } catch (error) {
    return summary([(error as { violation: Violation }).violation])[0];
  }
  return undefined;
}
