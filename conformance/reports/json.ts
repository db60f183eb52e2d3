/**
 * A report for other programs.
 *
 * @module
 */

import type { Report } from "../report.ts";

/**
 * Writes a report as JSON. Bytes are strings in which each character is one.
 *
 * @param report The report.
 * @returns The JSON, with a line end.
 */
export function toJson(report: Report): string {
  return `${JSON.stringify(report, undefined, 2)}\n`;
}
