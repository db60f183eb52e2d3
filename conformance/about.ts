/**
 * The header of a report: which program was checked, when, and by which version
 * of the kit.
 *
 * @module
 */

import { SERVER_SOFTWARE } from "../gateway/environ/base_environ.ts";
import type { CaseReport, ReportAbout } from "./report.ts";

/** Name and version of the kit. */
const KIT = `@wsgi/ref ${SERVER_SOFTWARE.split("/")[1]}`;

/**
 * Creates the header of a report.
 *
 * @param subject The name of the program under test.
 * @returns The subject, the kit, and the current time in UTC.
 */
export function aboutSubject(subject: string): ReportAbout {
  return { subject, kit: KIT, date: new Date().toISOString() };
}

/**
 * Finds the header `Server` in the first response of a check.
 *
 * @param reports The results of the cases, in order.
 * @returns Its value, such as `"nginx/1.22.1"`, or `undefined` if there is
 * none.
 */
export function serverHeader(
  reports: readonly CaseReport[],
): string | undefined {
  for (const { exchanged } of reports) {
    const received = exchanged.filter(({ direction }) =>
      direction === "received"
    );
    const [head = ""] = received.map(({ data }) => data).join("")
      .split("\r\n\r\n", 1);
    if (!head.startsWith("HTTP/")) continue;
    return /\r\nserver:[ \t]*([^\r]*?)[ \t]*(?:\r|$)/i.exec(head)?.[1];
  }
  return undefined;
}
