/**
 * Short ways to write down one request, and to read what is found in it.
 *
 * @module
 */

import { answering } from "./fixtures/shorthands.ts";
import { type Loose, runScenario, type Scenario } from "./scenario.ts";

/** A header that nothing can be said about. */
export const PLAIN = ["Content-Type", "text/plain"] as const;

/** What is found in a scenario, each with what it says it got. */
export async function findingsIn(
  scenario: Scenario,
  options: Parameters<typeof runScenario>[1] = {},
): Promise<string[]> {
  const found = await runScenario(scenario, {
    profile: "paranoid",
    ...options,
  });
  return found.map(({ rule, message }) => `${rule}: ${foundIn(message)}`);
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

/** A sync body that gives the results one after the other. */
export function giving(...results: readonly unknown[]): Loose {
  const left = [...results];
  return { [Symbol.iterator]: () => ({ next: () => left.shift() }) };
}

/** A server that takes all chunks of a sync body, and closes it. */
export function takeAll(app: Loose, environ: Loose): void {
  const body = app(environ, start);
  const iterator = body[Symbol.iterator]();
  for (let i = 0; i < 20; i++) {
    if (iterator.next()?.done === true) break;
  }
  body.close();
}

/** An application whose body has these chunks, one by one. */
export function yielding(...chunks: readonly Uint8Array[]): Loose {
  return (_environ: Loose, startResponse: Loose) => {
    startResponse("200 OK", [PLAIN]);
    return {
      *[Symbol.iterator](): Generator<Uint8Array, void> {
        yield* chunks;
      },
    };
  };
}

/** What is found in a body that gives the results, and then ends. */
export async function findingsInBody(
  headers: readonly (readonly string[])[],
  ...results: readonly unknown[]
): Promise<string[]> {
  const body = giving(...results, { done: true });
  return await findingsIn({
    ...answering("200 OK", headers, body),
    server: takeAll,
  });
}
