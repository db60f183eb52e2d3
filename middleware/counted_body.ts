/**
 * The body of an application, chunk for chunk, for the access log.
 *
 * @module
 */

import { isThenable } from "../gateway/describe.ts";
import type { ResponseBody } from "../gateway/types.ts";
import type { LoggedRequest } from "./logged_request.ts";

/** What both kinds of iterator give. */
type Result = IteratorResult<Uint8Array, void>;
type Results = Result | PromiseLike<Result>;

interface AnyIterator {
  next(): Results;
  return?(): Results;
}

/** An iterator that hands on what another gives. */
class CountedIterator {
  readonly #iterator: AnyIterator;
  readonly #request: LoggedRequest;
  /** Only there if the other has one: a server looks. */
  readonly return: (() => Results) | undefined;

  constructor(iterator: AnyIterator, request: LoggedRequest) {
    this.#iterator = iterator;
    this.#request = request;
    this.return = typeof iterator.return === "function"
      ? () => iterator.return!()
      : undefined;
  }

  next(): Results {
    try {
      const result = this.#iterator.next();
      if (!isThenable(result)) return this.#take(result as Result);
      return result.then(
        (result) => this.#take(result),
        (error) => this.#fail(error),
      );
    } catch (error) {
      return this.#fail(error);
    }
  }

  #take(result: Result): Result {
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
  const isBody = typeof body === "object" && body !== null &&
    (Symbol.iterator in body || Symbol.asyncIterator in body);
  if (!isBody) {
    request.fail();
    return body;
  }
  const source = body as unknown as Record<symbol, () => AnyIterator>;
  const symbol: symbol = Symbol.asyncIterator in body
    ? Symbol.asyncIterator
    : Symbol.iterator;
  const counted = {
    [symbol]: () => new CountedIterator(source[symbol]!(), request),
    close(): unknown {
      request.stop();
      return body.close?.();
    },
  };
  return counted as unknown as ResponseBody;
}
