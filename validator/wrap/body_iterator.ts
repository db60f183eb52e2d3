/**
 * {@linkcode BodyIterator}: the iterator of a body, as the application made it.
 *
 * @module
 */

const NOTHING: object = Object.freeze({});

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null ||
    typeof value === "function";
}

/** Iterators and streams that a request has used. */
const used = new WeakSet<object>();

/** The iterator of a body, or the value in its place. */
export class BodyIterator {
  /** The result of the iterator method of the body. */
  readonly object: unknown;
  /** Its `next`, if it is an object. */
  readonly nextMethod: unknown;
  readonly #stop: unknown;

  /**
   * Takes the iterator, and reads its members, each once.
   *
   * @param body The result of the application, called as `this`.
   * @param method Its iterator method.
   */
  constructor(body: unknown, method: unknown) {
    const object: unknown = Reflect.apply(method as () => unknown, body, []);
    const { next, return: stop } =
      (isObject(object) ? object : NOTHING) as Partial<Iterator<unknown>>;
    this.object = object;
    this.nextMethod = next;
    this.#stop = stop;
  }

  /**
   * Notes that a request uses it.
   *
   * @param body The result of the application. If it is a stream, it is noted
   * itself, because each of its iterators is a new object.
   * @returns Whether another request has used it, or the stream behind it.
   */
  noteUse(body: unknown): boolean {
    const object = body instanceof ReadableStream ? body : this.object;
    if (typeof object !== "object" || object === null) return false;
    const wasUsed = used.has(object);
    used.add(object);
    return wasUsed;
  }

  /** Whether it has a return(). */
  get canReturn(): boolean {
    return typeof this.#stop === "function";
  }

  /**
   * Calls its next().
   *
   * @returns The result, or a promise of it.
   */
  next(): unknown {
    return (this.nextMethod as () => unknown).call(this.object);
  }

  /**
   * Calls its return().
   *
   * @param args The arguments of the call.
   * @returns The result, or a promise of it.
   */
  return(args: readonly unknown[]): unknown {
    return Reflect.apply(this.#stop as () => unknown, this.object, args);
  }
}

/**
 * Reads the `done` of a result.
 *
 * @param result The result of next() or return().
 * @returns Its `done`, if it is an object.
 */
export function doneOf(result: unknown): unknown {
  const { done } = (isObject(result) ? result : NOTHING) as { done?: unknown };
  return done;
}
