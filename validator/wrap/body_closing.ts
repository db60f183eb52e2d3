/**
 * The end of a body: its close(), called once.
 *
 * @module
 */

import { isThenable } from "../../wsgi/describe.ts";
import type { ClosingView } from "../views/body_views.ts";
import { isGenerator } from "../views/value_shape.ts";
import type { CheckedIteration } from "./checked_iteration.ts";
import { pickError } from "../undelivered.ts";
import type { CheckedRequest } from "./checked_request.ts";
import { isPlainClose } from "./plain_moments.ts";

const NO_ARGUMENTS: readonly unknown[] = Object.freeze([]);

/**
 * Closes a body for the server, and checks both sides.
 *
 * It is also the view for the checks, and is reused for each call.
 */
export class BodyClosing implements ClosingView {
  readonly state: CheckedRequest;
  readonly #iteration: CheckedIteration;
  args: readonly unknown[] = NO_ARGUMENTS;
  receiver: ClosingView["receiver"] = "body";

  /**
   * @param request The request.
   * @param iteration The iteration over the body.
   */
  constructor(request: CheckedRequest, iteration: CheckedIteration) {
    this.state = request;
    this.#iteration = iteration;
  }

  get kind(): ClosingView["kind"] {
    return this.#iteration.kind;
  }

  get cannotReturn(): boolean {
    return this.#iteration.cannotReturn;
  }

  get isBroken(): boolean {
    return this.#iteration.isBroken;
  }

  get wasAsked(): boolean {
    return this.#iteration.wasAsked;
  }

  get hasClose(): boolean {
    return typeof this.#iteration.view.close === "function";
  }

  get isGenerator(): boolean {
    const { kind, view } = this.#iteration;
    return kind !== "array" && isGenerator(view.body);
  }

  get length(): number {
    const { kind, view } = this.#iteration;
    return kind === "array" ? (view.body as readonly unknown[]).length : -1;
  }

  /**
   * Closes the body for the server.
   *
   * @param receiver The `this` of the call.
   * @param args The arguments of the call.
   * @returns The result of the body's own close().
   */
  close(receiver: ClosingView["receiver"], args: readonly unknown[]): unknown {
    const request = this.state;
    request.observe?.({ type: "close" });
    const errors: unknown[] = [];
    try {
      this.#check(receiver, args);
      const { observer, kind, view: { body } } = this.#iteration;
      observer.checkKept(kind, body);
      observer.checkHeld("server");
    } catch (error) {
      errors.push(error);
    }
    // The server's second call does not reach the body.
    if (request.closes++ > 0) return this.#throwOr(errors, undefined);
    request.closing = true;
    request.takeBack();
    if (!this.#iteration.isBroken) return this.#closeBody(errors, args);
    const returned = collectError(errors, () => this.#iteration.returnBroken());
    if (!isThenable(returned)) return this.#closeBody(errors, args);
    return Promise.resolve(returned)
      .catch((error) => void errors.push(error))
      .then(() => this.#closeBody(errors, args));
  }

  /**
   * Adds a close() to an iterator. It only reports that it was called.
   *
   * @param iterator The iterator for the server.
   * @returns The iterator.
   */
  guardIterator<Iterator extends object>(iterator: Iterator): Iterator {
    const close = (...args: unknown[]): void => this.#check("iterator", args);
    return Object.assign(iterator, { close });
  }

  #check(receiver: ClosingView["receiver"], args: readonly unknown[]): void {
    this.receiver = receiver;
    this.args = args;
    const { rules } = this.state;
    const { closing } = isPlainClose(this) ? rules.plain : rules;
    this.state.checkServer(closing, this);
  }

  #closeBody(errors: unknown[], args: readonly unknown[]): unknown {
    const { body, close } = this.#iteration.view;
    if (typeof close !== "function") return this.#finish(errors, undefined);
    const result = collectError(
      errors,
      () => Reflect.apply(close, body, args),
    );
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

  /** The body is closed. A finding that was swallowed is thrown now. */
  #finish(errors: unknown[], result: unknown): unknown {
    const request = this.state;
    request.closing = false;
    try {
      request.compareWithInner("closed");
    } catch (error) {
      errors.push(error);
    }
    request.finish();
    try {
      request.rethrow();
    } catch (error) {
      errors.push(error);
    }
    return this.#throwOr(errors, result);
  }

  #throwOr(errors: readonly unknown[], result: unknown): unknown {
    if (errors.length === 0) return result;
    throw pickError(errors, this.state.context);
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
