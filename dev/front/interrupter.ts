/**
 * {@linkcode Interrupter}: ends streams when the server stops.
 *
 * @module
 */

import type { Application, ResponseBody } from "../../wsgi/types.ts";

/** Ends all streams of some applications at the same time. */
export class Interrupter {
  readonly #streams = new Set<() => void>();
  #isStopped = false;

  /** Ends all open streams, and those that open later. */
  stop(): void {
    this.#isStopped = true;
    for (const end of [...this.#streams]) end();
  }

  /**
   * Wraps an application.
   *
   * @param app The application.
   * @returns The application; `stop()` ends its async bodies.
   */
  wrap(app: Application): Application {
    return async (environ, startResponse) =>
      this.#watch(await app(environ, startResponse));
  }

  #watch(body: ResponseBody): ResponseBody {
    const iterable = body as Partial<AsyncIterable<Uint8Array>> & ResponseBody;
    if (typeof iterable[Symbol.asyncIterator] !== "function") return body;
    const iterator = iterable[Symbol.asyncIterator]!();
    const ended = Promise.withResolvers<IteratorResult<Uint8Array>>();
    const end = (): void => ended.resolve({ done: true, value: undefined });
    if (this.#isStopped) end();
    else this.#streams.add(end);
    return {
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.race([iterator.next(), ended.promise]),
        return: async () =>
          await iterator.return?.() ?? { done: true, value: undefined },
      }),
      close: () => {
        this.#streams.delete(end);
        return body.close?.();
      },
    };
  }
}
