/**
 * Lets middleware observe a response: its status, its chunks, and how its body
 * ends.
 *
 * @module
 */

import { isThenable } from "../wsgi/describe.ts";
import type {
  HeaderTuple,
  ResponseBody,
  StartResponse,
} from "../wsgi/types.ts";

/** Receives the events of one response. */
export interface ResponseObserver {
  /** Called with a status and headers that the server has accepted. */
  onStart?(status: string, headers: readonly HeaderTuple[]): void;
  /** Called with each chunk, from `write()` or the body. */
  onChunk(chunk: unknown): void;
  /** Called when the body has ended. */
  onEnd?(): void;
  /**
   * Called with an error that the iterator throws.
   *
   * @returns A last chunk, which replaces the rest of the body. If there is no
   * replacement, it throws the error.
   */
  onError(error: unknown): Promise<Uint8Array>;
  /** Called when the server closes the body. */
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

/**
 * Passes on the results of another iterator, and reports them to an observer.
 */
class ObservedIterator implements BodyIterator {
  readonly #iterator: BodyIterator;
  readonly #observer: ResponseObserver;
  #isReplaced = false;
  /**
   * Present only if the other iterator has it, because servers check for it.
   */
  readonly return?: () => Eventually<BodyResult>;

  constructor(iterator: BodyIterator, observer: ResponseObserver) {
    this.#iterator = iterator;
    this.#observer = observer;
    if (typeof iterator.return === "function") {
      this.return = () => this.#isReplaced ? DONE : iterator.return!();
    }
  }

  next(): Eventually<BodyResult> {
    // An iterator that has thrown has ended.
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

/** Makes a sync iterator async. */
function toAsync(iterator: BodyIterator): BodyIterator {
  const { return: stop } = iterator;
  return {
    next: async () => await iterator.next(),
    ...stop && { return: async () => await stop() },
  };
}

/** Returns how to iterate over a body. Async iteration has precedence. */
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
 * @param body The value that the application returned.
 * @param observer Receives the chunks and the end.
 * @param options `canReplace`: whether `onError` may return a chunk. The result
 * is then async, even if the body is sync.
 * @returns The body for the server, whose `close()` closes the body of the
 * application. `undefined` for an array, which the server sends directly, and
 * for a value that is not a body, which the server rejects.
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
 * @param observer Receives the status, headers and chunks after the server has
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
    observer.onStart?.(status, headers);
    return (chunk) => {
      const written = write(chunk);
      observer.onChunk(chunk);
      return written;
    };
  };
}
