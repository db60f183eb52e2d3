/**
 * Runs cases one after the other.
 *
 * @module
 */

import type { Violation } from "../../validator.ts";
import type { CaseReport, Outcome } from "../report.ts";
import { Transcript } from "../transcript.ts";
import type { ApplicationCase } from "./case.ts";
import { Client, explain, type Setting, toLine } from "./client.ts";
import type { Escapes } from "./escapes.ts";
import { NOTHING_LEFT } from "./nothing_left.ts";

/** A message with more lines helps nobody. */
const MAX_LINES = 5;

/** Runs cases one after the other, and sees what comes too late. */
export class CaseRunner {
  readonly #setting: Setting;
  readonly #paths: readonly string[];
  readonly #escapes: Escapes;
  /** Rules that were warned of; each of them is listed once. */
  readonly #warned = new Set<string>();
  /** What came when its case was over. */
  readonly #late: string[] = [];
  readonly #lateWarnings: Violation[] = [];

  /**
   * @param setting What holds for all requests.
   * @param paths The known targets.
   * @param escapes Sees the errors that escape.
   */
  constructor(
    setting: Omit<Setting, "onLate">,
    paths: readonly string[],
    escapes: Escapes,
  ) {
    this.#setting = {
      ...setting,
      onLate: (violation) => this.#addLate(violation),
    };
    this.#paths = paths;
    this.#escapes = escapes;
  }

  /** Whether something came when its case was over. */
  get hasLate(): boolean {
    return this.#late.length > 0;
  }

  /**
   * Runs one case for each path.
   *
   * @param one The case.
   * @returns How it ended.
   */
  async run(one: ApplicationCase): Promise<CaseReport> {
    const transcript = new Transcript();
    const begin = performance.now();
    const problems: string[] = [];
    const warnings: Violation[] = [];
    const skips: string[] = [];
    const paths = one.isOnce ? this.#paths.slice(0, 1) : this.#paths;
    for (const path of paths) {
      const client = new Client(this.#setting, path, transcript);
      const skip = await one.run(client, path);
      problems.push(...client.problems);
      warnings.push(...client.warnings);
      if (typeof skip === "string") skips.push(skip);
    }
    this.#takeEscapes(one.id);
    if (one === NOTHING_LEFT) {
      problems.push(...new Set(this.#late));
      warnings.push(...this.#lateWarnings);
    }
    const outcome: Outcome = problems.length > 0
      ? "failed"
      : skips.length === paths.length
      ? "skipped"
      : "passed";
    return {
      id: one.id,
      spec: one.spec,
      title: one.title,
      outcome,
      message: this.#message(
        outcome === "skipped" ? skips.slice(0, 1) : problems,
        warnings,
      ),
      duration: performance.now() - begin,
      exchanged: transcript.entries,
    };
  }

  #addLate(violation: Violation): void {
    if (violation.severity === "warning") this.#lateWarnings.push(violation);
    else this.#late.push(explain(violation));
  }

  /** Which request an error belongs to is not known, only when it came. */
  #takeEscapes(during: string): void {
    for (const error of this.#escapes.take()) {
      this.#late.push(
        `no error must escape, got ${toLine(error)}, during ${during}`,
      );
    }
  }

  #message(
    problems: readonly string[],
    warnings: readonly Violation[],
  ): string | undefined {
    const lines = problems.slice(0, MAX_LINES);
    if (problems.length > MAX_LINES) {
      lines.push(`and ${problems.length - MAX_LINES} more`);
    }
    for (const violation of warnings) {
      if (this.#warned.has(violation.rule)) continue;
      this.#warned.add(violation.rule);
      lines.push(`warning: ${explain(violation)}`);
    }
    return lines.length === 0 ? undefined : lines.join("\n");
  }
}
