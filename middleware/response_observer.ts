/**
 * Observes a response on its way through middleware: its status, its chunks, and
 * how its body ends.
 *
 * @module
 */

import { isThenable } from "../wsgi/describe.ts";
import type { ResponseBody, StartResponse } from "../wsgi/types.ts";

/** Receives the events of one response. */
export interface ResponseObserver {
  /** Is called with a status that the server has accepted. */
  onStatus?(status: string): void;
  /** Is called with each chunk, written or iterated. */
  onChunk(chunk: unknown): void;
  /** Is called when the iteration is over. */
  onEnd?(): void;
  /**
   * Is called with what the iterator throws.
   *
   * @param error The error.
   * @returns The last chunk, instead of what the iterator would have given.
   * Throws the error if there is no last chunk.
   */
  onError(error: unknown): Promise<Uint8Array>;
  /** Is called when the server closes the body. */
  onClose?(): void;
}

type BodyResult = IteratorResult<Uint8Array, void>;
type Eventually<T> = T | Promise<T>;

/** The iterator of a sync or async body. */
interface BodyIterator {
  next(): Eventually<BodyResult>;
  return?(): Eventually<BodyResult>;
}

const DONE: BodyResult = { done: true, value: undefined };

/** Passes on the results of another iterator, and reports them. */
class ObservedIterator implements BodyIterator {
  readonly #iterator: BodyIterator;
  readonly #observer: ResponseObserver;
  #isReplaced = false;
  /** Is there only if the other iterator has one, since servers look for it. */
  readonly return?: () => Eventually<BodyResult>;

  constructor(iterator: BodyIterator, observer: ResponseObserver) {
    this.#iterator = iterator;
    this.#observer = observer;
    if (typeof iterator.return === "function") {
      this.return = () => this.#isReplaced ? DONE : iterator.return!();
    }
  }

  next(): Eventually<BodyResult> {
    // An iterator that has thrown is over.
    if (this.#isReplaced) return DONE;
    try {
      const result = this.#iterator.next();
      if (!isThenable(result)) return this.#take(result as BodyResult);
      return result.then(
        (result) => this.#take(result),
        (error) => this.#replace(error),
      );
    } catch (error) {
      return this.#replace(error);
    }
  }

  #take(result: BodyResult): BodyResult {
    if (result.done) this.#observer.onEnd?.();
    else this.#observer.onChunk(result.value);
    return result;
  }

  async #replacement(chunk: Promise<Uint8Array>): Promise<BodyResult> {
    return { done: false, value: await chunk };
  }

  #replace(error: unknown): Promise<BodyResult> {
    const chunk = this.#observer.onError(error);
    this.#isReplaced = true;
    return this.#replacement(chunk);
  }
}

/** Makes each step of an iterator a promise. */
function toAsync(iterator: BodyIterator): BodyIterator {
  const { return: stop } = iterator;
  return {
    next: async () => await iterator.next(),
    ...stop && { return: async () => await stop() },
  };
}

/** Returns how to iterate over a body, the async way if there are both. */
function iterationOf(
  body: ResponseBody,
): { isAsync: boolean; open: () => BodyIterator } | undefined {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    return undefined;
  }
  if (Symbol.asyncIterator in body) {
    return { isAsync: true, open: () => body[Symbol.asyncIterator]() };
  }
  if (Symbol.iterator in body) {
    return { isAsync: false, open: () => body[Symbol.iterator]() };
  }
  return undefined;
}

/**
 * Observes a body while the server iterates over it.
 *
 * @param body What the application returned.
 * @param observer Receives the chunks and the end.
 * @param options `canReplace` says that `onError` may return a chunk. The result
 * is async then, also where the body is sync.
 * @returns The body for the server. Its `close()` closes the body of the
 * application. `undefined` for an array, which is sent as it stands, and for a
 * value that is no body, which the server rejects.
 */
export function observeBody(
  body: ResponseBody,
  observer: ResponseObserver,
  { canReplace = false }: { canReplace?: boolean } = {},
): ResponseBody | undefined {
  const iteration = iterationOf(body);
  if (iteration === undefined) return undefined;
  const open = (): BodyIterator =>
    new ObservedIterator(iteration.open(), observer);
  const close = (): unknown => {
    observer.onClose?.();
    return body.close?.();
  };
  const observed = canReplace
    ? { [Symbol.asyncIterator]: () => toAsync(open()), close }
    : iteration.isAsync
    ? { [Symbol.asyncIterator]: open, close }
    : { [Symbol.iterator]: open, close };
  return observed as ResponseBody;
}

/**
 * Observes `startResponse` and the `write()` that it returns.
 *
 * @param startResponse The function of the server.
 * @param observer Receives the status and the chunks, once the server has
 * accepted them.
 * @returns The function for the application.
 */
export function observeStart(
  startResponse: StartResponse,
  observer: ResponseObserver,
): StartResponse {
  return (status, headers, excInfo) => {
    const write = excInfo === undefined
      ? startResponse(status, headers)
      : startResponse(status, headers, excInfo);
    observer.onStatus?.(status);
    return (chunk) => {
      const written = write(chunk);
      observer.onChunk(chunk);
      return written;
    };
  };
}
