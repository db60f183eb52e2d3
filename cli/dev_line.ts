/**
 * The short line about a request, for developing.
 *
 * @module
 */

import type { AccessRecord } from "../gateway/access_record.ts";

/**
 * Formats a short line: method, target, status, size and time.
 *
 * @param record The request.
 * @param paint Colours the status.
 * @returns The line. What came from the client cannot write to a terminal.
 */
export function formatDev(
  record: AccessRecord,
  paint: (status: string) => string = (status) => status,
): string {
  const { method, status, bytesSent, duration, clientLeft } = record;
  const target = record.target.replace(/[^\x20-\x7e]/g, "?");
  const left = clientLeft ? ", the client left" : "";
  const shown = paint(String(status));
  return `${method} ${target} ${shown}, ${bytesSent} B, ${
    duration.toFixed(1)
  } ms${left}`;
}
