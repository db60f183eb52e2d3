/**
 * A report by subject: what stands before the `/` in the ids of its cases.
 *
 * @module
 */

import { type CaseReport, type Report, toReport } from "../report.ts";

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
