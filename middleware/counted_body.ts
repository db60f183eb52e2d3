/**
 * The body of an application, chunk for chunk, for the access log.
 *
 * @module
 */

import { isThenable } from "../wsgi/describe.ts";
import type { ResponseBody } from "../wsgi/types.ts";
import {
  type BodyIterator,
  type BodyResult,
  iterationOf,
} from "./response_observer.ts";
import type { LoggedRequest } from "./logged_request.ts";

/** An iterator that hands on what another gives. */
class CountedIterator {
  readonly #iterator: BodyIterator;
  readonly #request: LoggedRequest;
  /** Only there if the other has one: a server looks. */
  readonly return: (() => BodyResult | Promise<BodyResult>) | undefined;

  constructor(iterator: BodyIterator, request: LoggedRequest) {
    this.#iterator = iterator;
    this.#request = request;
    this.return = typeof iterator.return === "function"
      ? () => iterator.return!()
      : undefined;
  }

  next(): BodyResult | Promise<BodyResult> {
    try {
      const result = this.#iterator.next();
      if (!isThenable(result)) return this.#take(result as BodyResult);
      return result.then(
        (result) => this.#take(result),
        (error) => this.#fail(error),
      );
    } catch (error) {
      return this.#fail(error);
    }
  }

  #take(result: BodyResult): BodyResult {
    if (result.done) this.#request.end();
    else this.#request.count(result.value);
    return result;
  }

  #fail(error: unknown): never {
    this.#request.fail();
    throw error;
  }
}

/**
 * Sees what a body gives, and logs its request when it is over.
 *
 * @param body What the application returned.
 * @param request The request, to be logged.
 * @returns An array as it is, and a sync or async body for one of its kind,
 * whose `close()` closes it. What is no body comes back as it is, too.
 */
export function countBody(
  body: ResponseBody,
  request: LoggedRequest,
): ResponseBody {
  if (Array.isArray(body)) {
    // It is sent as it stands: nothing more will be seen of it.
    for (let i = 0; i < body.length; i++) request.count(body[i]);
    request.end();
    return body;
  }
  const iteration = iterationOf(body);
  if (iteration === undefined) {
    request.fail();
    return body;
  }
  const open = (): CountedIterator =>
    new CountedIterator(iteration.open(), request);
  const close = (): unknown => {
    request.stop();
    return body.close?.();
  };
  // The iterator gives promises exactly where that of the body does.
  return iteration.isAsync
    ? {
      [Symbol.asyncIterator]: () => open() as AsyncIterator<Uint8Array, void>,
      close,
    }
    : { [Symbol.iterator]: () => open() as Iterator<Uint8Array, void>, close };
}
