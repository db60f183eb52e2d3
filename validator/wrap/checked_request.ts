/**
 * {@linkcode CheckedRequest}: one request in one layer.
 *
 * @module
 */

import type { ValidatorContext } from "../context.ts";
import type { Entry } from "../captures.ts";
import { Findings } from "../findings.ts";
import { unwatchBody, watchBody } from "../leaks.ts";
import { isOver } from "../rules/start_response.ts";
import type { ActiveRules } from "../rules/active_rules.ts";
import type { EnvironView } from "../views/environ_view.ts";
import type { PairEvent, PairState } from "../views/middleware_view.ts";
import type { ResponseView } from "../views/response_view.ts";

const NO_ARGUMENTS: readonly unknown[] = Object.freeze([]);

/** One request in one layer, and how far it has come. */
export class CheckedRequest extends Findings implements PairState {
  readonly rules: ActiveRules;
  override readonly environ: EnvironView;
  readonly method: string;
  /** The layer between this one and the server, if there is one. */
  override readonly outer: CheckedRequest | undefined;
  /** The layer between this one and the application, once it was called. */
  override inner: CheckedRequest | undefined;
  starts = 0;
  response: ResponseView | undefined;
  headSent = false;
  refusal: "exc-info" | "arguments" | undefined;
  refusedAt: number | undefined;
  returned = false;
  iterating = false;
  iterators = 0;
  chunks = 0;
  bytes = 0;
  written = 0;
  emptyRun = 0;
  uncounted = false;
  isFile = false;
  ended = false;
  returns = 0;
  closes = 0;
  array: readonly unknown[] | undefined;
  lastChunk: unknown;
  taken = 0;
  openInner = 0;
  passesExcInfo = false;
  headersChanged = false;
  /** Whether the close() of the body is running. */
  closing = false;

  #handedOver = false;
  #isWatched = false;
  /** The bodies from wsgi.file_wrapper. */
  #wrappers: WeakSet<object> | undefined;
  #finished = false;

  constructor(
    context: ValidatorContext,
    rules: ActiveRules,
    environ: EnvironView,
  ) {
    super(context);
    this.rules = rules;
    this.environ = environ;
    // Another copy of this package may have set its own.
    const { linked } = environ;
    this.outer = linked instanceof CheckedRequest
      ? linked.#asOuterOf(context)
      : undefined;
    const method = environ.values["REQUEST_METHOD"];
    this.method = typeof method === "string" ? method : "";
    if (this.outer !== undefined) this.outer.inner = this;
    context.begin();
  }

  /**
   * Remembers a body that the server has created in wsgi.file_wrapper.
   *
   * @param body The body.
   */
  own(body: object): void {
    this.#wrappers = (this.#wrappers ?? new WeakSet()).add(body);
  }

  /**
   * Returns whether a body comes from wsgi.file_wrapper.
   *
   * @param body The body.
   */
  owns(body: object): boolean {
    return this.#wrappers?.has(body) === true;
  }

  /**
   * Reports the body if it is collected as garbage without being closed, if the
   * layer looks for that.
   *
   * @param body The body for the server.
   */
  watch(body: object): void {
    if (this.#finished || !this.context.watchesGarbage) return;
    this.#isWatched = true;
    const path = this.environ.values["PATH_INFO"];
    watchBody(body, this, {
      context: this.context,
      rules: this.rules.open,
      request: `${this.method} ${typeof path === "string" ? path : ""}`,
    });
  }

  /**
   * Applies the rules about middleware, if there is an inner layer.
   *
   * @param event The event.
   * @param args The arguments of the call, or the chunk in an array.
   * @param entry The function that the middleware called.
   * @param inner The inner layer that the event comes from.
   * @throws {ConformanceError} If a rule is broken and this layer throws.
   */
  compareWithInner(
    event: PairEvent,
    args: readonly unknown[] = NO_ARGUMENTS,
    entry?: Entry,
    inner: CheckedRequest | undefined = this.inner,
  ): void {
    if (inner === undefined) return;
    this.check(
      this.rules.middleware,
      { event, outer: this, inner, args },
      entry,
    );
  }

  /** Whether a layer between this one and the server has seen no chunk yet. */
  get isHeldBack(): boolean {
    for (let next = this.outer; next !== undefined; next = next.outer) {
      if (!next.headSent) return true;
    }
    return false;
  }

  override get isUnheard(): boolean {
    return isOver(this) && this.edge === undefined && !this.iterating &&
      !this.closing;
  }

  /** Whether the request is over for this layer. */
  get isOver(): boolean {
    return this.#finished;
  }

  /** Whether the request is over for this layer and all outer ones. */
  get isAllOver(): boolean {
    return this.#finished && this.outer?.isAllOver !== false;
  }

  /**
   * Returns whether this layer is between another one and the server.
   *
   * @param other The request in the other layer.
   */
  isOutsideOf(other: CheckedRequest): boolean {
    for (let next = other.outer; next !== undefined; next = next.outer) {
      if (next === this) return true;
    }
    return false;
  }

  /** The caller has got a body of this layer, which it must close. */
  handOver(): void {
    if (this.outer === undefined || this.#handedOver) return;
    this.#handedOver = true;
    this.outer.openInner++;
  }

  /** The caller closes the body of this layer, or never got it. */
  takeBack(): void {
    if (this.outer === undefined || !this.#handedOver) return;
    this.#handedOver = false;
    this.outer.openInner--;
  }

  /** The request is over for this layer. */
  finish(): void {
    if (this.#finished) return;
    this.#finished = true;
    if (this.#isWatched) unwatchBody(this);
    this.takeBack();
    this.context.finish();
  }

  /**
   * Whether code of this layer's application runs or waits. Only then can it call
   * another layer.
   */
  get #isRunning(): boolean {
    if (this.#finished) return false;
    return !this.returned || this.iterating || this.closes > 0;
  }

  /**
   * Returns the layer outside of a new one. The environ may still point to an
   * earlier call to the same application, to another application that middleware
   * has tried before, or to a request that is over.
   */
  #asOuterOf(context: ValidatorContext): CheckedRequest | undefined {
    const outer = this.outer === undefined
      ? undefined
      : this.outer.#asOuterOf(context);
    const isEarlier = this.context === context || outer !== this.outer;
    return isEarlier || !this.#isRunning ? outer : this;
  }
}
