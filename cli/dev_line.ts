/**
 * The short access log line of the development server.
 *
 * @module
 */

import type { AccessRecord } from "../gateway/access_record.ts";

/**
 * Formats a short access log line: method, target, status, size and time.
 *
 * @param record The request.
 * @param paint Adds color to the status.
 * @returns The line: printable ASCII, apart from the color.
 */
export function formatDev(
  record: AccessRecord,
  paint: (status: string) => string = (status) => status,
): string {
  const { method, status, bytesSent, duration, clientLeft, failure } = record;
  const ending = clientLeft
    ? ", the client left"
    : failure === undefined
    ? ""
    : `, cut off: ${failure}`;
  const head = `${method} ${record.target} `;
  const tail = `, ${bytesSent} B, ${duration.toFixed(1)} ms${ending}`;
  const shown = paint(status === 0 ? "-" : String(status));
  return `${toSafe(head)}${shown}${toSafe(tail)}`;
}

/** Replaces characters that could control the terminal. */
function toSafe(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?");
}
