/**
 * Reports: how each case ended, and the bytes that were exchanged.
 *
 * @module
 */

import { fromBytes } from "../wsgi/byte_string.ts";

/** What happened on a connection, seen from the client. */
export type Direction =
  | "opened"
  | "sent"
  | "received"
  /** The client sends no more. */
  | "half-closed"
  /** The client left. */
  | "closed"
  /** The server ended the connection. */
  | "ended"
  /** The server broke the connection. */
  | "reset";

/** One thing that happened on a connection. */
export interface Exchanged {
  /** What happened. */
  readonly direction: Direction;
  /** The bytes, as a ByteString; shortened where there were many. */
  readonly data: string;
  /** How many bytes there were. */
  readonly size: number;
}

/**
 * How a case ended. A deviation is a failure that was declared beforehand, with
 * its reason.
 */
export type Outcome = "passed" | "failed" | "deviation" | "skipped";

/** How one case ended. */
export interface CaseReport {
  /** The case, such as `"environ/path-decoded"`. */
  readonly id: string;
  /** The anchor of its requirement in SPEC.md, such as `"environ-path-decoded"`. */
  readonly spec: string;
  /** What is expected, as a sentence. */
  readonly title: string;
  /** How it ended. */
  readonly outcome: Outcome;
  /**
   * What was expected and what was found, if it failed; the declared reason of
   * a deviation; why it was skipped; the validator's warnings, if it passed.
   */
  readonly message?: string | undefined;
  /** How long it took, in milliseconds. */
  readonly duration: number;
  /** What went over the wire, in order. */
  readonly exchanged: readonly Exchanged[];
}

/** What was checked, when, and by which version of the kit. */
export interface ReportAbout {
  /**
   * What was checked: the name of the server that `start()` gave, its header
   * `Server`, its `SERVER_SOFTWARE` or its address; for an application its
   * module or the name of its function.
   */
  readonly subject: string;
  /** Name and version of the kit, such as `"@wsgi/ref 0.1.0"`. */
  readonly kit: string;
  /** When the check began, in ISO 8601 and UTC. */
  readonly date: string;
  /**
   * What prevented the check, if no request has reached the application of the
   * kit: most cases were then skipped.
   */
  readonly problem?: string | undefined;
  /** What to do about the problem. */
  readonly hint?: string | undefined;
  /** What else was noticed, such as a server that does not stop. */
  readonly notes?: readonly string[] | undefined;
}

/** How all cases ended. */
export interface Report {
  /** The cases in their order. */
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
 * @param cases How the cases ended.
 * @param about What was checked.
 * @returns The report.
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
 * Gives the subject of a case.
 *
 * @param one The case.
 * @returns What its id begins with.
 */
export function subjectOf({ id }: Pick<CaseReport, "id">): string {
  return id.split("/", 1)[0] ?? id;
}

/**
 * Divides a report by subject.
 *
 * @param report The report.
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
 * Says in a line how cases ended.
 *
 * @param counts A report, or a part of one.
 * @returns Such as `"80 passed, 0 failed, 4 deviations"`.
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
 * Writes a report as JSON. Bytes are strings in which each character is one.
 *
 * @param report The report.
 * @returns The JSON, with a line end.
 */
export function toJson(report: Report): string {
  return `${JSON.stringify(report, undefined, 2)}\n`;
}

/** How many bytes of one piece are kept. */
const MAX_PIECE = 4096;
/** How many pieces are kept. */
const MAX_PIECES = 200;
/** How many bytes of all pieces are kept: a report has hundreds of cases. */
const MAX_SIZE = 65_536;

/** Keeps what was sent and received in one case. */
export class Transcript {
  readonly #entries: Exchanged[] = [];
  #size = 0;

  /** What happened, in order. */
  get entries(): readonly Exchanged[] {
    return this.#entries;
  }

  /**
   * Adds what happened.
   *
   * @param direction What it was.
   * @param bytes What was sent or received.
   */
  add(direction: Direction, bytes: Uint8Array = new Uint8Array()): void {
    if (this.#entries.length >= MAX_PIECES) return;
    const kept = Math.min(MAX_PIECE, MAX_SIZE - this.#size);
    const data = fromBytes(bytes.subarray(0, kept));
    this.#size += data.length;
    this.#entries.push({ direction, data, size: bytes.byteLength });
  }
}
