/**
 * {@linkcode Findings}: applies rules for one request in one layer, and reports
 * or throws what they find.
 *
 * @module
 */

import { findCulprit, type Layer, whereOf } from "./blame.ts";
import { type Capture, capture, type Entry, NO_CAPTURE } from "./captures.ts";
import { ConformanceError } from "./conformance_error.ts";
import type { ValidatorContext } from "./context.ts";
import type { RequestObserver } from "./observer.ts";
import { findOrigin, type PlacedView, type RequestPlaces } from "./origin.ts";
import type { ActiveRule, Finding } from "./rules/rule.ts";
import { Undelivered } from "./undelivered.ts";
import { toViolation } from "./violation.ts";

/** A view that records what a check reads. */
export interface Recorded<Rule> {
  /** A check begins. */
  begin(): void;
  /** The check has ended. */
  end(rule: Rule): void;
}

/** The findings of one request in one layer. */
export abstract class Findings implements Layer, RequestPlaces {
  /** The layer. */
  readonly context: ValidatorContext;
  /** The variables of the request. */
  abstract readonly environ: RequestPlaces["environ"];
  /** The stack at the call to the application, if it was captured. */
  called: Capture | undefined;
  /** The stack at the last call to startResponse, if it was captured. */
  started: Capture | undefined;
  /** The observer of this request, if there is one. */
  observe: RequestObserver | undefined;
  /**
   * The function of this package that the server or a test has called and that
   * has not returned. Stacks are shown from its caller on.
   */
  edge: Entry | undefined;
  /** The number of errors that were reported because nobody could catch them. */
  unheard = 0;
  /**
   * Whether the response is over and none of its code runs. The caller is then a
   * timer or a promise, and an error would end the process.
   */
  abstract readonly isUnheard: boolean;
  /** The layer between this one and the server. */
  abstract readonly outer: Findings | undefined;
  /** The layer between this one and the application. */
  abstract readonly inner: Findings | undefined;
  /** Whether the application failed: it threw, or its body did. */
  failed = false;
  #isQuiet = false;
  /** The ids of broken rules. Most requests have none. */
  #found: Set<string> | undefined;
  /** The ids of rules whose findings would add nothing to those. */
  #covered: Set<string> | undefined;
  #undelivered: Undelivered | undefined;

  /**
   * @param context The layer.
   */
  constructor(context: ValidatorContext) {
    this.context = context;
  }

  /**
   * Applies rules.
   *
   * @param rules The rules.
   * @param view The values for the rules.
   * @param entry The function that the program called. The stack of an error
   * starts at its caller.
   * @throws {ConformanceError} If a rule is broken and this layer throws.
   */
  check<View>(
    rules: readonly ActiveRule<View>[],
    view: View,
    entry?: Entry,
  ): void {
    for (let i = 0; i < rules.length; i++) {
      const active = rules[i]!;
      const finding = active.check(view);
      if (finding !== undefined) this.#handle(active, finding, view, entry);
    }
  }

  /**
   * Applies rules, and records what they read.
   *
   * @param rules The rules.
   * @param view The values for the rules.
   * @param entry The function that the program called.
   * @returns Whether no rule was broken.
   * @throws {ConformanceError} If a rule is broken and this layer throws.
   */
  checkRecording<View, Recording extends View & Recorded<ActiveRule<View>>>(
    rules: readonly ActiveRule<View>[],
    view: Recording,
    entry?: Entry,
  ): boolean {
    let isGood = true;
    for (const active of rules) {
      view.begin();
      const finding = active.check(view);
      view.end(active);
      if (finding === undefined) continue;
      isGood = false;
      this.#handle(active, finding, view, entry);
    }
    return isGood;
  }

  /**
   * Applies rules to a call by the application. If nobody could catch an error,
   * it is only reported, and counted in {@linkcode unheard}.
   *
   * @param rules The rules.
   * @param view The values for the rules.
   * @param entry The function that the program called.
   * @returns Whether there was no such error, so that the call can go on.
   * @throws {ConformanceError} If a rule is broken, this layer throws, and the
   * call does not come from a timer or the like after the response.
   */
  checkCall<View>(
    rules: readonly ActiveRule<View>[],
    view: View,
    entry: Entry,
  ): boolean {
    const { unheard } = this;
    this.#isQuiet = this.isUnheard;
    this.check(rules, view, entry);
    this.#isQuiet = false;
    return this.unheard === unheard;
  }

