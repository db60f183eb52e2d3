/**
 * The end of a body: its close(), called once.
 *
 * @module
 */

import { isThenable } from "../../wsgi/describe.ts";
import type { ClosingView } from "../views/body_views.ts";
import { isGenerator } from "../views/value_shape.ts";
import type { CheckedIteration } from "./checked_iteration.ts";
import type { CheckedRequest } from "./checked_request.ts";

/** Closes a body for the server, and checks both sides. */
export class BodyClosing {
  readonly #request: CheckedRequest;
  readonly #iteration: CheckedIteration;

  /**
   * @param request The request.
   * @param iteration The iteration over the body.
   */
  constructor(request: CheckedRequest, iteration: CheckedIteration) {
    this.#request = request;
    this.#iteration = iteration;
  }

  /**
   * Closes the body, as the server asks.
   *
   * @param receiver On what the server called it.
   * @param args The arguments of the call.
   * @returns What the body's own close() returned.
   */
  close(receiver: ClosingView["receiver"], args: readonly unknown[]): unknown {
    const request = this.#request;
    request.observe?.({ type: "close" });
    const errors: unknown[] = [];
    collectError(errors, () => {
      const view = this.#view(receiver, args);
      request.checkServer(request.rules.closing, view);
      const { observer, kind, view: { body } } = this.#iteration;
      observer.checkKept(kind, body);
      observer.checkHeld("server");
    });
    // To call it twice is the server's fault; the body need not suffer it.
    if (request.closes++ > 0) return this.#throwOr(errors, undefined);
    request.closing = true;
    request.takeBack();
    const returned = collectError(errors, () => this.#iteration.returnBroken());
    if (!isThenable(returned)) return this.#closeBody(errors, args);
    return Promise.resolve(returned)
      .catch((error) => void errors.push(error))
      .then(() => this.#closeBody(errors, args));
  }

  /**
   * Adds a close() to an iterator, which has none, to say so.
   *
   * @param iterator The iterator that the server gets.
   * @returns The iterator.
   */
  guardIterator<Iterator extends object>(iterator: Iterator): Iterator {
    const request = this.#request;
    const close = (...args: unknown[]): void => {
      const view = this.#view("iterator", args);
      request.checkServer(request.rules.closing, view);
    };
    return Object.assign(iterator, { close });
  }

  #view(
    receiver: ClosingView["receiver"],
    args: readonly unknown[],
  ): ClosingView {
    const { kind, view, wasAsked, cannotReturn, isBroken } = this.#iteration;
    const { body, close } = view;
    return {
      args,
      receiver,
      kind,
      wasAsked,
      cannotReturn,
      isBroken,
      hasClose: typeof close === "function",
      isGenerator: kind !== "array" && isGenerator(body),
      length: kind === "array" ? (body as readonly unknown[]).length : -1,
      state: this.#request,
    };
  }

  #closeBody(errors: unknown[], args: readonly unknown[]): unknown {
    const { body, close } = this.#iteration.view;
    const result = typeof close === "function"
      ? collectError(errors, () => Reflect.apply(close, body, args))
      : undefined;
    return isThenable(result)
      ? this.#await(errors, result)
      : this.#finish(errors, result);
  }

  async #await(
    errors: unknown[],
    promise: PromiseLike<unknown>,
  ): Promise<unknown> {
    let result: unknown;
    try {
      result = await promise;
    } catch (error) {
      errors.push(error);
    }
    return this.#finish(errors, result);
  }

  /** The body is closed. What was swallowed until now has its last chance. */
  #finish(errors: unknown[], result: unknown): unknown {
    const request = this.#request;
    request.closing = false;
    collectError(errors, () => request.compareWithInner("closed"));
    request.finish();
    collectError(errors, () => request.rethrow());
    return this.#throwOr(errors, result);
  }

  #throwOr(errors: readonly unknown[], result: unknown): unknown {
    if (errors.length === 0) return result;
    throw this.#request.pick(errors);
  }
}

function collectError(errors: unknown[], action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    errors.push(error);
    return undefined;
  }
}
