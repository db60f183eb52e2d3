/**
 * Reports: the result of each case, and the exchanged bytes.
 *
 * @module
 */

import { fromBytes } from "../wsgi/byte_string.ts";

/** What happened on a connection, from the client's view. */
export type Direction =
  | "opened"
  | "sent"
  | "received"
  /** The client closed its sending side. */
  | "half-closed"
  /** The client closed the connection. */
  | "closed"
  /** The server closed the connection. */
  | "ended"
  /** The server reset the connection. */
  | "reset";

/** One event on a connection. */
export interface Exchanged {
  /** What happened. */
  readonly direction: Direction;
  /** The bytes as a ByteString, shortened if there are many. */
  readonly data: string;
  /** How many bytes there were before shortening. */
  readonly size: number;
}

/**
 * The outcome of a case. A deviation is a failure that was declared in advance,
 * with its reason.
 */
export type Outcome = "passed" | "failed" | "deviation" | "skipped";

/** The result of one case. */
export interface CaseReport {
  /** The case, such as `"environ/path-decoded"`. */
  readonly id: string;
  /** The anchor of its requirement in SPEC.md, such as `"environ-path-decoded"`. */
  readonly spec: string;
  /** The expected behavior, as a sentence. */
  readonly title: string;
  /** The outcome of the case. */
  readonly outcome: Outcome;
  /**
   * What was expected and what was found, if it failed; the reason of a
   * deviation; why the case was skipped; the validator's warnings, if it
   * passed.
   */
  readonly message?: string | undefined;
  /** How long it took, in milliseconds. */
  readonly duration: number;
  /** The exchanged bytes, in order. */
  readonly exchanged: readonly Exchanged[];
}

/** What was checked, when, and by which version of the kit. */
export interface ReportAbout {
  /**
   * The program under test. For a server, the name that `start()` returned, its
   * header `Server`, its `SERVER_SOFTWARE` or its address; for an application,
   * its module or the name of its function.
   */
  readonly subject: string;
  /** Name and version of the kit, such as `"@wsgi/ref 0.1.0"`. */
  readonly kit: string;
  /** When the check began, in ISO 8601 and UTC. */
  readonly date: string;
  /**
   * The reason why no request reached the application of the kit, if none did.
   * Most cases were skipped.
   */
  readonly problem?: string | undefined;
  /** A hint about the problem. */
  readonly hint?: string | undefined;
  /** Other observations, such as a server that does not stop. */
  readonly notes?: readonly string[] | undefined;
}

/** The results of all cases. */
export interface Report {
  /** The cases, in order. */
  readonly cases: readonly CaseReport[];
  /** How many passed. */
  readonly passed: number;
  /** How many failed. */
  readonly failed: number;
  /** How many failed as declared. */
  readonly deviations: number;
  /** How many were not run. */
  readonly skipped: number;
  /** What was checked, when, and by which version of the kit. */
  readonly about?: ReportAbout | undefined;
}

/**
 * Counts outcomes.
 *
 * @param cases The results of the cases.
 * @param about The program under test, the date and the kit.
 * @returns The report, with the number of each outcome.
 */
export function toReport(
  cases: readonly CaseReport[],
  about?: ReportAbout,
): Report {
  const count = (outcome: Outcome) =>
    cases.filter((one) => one.outcome === outcome).length;
  return {
    ...(about === undefined ? {} : { about }),
    cases,
    passed: count("passed"),
    failed: count("failed"),
    deviations: count("deviation"),
    skipped: count("skipped"),
  };
}

/** The cases of one subject. */
export interface Subject extends Report {
  /** The subject, such as `"environ"`. */
  readonly name: string;
}

/**
 * Returns the subject of a case.
 *
 * @param one The case, or its result.
 * @returns The part of its id before the slash.
 */
export function subjectOf({ id }: Pick<CaseReport, "id">): string {
  return id.split("/", 1)[0] ?? id;
}

/**
 * Divides a report by subject.
 *
 * @param report The report, not changed.
 * @returns The subjects, in the order of their first cases.
 */
export function toSubjects({ cases }: Report): Subject[] {
  const names = new Set(cases.map(subjectOf));
  return [...names].map((name) => ({
    name,
    ...toReport(cases.filter((one) => subjectOf(one) === name)),
  }));
}

/**
 * Summarizes the outcomes in one line.
 *
 * @param counts A report, or a part of one.
 * @returns A line such as `"80 passed, 0 failed, 4 deviations"`.
 */
export function summarize(counts: Report): string {
  const { passed, failed, deviations, skipped } = counts;
  const parts = [`${passed} passed`, `${failed} failed`];
  if (deviations > 0) {
    parts.push(`${deviations} deviation${deviations === 1 ? "" : "s"}`);
  }
  if (skipped > 0) parts.push(`${skipped} skipped`);
  return parts.join(", ");
}

/**
 * Formats a report as JSON. Bytes are ByteStrings.
 *
 * @param report The report to format.
 * @returns The JSON text, with a line end.
 */
export function toJson(report: Report): string {
  return `${JSON.stringify(report, undefined, 2)}\n`;
}

/** The maximum number of bytes that are kept of one piece. */
const MAX_PIECE = 4096;
/** The maximum number of pieces that are kept. */
const MAX_PIECES = 200;
/** The maximum number of bytes per case. A report has hundreds of cases. */
const MAX_SIZE = 65_536;

/** Records what was sent and received in one case. */
export class Transcript {
  readonly #entries: Exchanged[] = [];
  #size = 0;

  /** What happened, in order. */
  get entries(): readonly Exchanged[] {
    return this.#entries;
  }

  /**
   * Adds an event.
   *
   * @param direction The kind of event.
   * @param bytes The bytes that were sent or received.
   */
  add(direction: Direction, bytes: Uint8Array = new Uint8Array()): void {
    if (this.#entries.length >= MAX_PIECES) return;
    const kept = Math.min(MAX_PIECE, MAX_SIZE - this.#size);
    const data = fromBytes(bytes.subarray(0, kept));
    this.#size += data.length;
    this.#entries.push({ direction, data, size: bytes.byteLength });
  }
}
