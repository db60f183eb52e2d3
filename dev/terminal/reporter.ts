/**
 * {@linkcode Reporter}: the terminal output of the development server.
 *
 * @module
 */

import { formatCombined, formatCommon } from "../../gateway/access_line.ts";
import type { AccessRecord } from "../../gateway/access_record.ts";
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

/** The options of a {@linkcode Reporter}. */
export interface ReporterOptions {
  readonly form: LogForm;
  readonly hasColor: boolean;
  /** The application, as on the command line. */
  readonly name: string;
  /** Returns the URL of the page about a rule. */
  readonly linkTo: (rule: string) => string;
  /** Returns the URL of the inspector; `undefined` if it is off. */
  readonly inspectorUrl: () => string | undefined;
  /** Receives the lines instead of stderr. */
  readonly write?: ((text: string) => void) | undefined;
}

function keyOf({ rule, place }: DescribedFinding): string {
  return place === undefined ? rule : `${rule} ${showPlace(place)}`;
}

/** The number of cases of a check that are listed. */
const MAX_CASES = 5;

/** Writes lines about requests, findings, restarts and checks. */
export class Reporter {
  readonly #options: ReporterOptions;
  readonly #paint: Paint;
  readonly #out: (text: string) => void;
  #waiting: string[] = [];
  /** Findings that were shown in full since the last start. */
  readonly #shown = new Set<string>();
  #hasMentionedLoss = false;

  /**
   * @param options The options.
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
   * @param record The record for the access log.
   * @param isFirst Whether this is the first report about it.
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
   * Writes the line of a request that the server has refused.
   *
   * @param record The record for the access log.
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
   * Writes a change of the application's state.
   *
   * @param event The change.
   */
  onSupervisorEvent(event: SupervisorEvent): void {
    const { name } = this.#options;
    switch (event.type) {
      case "loading":
        this.#shown.clear();
        return;
      case "loaded": {
        // The program announces the first start.
        if (event.count === 1) return;
        const loss = this.#hasMentionedLoss
          ? ""
          : "; each reload discards what it held in memory";
        this.#hasMentionedLoss = true;
        return this.#write(
          `${this.#paint.green("Reloaded")} ${name} in ${
            event.time.toFixed(0)
          } ms${loss}`,
        );
      }
      case "failed": {
        const { failure } = event;
        const title = failure.during === "loading"
          ? `Cannot load ${name}`
          : failure.during === "blocked"
          ? `${name} is blocked`
          : `${name} has stopped`;
        return this.#write(
          `${this.#paint.red(title)}:`,
          ...showFailureLines(failure, this.#paint),
        );
      }
      case "unblocked":
        return this.#write(`${name} answers again`);
    }
  }

  /**
   * Writes the difference between the outcomes of two checks.
   *
   * @param outcome The new outcome.
   * @param isFirst Whether there is no outcome to compare it with.
   */
  onCheck(outcome: CheckOutcome, isFirst: boolean): void {
    const { passed, failed, newlyFailing, newlyPassing, failures } = outcome;
    const hasChanged = newlyFailing.length + newlyPassing.length > 0;
    if (!isFirst && !hasChanged) return;
    const lines = newlyPassing.slice(0, MAX_CASES).map((id) =>
      `  ${this.#paint.green("passes")} ${id}`
    );
    if (newlyPassing.length > MAX_CASES) {
      lines.push(`  and ${newlyPassing.length - MAX_CASES} more`);
    }
    for (const id of newlyFailing.slice(0, MAX_CASES)) {
      const { title, message } = failures.find((one) => one.id === id)!;
      lines.push(`  ${this.#paint.red("fails")} ${id}: ${title}`);
      lines.push(...message.split("\n").map((text) => `    ${text}`));
    }
    if (newlyFailing.length > MAX_CASES) {
      const url = this.#options.inspectorUrl() ?? "server.ts --check";
      const more = newlyFailing.length - MAX_CASES;
      lines.push(`  and ${more} more: see ${url}`);
    }
    this.#write(`Check: ${passed} passed, ${failed} failed`, ...lines);
  }

  /** Writes lines; those of the same job together. */
  #write(...lines: readonly string[]): void {
    if (lines.length === 0) return;
    if (this.#waiting.length === 0) queueMicrotask(() => this.flush());
    this.#waiting.push(...lines);
  }

  /** Writes the lines that are still waiting. */
  flush(): void {
    if (this.#waiting.length === 0) return;
    const lines = this.#waiting.map((line) => `${line}\n`);
    this.#waiting = [];
    this.#out(lines.join(""));
  }
}
