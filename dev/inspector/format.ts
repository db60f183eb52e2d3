/**
 * Formats numbers, times and bytes for people.
 *
 * @module
 */

import { decodeUtf8, isByteString, toBytes } from "../../wsgi/byte_string.ts";

/** Formats a size: `0 bytes`, `1 byte`, `12.4 kB`. */
export function formatBytes(bytes: number): string {
  if (bytes === 1) return "1 byte";
  if (bytes < 1000) return `${bytes} bytes`;
  const units = ["kB", "MB", "GB", "TB"];
  let [value, unit] = [bytes / 1000, 0];
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value.toFixed(value < 10 ? 1 : 0)} ${units[unit]}`;
}

/** Formats a duration in milliseconds: `0.3 ms`, `41 ms`, `2.5 s`, `3:05 min`. */
export function formatDuration(ms: number): string {
  if (ms < 9.95) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${ms.toFixed(0)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  const rest = String(seconds % 60).padStart(2, "0");
  return `${Math.floor(seconds / 60)}:${rest} min`;
}

/** Formats a time of day, in the time zone of the server. */
export function formatClock(epoch: number): string {
  const date = new Date(epoch);
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((part) => String(part).padStart(2, "0")).join(":");
}

/** Formats a number with a noun: `1 error`, `2 errors`. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}

/**
 * Decodes bytes for people. In bytes that are not UTF-8, each byte outside of
 * printable ASCII becomes an escape. A character that was cut off at the end is
 * left out.
 *
 * @param preview The bytes, as latin-1.
 * @returns The text.
 */
export function toText(preview: string): string {
  if (!isByteString(preview)) return preview;
  // deno-lint-ignore no-control-regex -- these make text binary
  const isBinary = /[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]/.test(preview);
  if (!isBinary) {
    const whole = preview.replace(/[\xc2-\xf4][\x80-\xbf]{0,2}$/, "");
    for (const part of [preview, whole]) {
      try {
        return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
          .decode(toBytes(part));
      } catch {
        // Not UTF-8: the bytes are shown.
      }
    }
  }
  return preview.replace(
    /[^\x20-\x7e\n\t]/g,
    (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}

/** Shortens text to a number of characters. */
export function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

/** Decodes a ByteString such as a name or a target. */
export function toReadable(value: string): string {
  return isByteString(value) ? decodeUtf8(value) : value;
}

/** Returns the class of a status: `"1"` to `"5"`, or `"0"` without a status. */
export function statusClass(status: string | undefined): string {
  return /^[1-5]/.exec(status ?? "")?.[0] ?? "0";
}
