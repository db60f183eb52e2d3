/**
 * An environ whose headers are read when somebody looks at them.
 *
 * @module
 */

import type { HeaderVariables } from "./header_variables.ts";
import type { Environ } from "../../wsgi/types.ts";

/**
 * Both Deno and Node call the method of this name when they show an object, and
 * they look for it behind a proxy. Nothing else looks there.
 */
const INSPECT = Symbol.for("nodejs.util.inspect.custom");

/** Half as long as Object.hasOwn(), and asked for each variable. */
const isOwn = Object.prototype.hasOwnProperty;

/** What stands behind the proxy. */
type Target = Environ & { [INSPECT]?: () => unknown };

/** How many complete environs follow one that was looked at as a whole. */
const PAUSE = 1000;
/** Fewer headers than these are read faster at once. */
const MANY = 4;
/** How many complete environs follow one of few headers. */
const SHORT_PAUSE = 100;

/**
 * Decides for the requests of one server whether their headers are read lazily.
 *
 * It pays where clients send many headers and the application reads few. Who
 * looks at the whole of a lazy environ pays more than was saved; what an
 * application did once it does again, so that laziness is then tried seldom and
 * ever more seldom.
 */
export class Laziness {
  /** The requests to come whose headers are read at once. */
  #left = 1;
  #pause = PAUSE;

  /**
   * Decides for one more request.
   *
   * @returns Whether its headers are read lazily.
   */
  decide(): boolean {
    if (this.#left === 0) return true;
    this.#left--;
    return false;
  }

  /**
   * Is told how many headers a request has that were read at once.
   *
   * @param count The number.
   */
  saw(count: number): void {
    if (count < MANY && this.#left === 0) this.#left = SHORT_PAUSE;
  }

  /** Is told that somebody has looked at the whole of a lazy environ. */
  pause(): void {
    // Of requests at the same time each may say so.
    if (this.#left > 0) return;
    this.#left = this.#pause;
    this.#pause *= 2;
  }
}

/** Shows the whole environ: `this` is the proxy. */
function inspect(this: object): object {
  Reflect.ownKeys(this);
  return this;
}

/**
 * The traps of one environ. Single variables are read singly. What concerns the
 * object as a whole adds the variables that are missing, in the order of an
 * environ made at once, and is then left to the object.
 */
class LazyHandler implements ProxyHandler<Target> {
  readonly #laziness: Laziness;
  /** What the object lacks; `undefined` once it has all. */
  #headers: HeaderVariables | undefined;
  /** New variables, which come after those of the headers. */
  #added: Map<PropertyKey, unknown> | undefined;
  /** The environ that these are the traps of. */
  environ: Environ | undefined;

  constructor(headers: HeaderVariables, laziness: Laziness) {
    this.#headers = headers;
    this.#laziness = laziness;
  }

  #complete(target: Target): void {
    const headers = this.#headers;
    if (headers === undefined) return;
    this.#headers = undefined;
    this.#laziness.pause();
    delete target[INSPECT];
    headers.addTo(target);
    if (this.#added === undefined) return;
    for (const [key, value] of this.#added) Reflect.set(target, key, value);
    this.#added = undefined;
  }

  get(target: Target, key: PropertyKey, receiver: unknown): unknown {
    const headers = this.#headers;
    if (headers !== undefined) {
      if (key === INSPECT) this.#complete(target);
      // Not `in`: what Object.prototype has does not come before a header.
      else if (isOwn.call(target, key)) return target[key as string];
      else if (this.#added?.has(key)) return this.#added.get(key);
      else if (typeof key === "string") {
        const value = headers.get(key);
        if (value !== undefined) return value;
      }
    }
    return Reflect.get(target, key, receiver);
  }

  has(target: Target, key: PropertyKey): boolean {
    if (this.#headers !== undefined) {
      if (key === INSPECT) this.#complete(target);
      else if (this.#added?.has(key)) return true;
      else if (
        typeof key === "string" && this.#headers.get(key) !== undefined
      ) {
        return true;
      }
    }
    return Reflect.has(target, key);
  }

  set(
    target: Target,
    key: PropertyKey,
    value: unknown,
    receiver: unknown,
  ): boolean {
    if (this.#headers !== undefined && receiver === this.environ) {
      if (key !== INSPECT) {
        if (isOwn.call(target, key)) return Reflect.set(target, key, value);
        if (!(key in target)) {
          (this.#added ??= new Map()).set(key, value);
          return true;
        }
      }
      this.#complete(target);
    }
    return Reflect.set(target, key, value, receiver);
  }

  ownKeys(target: Target): (string | symbol)[] {
    this.#complete(target);
    return Reflect.ownKeys(target);
  }

  getOwnPropertyDescriptor(
    target: Target,
    key: PropertyKey,
  ): PropertyDescriptor | undefined {
    this.#complete(target);
    return Reflect.getOwnPropertyDescriptor(target, key);
  }

  defineProperty(
    target: Target,
    key: PropertyKey,
    descriptor: PropertyDescriptor,
  ): boolean {
    this.#complete(target);
    return Reflect.defineProperty(target, key, descriptor);
  }

  deleteProperty(target: Target, key: PropertyKey): boolean {
    this.#complete(target);
    return Reflect.deleteProperty(target, key);
  }

  preventExtensions(target: Target): boolean {
    this.#complete(target);
    return Reflect.preventExtensions(target);
  }

  setPrototypeOf(target: Target, prototype: object | null): boolean {
    this.#complete(target);
    return Reflect.setPrototypeOf(target, prototype);
  }
}

/**
 * Completes an environ when it is needed.
 *
 * @param environ The variables that do not come from headers. It belongs to the
 * result from now on.
 * @param headers The others.
 * @param laziness Is told when all of them were needed.
 * @returns An environ that looks complete to whatever a program does with it.
 * ARCHITECTURE.md names what only tells a proxy from an object.
 */
export function completeLazily(
  environ: Environ,
  headers: HeaderVariables,
  laziness: Laziness,
): Environ {
  const target: Target = environ;
  target[INSPECT] = inspect;
  const handler = new LazyHandler(headers, laziness);
  return handler.environ = new Proxy(target, handler);
}
