/**
 * One request, seen from one layer: its state, and what was found in it.
 *
 * @module
 */

import type { Layer } from "./layer.ts";
import type { ResponseView } from "./response_view.ts";
import type { ActiveRule, Finding } from "./rule.ts";
import type { ActiveRules } from "./table.ts";
import type { EnvironView, State } from "./views.ts";
import { ConformanceError, toViolation } from "./violation.ts";

/** Where the layers of one request find each other, through its environ. */
export const CONVERSATION: unique symbol = Symbol.for("wsgiref.validator");

/** A function that a program called, from which a stack is to start. */
// deno-lint-ignore ban-types -- captureStackTrace takes any
export type Entry = Function;

/** One request, seen from one layer. */
export class Conversation implements State {
  readonly rules: ActiveRules;
  readonly environ: EnvironView;
  readonly method: string;
  /** The layer between this one and the server, if there is one. */
  readonly outer: Conversation | undefined;
  /** The layer between this one and the application, once it was called. */
  inner: Conversation | undefined;
  starts = 0;
  response: ResponseView | undefined;
  headSent = false;
  returned = false;
  iterating = false;
  iterators = 0;
  chunks = 0;
  bytes = 0;
  written = 0;
  ended = false;
  failed = false;
  closes = 0;

  readonly #layer: Layer;
  readonly #found = new Set<string>();
  /** Errors that were thrown and may have been swallowed since. */
  #undelivered: ConformanceError | undefined;
  #finished = false;

  constructor(
    layer: Layer,
    rules: ActiveRules,
    environ: EnvironView,
    outer: Conversation | undefined,
  ) {
    this.#layer = layer;
    this.rules = rules;
    this.environ = environ;
    // One that is over belongs to another request: the environ was used again.
    this.outer = outer?.isOver === false ? outer : undefined;
    const method = environ.values["REQUEST_METHOD"];
    this.method = typeof method === "string" ? method : "";
    if (this.outer !== undefined) this.outer.inner = this;
    layer.begin();
  }

  /**
   * Applies rules.
   *
   * @param rules The rules.
   * @param view What they look at.
   * @param entry The function that the program called: the stack of an error
   * starts at its caller.
   * @throws {ConformanceError} If one is broken and this layer throws.
   */
  check<View>(
    rules: readonly ActiveRule<View>[],
    view: View,
    entry?: Entry,
  ): void {
    for (let i = 0; i < rules.length; i++) {
      const active = rules[i]!;
      const finding = active.rule.check(view);
      if (finding !== undefined) this.#report(active, finding, entry);
    }
  }

  #report<View>(
    active: ActiveRule<View>,
    finding: Exclude<Finding, undefined>,
    entry: Entry | undefined,
  ): void {
    const { id } = active.rule;
    // What the layer next to the culprit has found, this one need not repeat.
    const nearer = active.rule.blame === "server" ? this.outer : this.inner;
    if (nearer?.hasFound(id)) return;
    this.#found.add(id);
    const violation = toViolation(
      active,
      finding,
      nearer === undefined ? active.rule.blame : "middleware",
      this.#layer.name,
    );
    const thrown = active.severity === "error" && this.#layer.throws;
    this.#layer.report(violation, thrown);
    if (!thrown) return;
    const error = new ConformanceError(violation);
    if (entry !== undefined) Error.captureStackTrace?.(error, entry);
    this.#undelivered = error;
    throw error;
  }

  /**
   * Tells whether a rule was found broken in this request, by this layer or by
   * one behind it on the same side.
   *
   * @param id The id of the rule.
   * @returns Whether it was.
   */
  hasFound(id: string): boolean {
    return this.#found.has(id);
  }

  /**
   * Takes note of an error on its way to the server. A finding that it does not
   * carry was swallowed, and is reported here, or nobody would ever see it.
   *
   * @param error What the application or its body threw.
   */
  deliver(error: unknown): void {
    this.failed = true;
    const swallowed = this.#undelivered;
    this.#undelivered = undefined;
    if (swallowed === undefined || carries(error, swallowed)) return;
    this.#layer.report(swallowed.violation, false);
  }

  /**
   * Throws a finding again that the application has swallowed.
   *
   * @throws {ConformanceError} If there is one.
   */
  rethrow(): void {
    const swallowed = this.#undelivered;
    this.#undelivered = undefined;
    if (swallowed !== undefined) throw swallowed;
  }

  /** Whether the request is over for this layer. */
  get isOver(): boolean {
    return this.#finished;
  }

  /** The request is over for this layer. */
  finish(): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#layer.finish();
  }
}

function carries(error: unknown, carried: Error): boolean {
  for (let depth = 0; depth < 5; depth++) {
    if (error === carried) return true;
    if (!(error instanceof Error)) return false;
    error = error.cause;
  }
  return false;
}
