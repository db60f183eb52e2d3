/**
 * Response headers, by name and in order.
 *
 * @module
 */

import { toBytes } from "./byte_string.ts";
import type { HeaderTuple } from "./types.ts";
import { checkList, checkName, checkValue } from "./header_check.ts";

/** Parameters of a header value; without a value, only the name is written. */
export type HeaderParameters = Readonly<
  Record<string, string | null | undefined>
>;

function formatParameter(
  header: string,
  name: string,
  value: string | null | undefined,
): string {
  const key = name.replaceAll("_", "-");
  if (value === undefined || value === null || value === "") return key;
  checkValue(header, value);
  const escaped = value.replaceAll("\\", "\\\\").replaceAll('"', '\\"');
  return `${key}="${escaped}"`;
}

/**
 * Response headers, with methods to read and change them by name.
 *
 * It wraps the given array and changes it in place, so the same array can be
 * passed to `startResponse`. Names are compared case-insensitively. Unlike the
 * `Headers` of fetch, it keeps the order, case and repetition of headers.
 *
 * Corresponds to Python's `wsgiref.headers.Headers`.
 *
 * @example Usage
 * ```ts
 * import { HeaderList, type HeaderTuple } from "@wsgi/ref";
 * import { assertEquals } from "@std/assert";
 *
 * const list: HeaderTuple[] = [["Content-Type", "text/html"]];
 * const headers = new HeaderList(list);
 * headers.set("content-type", "text/csv");
 * headers.addHeader("Content-Disposition", "attachment", {
 *   filename: "a.csv",
 * });
 * assertEquals(list, [
 *   ["content-type", "text/csv"],
 *   ["Content-Disposition", 'attachment; filename="a.csv"'],
 * ]);
 * ```
 */
export class HeaderList implements Iterable<HeaderTuple> {
  readonly #list: HeaderTuple[];

  /**
   * Wraps an array of headers.
   *
   * @param list The array; by default, a new one.
   * @throws {TypeError} If it is not an array of pairs of strings, or one of
   * them has a control character.
   */
  constructor(list?: HeaderTuple[] | null) {
    if (list !== undefined && list !== null) checkList(list);
    this.#list = list ?? [];
  }

  /** The number of headers; each repetition counts. */
  get length(): number {
    return this.#list.length;
  }

  /**
   * Returns the value of a header.
   *
   * @param name The name, in any case.
   * @returns The first value, or `undefined`.
   */
  get(name: string): string | undefined {
    const key = name.toLowerCase();
    return this.#list.find(([other]) => other.toLowerCase() === key)?.[1];
  }

  /**
   * Returns all values of a header.
   *
   * @param name The name, in any case.
   * @returns A new array, in order.
   */
  getAll(name: string): string[] {
    const key = name.toLowerCase();
    return this.#list.filter(([other]) => other.toLowerCase() === key)
      .map(([, value]) => value);
  }

  /**
   * Returns whether there is a header.
   *
   * @param name The name, in any case.
   * @returns Whether there is at least one header of this name.
   */
  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  /**
   * Appends a header and removes all others of its name.
   *
   * @param name The name, in the case in which it is sent.
   * @param value The value, a ByteString.
   * @throws {TypeError} If one is not a string or has a control character.
   */
  set(name: string, value: string): void {
    checkName(name);
    checkValue(name, value);
    this.delete(name);
    this.#list.push([name, value]);
  }

  /**
   * Appends a header and keeps all others of its name.
   *
   * @param name The name, in the case in which it is sent.
   * @param value The value, a ByteString.
   * @throws {TypeError} If one is not a string or has a control character.
   */
  append(name: string, value: string): void {
    checkName(name);
    checkValue(name, value);
    this.#list.push([name, value]);
  }

  /**
   * Adds a header with parameters, such as `attachment; filename="a.csv"`.
   *
   * @param name The name, in the case in which it is sent.
   * @param value The value before the parameters; `null` and `undefined` for
   * none.
   * @param params The parameters. A `_` in a name becomes `-`. Values are
   * quoted; one that is `null`, `undefined` or empty leaves only the name.
   * @throws {TypeError} If one is not a string or has a control character.
   */
  addHeader(
    name: string,
    value: string | null | undefined,
    params: HeaderParameters = {},
  ): void {
    checkName(name);
    const parts: string[] = [];
    if (value !== undefined && value !== null) {
      checkValue(name, value);
      parts.push(value);
    }
    for (const [key, parameter] of Object.entries(params)) {
      parts.push(formatParameter(name, key, parameter));
    }
    this.append(name, parts.join("; "));
  }

  /**
   * Removes all headers of a name. Does nothing if there are none.
   *
   * @param name The name, in any case.
   */
  delete(name: string): void {
    const key = name.toLowerCase();
    for (let i = this.#list.length - 1; i >= 0; i--) {
      if (this.#list[i]?.[0].toLowerCase() === key) this.#list.splice(i, 1);
    }
  }

  /**
   * Adds a header unless one of that name exists.
   *
   * @param name The name, in the case in which it is sent.
   * @param value The value, a ByteString.
   * @returns The existing first value of that name, or the new one.
   * @throws {TypeError} If one is not a string or has a control character.
   */
  setDefault(name: string, value: string): string {
    const present = this.get(name);
    if (present !== undefined) return present;
    this.append(name, value);
    return value;
  }

  /**
   * Returns the names of all headers.
   *
   * @returns A new array, in order and with repetitions.
   */
  keys(): string[] {
    return this.#list.map(([name]) => name);
  }

  /**
   * Returns the values of all headers.
   *
   * @returns A new array, in order.
   */
  values(): string[] {
    return this.#list.map(([, value]) => value);
  }

  /**
   * Returns all headers.
   *
   * @returns A new array, in order.
   */
  entries(): HeaderTuple[] {
    return [...this.#list];
  }

  /**
   * Iterates over the headers.
   *
   * @returns An iterator over `[name, value]` pairs.
   */
  [Symbol.iterator](): IterableIterator<HeaderTuple> {
    return this.entries()[Symbol.iterator]();
  }

  /**
   * Formats the headers in the syntax of HTTP/1.
   *
   * @returns A line for each header, then an empty line; each line ends with CR
   * LF.
   */
  toString(): string {
    const lines = this.#list.map(([name, value]) => `${name}: ${value}\r\n`);
    return `${lines.join("")}\r\n`;
  }

  /**
   * Returns the bytes of {@linkcode HeaderList.toString}.
   *
   * @returns The bytes, one for each character.
   * @throws {TypeError} If a character is above U+00FF.
   */
  toBytes(): Uint8Array<ArrayBuffer> {
    return toBytes(this.toString());
  }
}
