/**
 * A report for continuous integration.
 *
 * @module
 */

import { type CaseReport, type Report, toSubjects } from "../report.ts";
import { escapeMarkup } from "./markup.ts";

function seconds(cases: readonly CaseReport[]): string {
  const total = cases.reduce((sum, { duration }) => sum + duration, 0);
  return (total / 1000).toFixed(3);
}

/**
 * Formats an outcome. JUnit has no deviations, so they are reported as skipped.
 */
function outcomeOf({ outcome, message = "" }: CaseReport): string {
  const text = escapeMarkup(message);
  if (outcome === "failed") return `<failure message="${text}"/>`;
  if (outcome === "skipped") return `<skipped message="${text}"/>`;
  if (outcome === "deviation") {
    return `<skipped message="deviation: ${text}"/>`;
  }
  return "";
}

function caseXml(one: CaseReport): string {
  const name = escapeMarkup(`${one.id}: ${one.title}`);
  const file = `SPEC.md#${escapeMarkup(one.spec)}`;
  return `    <testcase classname="${file}" name="${name}" time="${
    seconds([one])
  }">${outcomeOf(one)}</testcase>`;
}

/**
 * Formats a report as JUnit XML, with one test suite for each subject.
 *
 * @param report The report to format.
 * @returns The XML text, with a line end.
 */
export function toJUnit(report: Report): string {
  const { cases, failed } = report;
  const suites = toSubjects(report).map((subject) => {
    const { name, deviations, skipped } = subject;
    return [
      `  <testsuite name="${
        escapeMarkup(name)
      }" tests="${subject.cases.length}" failures="${subject.failed}" skipped="${
        deviations + skipped
      }" time="${seconds(subject.cases)}">`,
      ...subject.cases.map(caseXml),
      "  </testsuite>",
    ].join("\n");
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="conformance" tests="${cases.length}" failures="${failed}" time="${
      seconds(cases)
    }">`,
    ...suites,
    "</testsuites>",
    "",
  ].join("\n");
}
