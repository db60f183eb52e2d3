/**
 * Short ways to write down one request, and to read what is found in it.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { plays, withBody } from "./fixtures/programs.ts";
import { type Loose, runScenario, type Scenario } from "./scenario.ts";

/** A header that nothing can be said about. */
export const PLAIN = ["Content-Type", "text/plain"] as const;

type Options = Parameters<typeof runScenario>[1];

/** What is found in a scenario, each with what it says it got. */
export async function findingsIn(
  scenario: Scenario,
  options: Options = {},
): Promise<string[]> {
  const found = await runScenario(scenario, {
    profile: "paranoid",
    ...options,
  });
  return found.map(({ rule, message }) => `${rule}: ${foundIn(message)}`);
}

/** Asserts what is found: rules, or rules with what they say they got. */
export async function assertFinds(
  scenario: Scenario,
  expected: readonly string[],
  options: Options = {},
): Promise<void> {
  const lines = await findingsIn(scenario, options);
  const found = lines.map((line, index) =>
    expected[index]?.includes(": ") ? line : line.replace(/: .*/s, "")
  );
  assertEquals(found, expected);
}

/** Tests what is found in a scenario. */
export function finds(
  name: string,
  scenario: Scenario,
  ...expected: readonly string[]
): void {
  Deno.test(name, () => assertFinds(scenario, expected));
}

/** What a message says it got. */
export function foundIn(message: string): string {
  const got = message.slice(message.indexOf(", got ") + 6);
  return got.slice(0, got.lastIndexOf(" (rule "));
}

/** The bytes of a text. */
export function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** A startResponse that takes everything. */
export const start = (): () => Promise<void> => () => Promise.resolve();

/** A server that closes the body, and does nothing else. */
export const closing = (app: Loose, environ: Loose): void =>
  app(environ, start).close();

/** A sync body that gives the results one after the other. */
export function giving(...results: readonly unknown[]): Loose {
  const left = [...results];
  return { [Symbol.iterator]: () => ({ next: () => left.shift() }) };
}

/** An application whose body has these chunks, one by one. */
export function yielding(...chunks: readonly unknown[]): Loose {
  const make = () => ({ [Symbol.iterator]: () => [...chunks].values() });
  return withBody(make, [PLAIN]).app;
}

/** A body that gives the results and then ends, and a server that takes them. */
export function inBody(
  headers: readonly (readonly string[])[],
  ...results: readonly unknown[]
): Scenario {
  const calls = results.map(() => "next").join(" ");
  const make = () => giving(...results, { done: true });
  return plays(withBody(make, headers), `${calls} next close`);
}