  /**
   * Applies rules that are applied repeatedly in one request. Findings that are
   * not thrown are reported once.
   *
   * @param rules The rules.
   * @param view The values for the rules.
   * @param entry The function that the program called.
   * @throws {ConformanceError} If a rule is broken and this layer throws.
   */
  checkOften<View>(
    rules: readonly ActiveRule<View>[],
    view: View,
    entry?: Entry,
  ): void {
    for (let i = 0; i < rules.length; i++) {
      const active = rules[i]!;
      const finding = active.check(view);
      if (finding === undefined) continue;
      const isThrown = active.severity === "error" && this.context.throws;
      if (!isThrown && this.hasFound(active.rule.id)) continue;
      this.#handle(active, finding, view, entry);
    }
  }

  /**
   * Applies rules to a call by the server, which immediately sees any error
   * that is thrown.
   *
   * @param rules The rules.
   * @param view The values for the rules.
   * @throws {ConformanceError} If a rule is broken and this layer throws.
   */
  checkServer<View>(rules: readonly ActiveRule<View>[], view: View): void {
    try {
      this.check(rules, view);
    } catch (error) {
      this.deliver(error);
      throw error;
    }
  }

  #handle<View>(
    active: ActiveRule<View>,
    finding: Exclude<Finding, undefined>,
    view: View,
    entry: Entry | undefined,
  ): void {
    const { id, covers, blame: side } = active.rule;
    const blame = findCulprit(this, side, id);
    if (blame === undefined || this.#covered?.has(id)) return;
    this.#found = (this.#found ?? new Set()).add(id);
    if (covers !== undefined) {
      this.#covered = new Set([...this.#covered ?? [], ...covers]);
    }
    const { context } = this;
    const isGrave = active.severity === "error" && context.throws;
    const isThrown = isGrave && !this.#isQuiet;
    if (isGrave && !isThrown) this.unheard++;
    if (!isThrown && context.countSilently(id)) return;
    const from = entry ?? this.edge ?? this.#handle;
    const isByMiddleware = blame === "middleware";
    const isByServerSide = side === "server";
    // The layer that has called the middleware, for a call by the middleware.
    const layer: Findings = isByMiddleware && isByServerSide
      ? this.outer!
      : this;
    const { places } = layer.context;
    const readsStacks = places.wantsStacksOf(id) || isThrown;
    const captured = readsStacks ? capture(from) : NO_CAPTURE;
    const isCall = entry !== undefined || isByServerSide;
    const violation = toViolation(
      active,
      finding,
      blame,
      whereOf(this, blame, side),
      findOrigin(places, layer, {
        call: isCall ? captured : undefined,
        isByMiddleware,
        view: view as PlacedView,
        readsStacks,
      }),
    );
    context.report(violation, isThrown);
    this.observe?.({ type: "finding", violation });
    if (!isThrown) return;
    const error = new ConformanceError(violation, captured.stack, from);
    this.#undelivered ??= new Undelivered(context);
    this.#undelivered.keep(error);
    throw error;
  }

  /**
   * Returns whether a rule was broken.
   *
   * @param id The id of the rule.
   */
  hasFound(id: string): boolean {
    return this.#found?.has(id) === true;
  }

  /**
   * Forgets a finding, because the server sees it.
   *
   * @param error The error that is thrown to the server.
   */
  deliver(error: unknown): void {
    this.#undelivered?.deliver(error);
  }

  /**
   * Passes an error of the application to the server. A finding that it does not
   * carry was swallowed, and is reported.
   *
   * @param error The error that the application or its body threw.
   */
  raise(error: unknown): void {
    this.failed = true;
    this.#undelivered?.raise(error);
  }

  /**
   * Reports a finding that an error handler has answered with another response.
   * It must not make this response fail too.
   */
  withdraw(): void {
    this.#undelivered?.flush();
  }

  /**
   * Throws a finding again that the application has swallowed.
   *
   * @throws {ConformanceError} If there is one.
   */
  rethrow(): void {
    this.#undelivered?.rethrow();
  }
}
