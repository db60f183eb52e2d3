/**
 * Bodies that several cases share.
 *
 * @module
 */

import type { ResponseBody } from "../../wsgi/types.ts";
import type { Probe } from "../server_case.ts";
import { bytes } from "./fixtures.ts";

/** A generator of these chunks. */
export function* generated(
  ...chunks: readonly string[]
): Generator<Uint8Array, void> {
  for (const chunk of chunks) yield bytes(chunk);
}

/** An asynchronous generator of these chunks. */
export async function* generatedLate(
  ...chunks: readonly string[]
): AsyncGenerator<Uint8Array, void> {
  for (const chunk of chunks) {
    await Promise.resolve();
    yield bytes(chunk);
  }
}

/** A generator that never ends by itself. */
export function* endless(): Generator<Uint8Array, void> {
  for (;;) yield bytes("endless");
}

/** A body that tells what is done with it. */
export function watched(
  probe: Probe,
  chunks: () => Iterator<unknown> | AsyncIterator<unknown>,
  isAsync = false,
): ResponseBody {
  const iterator = chunks() as AsyncIterator<unknown>;
  const body = {
    [isAsync ? Symbol.asyncIterator : Symbol.iterator]: () => ({
      next: () => iterator.next(),
      return: () => {
        probe.tell("return");
        return iterator.return?.() ?? { done: true, value: undefined };
      },
    }),
    close(this: unknown, ...args: unknown[]): void | Promise<void> {
      const right = this === body && args.length === 0;
      return probe.tell("close", right);
    },
  };
  return body as unknown as ResponseBody;
}
