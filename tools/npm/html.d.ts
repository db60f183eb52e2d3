/**
 * The types of `@std/html` 1.0, which the npm package `deno-std` leaves out.
 *
 * @module
 */

/** Names of entities, with what they stand for. */
export type EntityList = Record<string, string>;

/** Options for {@linkcode unescape}. */
export type UnescapeOptions = {
  /** The entities to replace. */
  entityList: EntityList;
};

/** Escapes text for HTML text content and quoted attributes. */
export declare function escape(str: string): string;

/** Replaces entities by what they stand for. */
export declare function unescape(
  str: string,
  options?: Partial<UnescapeOptions>,
): string;
