/**
 * Status and headers as the checks see them.
 *
 * @module
 */

/** One header whose name and value are strings. */
export interface Field {
  /** The name as given. */
  readonly name: string;
  /** The name in lower case. */
  readonly key: string;
  /** The value as given. */
  readonly value: string;
}

/** What was given to startResponse, read once. */
export interface ResponseView {
  /** The first argument. */
  readonly status: unknown;
  /** The status code, if the status begins with one. */
  readonly code: number | undefined;
  /** The second argument. */
  readonly headers: unknown;
  /** The entries of the second argument, if it is an array. */
  readonly entries: readonly unknown[];
  /** Name and value of the entries that are pairs. */
  readonly pairs: readonly (readonly [name: unknown, value: unknown])[];
  /** The entries that are pairs of strings. */
  readonly fields: readonly Field[];
  /** The value of Content-Length, if there is one and it is digits. */
  readonly contentLength: number | undefined;
}

const DIGITS = /^[0-9]+$/;

/**
 * Reads status and headers, each value once.
 *
 * @param status The first argument of startResponse.
 * @param headers The second argument of startResponse.
 * @returns What was read.
 */
export function readResponse(status: unknown, headers: unknown): ResponseView {
  const entries: unknown[] = [];
  const pairs: [unknown, unknown][] = [];
  const fields: Field[] = [];
  let contentLength: number | undefined;
  if (Array.isArray(headers)) {
    for (let i = 0; i < headers.length; i++) {
      const entry: unknown = headers[i];
      entries.push(entry);
      if (!Array.isArray(entry) || entry.length !== 2) continue;
      const name: unknown = entry[0];
      const value: unknown = entry[1];
      pairs.push([name, value]);
      if (typeof name !== "string" || typeof value !== "string") continue;
      const key = name.toLowerCase();
      fields.push({ name, key, value });
      if (key === "content-length" && DIGITS.test(value)) {
        contentLength ??= Number(value);
      }
    }
  }
  const code = typeof status === "string" && /^[0-9]{3}/.test(status)
    ? Number(status.slice(0, 3))
    : undefined;
  return { status, code, headers, entries, pairs, fields, contentLength };
}

/**
 * Finds the first header of a name.
 *
 * @param response The response.
 * @param key The name in lower case.
 * @returns Its value.
 */
export function fieldOf(
  response: ResponseView,
  key: string,
): string | undefined {
  return response.fields.find((field) => field.key === key)?.value;
}
