/** Calls middleware like a server, with a validator on each side. */

import { validator } from "../../mod.ts";
import { toBytes } from "../../wsgi/byte_string.ts";
import type { Application, Middleware } from "../../wsgi/types.ts";
import type { ResponseBody } from "../../wsgi/types.ts";

/** Puts a validator on both sides of middleware. Broken rules throw. */
export function between(middleware: Middleware, app: Application): Application {
  const profile = "paranoid";
  const inner = validator(app, { profile, name: "inner" });
  return validator(middleware(inner), { profile, name: "outer" });
}

/** A generator of these chunks. */
export function* generate(...chunks: string[]): Generator<Uint8Array, void> {
  for (const chunk of chunks) yield toBytes(chunk);
}

/** An async generator of these chunks. */
export async function* generateAsync(
  ...chunks: string[]
): AsyncGenerator<Uint8Array, void> {
  for (const chunk of chunks) yield await Promise.resolve(toBytes(chunk));
}

/** A body whose first chunk fails as `fail` does. */
export function failing(fail: () => never): ResponseBody {
  return { [Symbol.iterator]: () => ({ next: () => fail() }) };
}
