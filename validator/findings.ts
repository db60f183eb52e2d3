/**
 * What was found in one request by one layer, and who gets to know.
 *
 * @module
 */

import { quote } from "../wsgi/describe.ts";
import type { ValidatorContext } from "./context.ts";
import type { RequestObserver } from "./observer.ts";
import { type Capture, capture, type Entry, NO_CAPTURE } from "./captures.ts";
import { findOrigin, type PlacedView, type RequestPlaces } from "./origin.ts";
import type { ActiveRule, Blame, Finding } from "./rules/rule.ts";
import { ConformanceError } from "./conformance_error.ts";
import { toViolation } from "./violation.ts";

export type { Entry };

/** A view that notes at what a check has looked. */
export interface Recorded<Rule> {
  /** A check begins. */
  begin(): void;
  /** It has ended. */
  end(rule: Rule): void;
}

/** Applies rules for one request, and keeps what they find. */
export abstract class Findings implements RequestPlaces {
  /** The variables of the request. */
  abstract readonly environ: RequestPlaces["environ"];
  /** The stack at the call of the application, if it was captured. */
  called: Capture | undefined;
  /** The stack at the last call of startResponse, if it was captured. */
  started: Capture | undefined;
  /** Sees what happens, if there is an observer. */
  observe: RequestObserver | undefined;
  /**
   * The function of this package that the server or a test has called, and that
   * has not returned: what is above it on the stack is not of interest.
   */
  edge: Entry | undefined;
  /** Errors that were reported because nobody could have caught them. */
  unheard = 0;
  /**
   * Whether the response is over and nothing of it runs. What is thrown then
   * would end the process: the caller is a timer or a promise.
   */
  abstract readonly isUnheard: boolean;
  /** What the layer between this one and the server has found. */
  abstract readonly outer: Findings | undefined;
  /** What the layer between this one and the application has found. */
  abstract readonly inner: Findings | undefined;
  /** Whether the application failed: it threw, or its body did. */
  failed = false;
  readonly #context: ValidatorContext;
  #isQuiet = false;
  /** The rules that were found broken. Most requests have none. */
  #found: Set<string> | undefined;
  /** The rules of which that was no news. */
  #covered: Set<string> | undefined;
  /** An error that was thrown and may have been swallowed since. */
  #undelivered: ConformanceError | undefined;

