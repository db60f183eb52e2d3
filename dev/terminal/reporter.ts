/**
 * {@linkcode Reporter}: what the development server writes to the terminal.
 *
 * @module
 */

import {
  type AccessRecord,
  formatCombined,
  formatCommon,
} from "../../gateway/access_record.ts";
import type { LogForm } from "../../cli/arguments.ts";
import { formatDev } from "../../cli/dev_line.ts";
import { StderrStream } from "../../wsgi/error_stream.ts";
import type { CheckOutcome } from "../application_state.ts";
import type { ConversationEvent, DescribedFinding } from "../conversation.ts";
import type { Recording } from "../front/recording.ts";
import type { SupervisorEvent } from "../front/supervisor.ts";
import { createPaint, type Paint, paintStatus } from "./paint.ts";
import {
  showError,
  showFailureLines,
  showFinding,
  showPlace,
} from "./show_error.ts";

/** What a reporter works with. */
export interface ReporterOptions {
  readonly form: LogForm;
  readonly hasColor: boolean;
  /** The application, as the command line names it. */
  readonly name: string;
  /** Makes the address of the page about a rule. */
  readonly linkTo: (rule: string) => string;
  /** Takes the lines instead of stderr. */
  readonly write?: ((text: string) => void) | undefined;
}

function keyOf({ rule, place }: DescribedFinding): string {
  return place === undefined ? rule : `${rule} ${showPlace(place)}`;
}

/** Writes lines about requests, findings and restarts. */
export class Reporter {
  readonly #options: ReporterOptions;
  readonly #paint: Paint;
  readonly #out: (text: string) => void;
  #waiting: string[] = [];
  /** Warnings that were shown in full since the last start. */
  readonly #shown = new Set<string>();
  #hasSaidLoss = false;

  /**
   * @param options What to work with.
   */
  constructor(options: ReporterOptions) {
    this.#options = options;
    this.#paint = createPaint(options.hasColor);
    const stderr = new StderrStream();
    this.#out = options.write ?? ((text) => stderr.write(text));
  }

  /**
   * Writes the line of a request, with its errors and findings below it.
   *
   * @param recording The request.
   * @param record What is known of its end.
   * @param isFirst Whether this is its first line.
   */
  onReport(
    recording: Recording,
    record: AccessRecord,
    isFirst: boolean,
  ): void {
    const lines = recording.notable.splice(0).flatMap((json) =>
      (JSON.parse(json) as ConversationEvent[])
        .flatMap((event) => this.#showEvent(event))
    );
    if (!isFirst && lines.length === 0) return;
    const suffix = isFirst ? "" : ", after its response";
    const line = this.#showRecord(record);
    if (line !== undefined) this.#write(`${line}${suffix}`, ...lines);
    else this.#write(...lines);
  }

  /**
   * Writes the line of a request that no application has seen.
   *
   * @param record What is known of it.
   */
  onRefused(record: AccessRecord): void {
    const line = this.#showRecord(record);
    if (line !== undefined) this.#write(line);
  }

  #showRecord(record: AccessRecord): string | undefined {
    switch (this.#options.form) {
      case "off":
        return undefined;
      case "common":
        return formatCommon(record);
      case "combined":
        return formatCombined(record);
      case "dev":
        return formatDev(
          record,
          (status) => paintStatus(this.#paint, status),
        );
    }
  }

  #showEvent(event: ConversationEvent): string[] {
    if (event.type === "error") return showError(event.error, this.#paint);
    if (event.type !== "finding") return [];
    const { finding } = event;
    const { rule, severity } = finding;
    const key = keyOf(finding);
    if (severity === "warning" && this.#shown.has(key)) {
      return [`  ${this.#paint.yellow(`${severity} ${rule}`)}, as before`];
    }
    this.#shown.add(key);
    return showFinding(finding, this.#paint, this.#options.linkTo(rule));
  }

  /**
   * Writes what happens to the application.
   *
   * @param event What happened.
   */
  onSupervisorEvent(event: SupervisorEvent): void {
    const { name } = this.#options;
    switch (event.type) {
      case "loading":
        this.#shown.clear();
        return;
      case "loaded": {
        // The first start is announced by the program.
        if (event.count === 1) return;
        const loss = this.#hasSaidLoss
          ? ""
          : "; what it held in memory is lost at each reload";
        this.#hasSaidLoss = true;
        return this.#write(
          `${this.#paint.green("Reloaded")} ${name} in ${
            event.time.toFixed(0)
          } ms${loss}`,
        );
      }
      case "failed": {
        const { failure } = event;
        const what = failure.during === "loading"
          ? `Cannot load ${name}`
          : failure.during === "blocked"
          ? `${name} is blocked`
          : `${name} has stopped`;
        return this.#write(
          `${this.#paint.red(what)}:`,
          ...showFailureLines(failure, this.#paint),
        );
      }
      case "unblocked":
        return this.#write(`${name} answers again`);
    }
  }

  /**
   * Writes what a check has found that the one before has not.
   *
   * @param outcome The outcome.
   * @param isFirst Whether there was none before.
   */
  onCheck(outcome: CheckOutcome, isFirst: boolean): void {
    const { passed, failed, newlyFailing, newlyPassing, failures } = outcome;
    const hasChanged = newlyFailing.length + newlyPassing.length > 0;
    if (!isFirst && !hasChanged) return;
    const lines = newlyPassing.map((id) =>
      `  ${this.#paint.green("passes")} ${id}`
    );
    for (const { id, title, message } of failures) {
      if (!newlyFailing.includes(id)) continue;
      lines.push(`  ${this.#paint.red("fails")} ${id}: ${title}`);
      lines.push(...message.split("\n").map((text) => `    ${text}`));
    }
    this.#write(`Check: ${passed} passed, ${failed} failed`, ...lines);
  }

  /** Requests that end together are written together. */
  #write(...lines: readonly string[]): void {
    if (lines.length === 0) return;
    if (this.#waiting.length === 0) queueMicrotask(() => this.flush());
    this.#waiting.push(...lines);
  }

  /** Writes what waits. */
  flush(): void {
    if (this.#waiting.length === 0) return;
    const lines = this.#waiting.map((line) => `${line}\n`);
    this.#waiting = [];
    this.#out(lines.join(""));
  }
}