  /**
   * @param layer The layer.
   */
  constructor(context: ValidatorContext) {
    this.#context = context;
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
      const finding = active.check(view);
      if (finding !== undefined) this.#handle(active, finding, view, entry);
    }
  }

  /**
   * Applies rules to what may be remembered.
   *
   * @param rules The rules.
   * @param view What they look at. It notes what that was.
   * @param entry The function that the program called.
   * @returns Whether nothing was found.
   * @throws {ConformanceError} If one is broken and this layer throws.
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
   * Applies rules to a call of startResponse or write(). What nobody could
   * catch is not thrown: it is reported, and counts as unheard.
   *
   * @param rules The rules.
   * @param view What they look at.
   * @param entry The function that the program called.
   * @throws {ConformanceError} If one is broken, this layer throws, and the call
   * is not one from a timer or the like, after the response.
   */
  checkCall<View>(
    rules: readonly ActiveRule<View>[],
    view: View,
    entry: Entry,
  ): void {
    this.#isQuiet = this.isUnheard;
    this.check(rules, view, entry);
    this.#isQuiet = false;
  }

  /**
   * Applies rules that are applied again and again in one request. What is not
   * thrown is reported once.
   *
   * @param rules The rules.
   * @param view What they look at.
   * @param entry The function that the program called.
   * @throws {ConformanceError} If one is broken and this layer throws.
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
      const isThrown = active.severity === "error" && this.#context.throws;
      if (!isThrown && this.#found?.has(active.rule.id)) continue;
      this.#handle(active, finding, view, entry);
    }
  }

  /**
   * Applies rules where it is the server that called: it gets to see at once
   * what is thrown, so that nothing of it can be swallowed.
   *
   * @param rules The rules.
   * @param view What they look at.
   * @throws {ConformanceError} If one is broken and this layer throws.
   */
  checkServer<View>(rules: readonly ActiveRule<View>[], view: View): void {
    try {
      this.check(rules, view);
    } catch (error) {
      this.report(error);
      throw error;
    }
  }

  /**
   * Marks a finding as reported: the server sees it at once.
   *
   * @param error What is thrown to it.
   */
  report(error: unknown): void {
    if (this.#undelivered === error) this.#undelivered = undefined;
  }

  /**
   * Picks the one error that is thrown where there are several. An error of the
   * program comes before findings, and these are reported then.
   *
   * @param errors The errors, at least one.
   * @returns The error to throw.
   */
  pick(errors: readonly unknown[]): unknown {
    const isFinding = (error: unknown): error is ConformanceError =>
      error instanceof ConformanceError;
    const own = errors.findIndex((error) => !isFinding(error));
    const picked = errors[Math.max(own, 0)];
    for (const error of errors) {
      if (error !== picked && isFinding(error)) {
        this.#context.reportLost(error.violation);
      }
    }
    return picked;
  }

  #handle<View>(
    active: ActiveRule<View>,
    finding: Exclude<Finding, undefined>,
    view: View,
    entry: Entry | undefined,
  ): void {
    const { id, covers } = active.rule;
    const blame = this.#toBlame(active.rule.blame, id);
    if (blame === undefined || this.#covered?.has(id)) return;
    this.#found = (this.#found ?? new Set()).add(id);
    if (covers !== undefined) {
      this.#covered = new Set([...this.#covered ?? [], ...covers]);
    }
    const context = this.#context;
    const isGrave = active.severity === "error" && context.throws;
    const thrown = isGrave && !this.#isQuiet;
    if (isGrave && !thrown) this.unheard++;
    if (!thrown && context.countSilently(id)) return;
    const from = entry ?? this.edge ?? this.#handle;
    const isByMiddleware = blame === "middleware";
    const isByServerSide = active.rule.blame === "server";
    // The middleware is what the layer around this one has called.
    const { places } = isByMiddleware && isByServerSide
      ? this.outer!.#context
      : context;
    const readsStacks = places.wantsStacksOf(id);
    const captured = readsStacks || thrown ? capture(from) : NO_CAPTURE;
    const isCall = entry !== undefined || isByServerSide;
    const violation = toViolation(
      active,
      finding,
      blame,
      this.#whereOf(blame, active.rule.blame),
      findOrigin(places, this, {
        call: isCall ? captured : undefined,
        isByMiddleware,
        view: view as PlacedView,
        readsStacks: readsStacks || thrown,
      }),
    );
    context.report(violation, thrown);
    this.observe?.({ type: "finding", violation });
    if (!thrown) return;
    const error = new ConformanceError(violation, captured.stack, from);
    this.#reportSwallowed();
    this.#undelivered = error;
    throw error;
  }

  /**
   * Finds out who broke a rule. What a layer nearer to the culprit has looked
   * for and not seen was added by the middleware in between.
   *
   * @param blame Who breaks the rule where there is no other layer.
   * @param id The id of the rule.
   * @returns Who broke it; nothing if a nearer layer has reported it already.
   */
  #toBlame(blame: Blame, id: string): Blame | undefined {
    if (blame === "middleware") return blame;
    const side = blame === "server" ? "outer" : "inner";
    let culprit: Blame = blame;
    for (let next = this[side]; next !== undefined; next = next[side]) {
      if (next.#found?.has(id)) return undefined;
      if (next.#context.applies(id)) culprit = "middleware";
    }
    return culprit;
  }

  /** Names the layer that has seen it, or those between which it happened. */
  #whereOf(blame: Blame, side: Blame): string {
    if (blame !== "middleware") return this.#context.where;
    const { name } = this.#context;
    // A rule that blames middleware has looked at the layer behind it.
    const next = (side === "server" ? this.outer : this.inner)!;
    const other = next.#context.name;
    const [outside, inside] = side === "server" ? [other, name] : [name, other];
    if (outside === undefined) {
      return inside === undefined ? "" : ` around ${quote(inside)}`;
    }
    return inside === undefined
      ? ` inside of ${quote(outside)}`
      : ` between ${quote(outside)} and ${quote(inside)}`;
  }

  /**
   * Raises an error of the application to the server. A finding that it does not
   * carry was swallowed, and is reported here, or nobody would ever see it.
   *
   * @param error What the application or its body threw.
   */
  raise(error: unknown): void {
    this.failed = true;
    if (this.#undelivered === undefined) return;
    if (carries(error, this.#undelivered)) this.#undelivered = undefined;
    this.#reportSwallowed();
  }

  /**
   * Withdraws the finding that an error handler has answered with another
   * response. It is reported, but does not fail this response too.
   */
  withdraw(): void {
    this.#reportSwallowed();
  }

  /** Reports a finding that was thrown, and that the program swallowed. */
  #reportSwallowed(): void {
    const swallowed = this.#undelivered;
    this.#undelivered = undefined;
    if (swallowed !== undefined) this.#context.reportLost(swallowed.violation);
  }

  /**
   * Throws a finding again that the application has swallowed.
   *
   * @throws {ConformanceError} If there is one.
   */
  rethrow(): void {
    if (this.#undelivered !== undefined) throw this.#undelivered;
  }
}

/** Whether an error is, or was made of, another one. */
function carries(error: unknown, carried: Error, depth = 0): boolean {
  if (error === carried) return true;
  if (depth === 5) return false;
  try {
    if (!(error instanceof Error)) return false;
    const { cause, error: last, suppressed, errors } = error as Error & {
      error?: unknown;
      suppressed?: unknown;
      errors?: unknown;
    };
    const parts = Array.isArray(errors) ? errors.slice(0, 10) : [];
    return [cause, last, suppressed, ...parts].some((part) =>
      part !== undefined && carries(part, carried, depth + 1)
    );
  } catch {
    // An error of the program's own making may throw when it is looked at.
    return false;
  }
}
