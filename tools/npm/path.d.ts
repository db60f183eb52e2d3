/**
 * The types of `@std/path` 1.1, which the npm package `deno-std` leaves out.
 * Globs are not used here and not declared.
 *
 * @module
 */

/** The parts of a path. */
export interface ParsedPath {
  /** The root: `"/"`. */
  root: string;
  /** The directory. */
  dir: string;
  /** The file name. */
  base: string;
  /** The extension with its dot. */
  ext: string;
  /** The file name without the extension. */
  name: string;
}

/** What stands between the entries of the PATH variable. */
export declare const DELIMITER: ";" | ":";

/** What stands between the parts of a path. */
export declare const SEPARATOR: "\\" | "/";

/** Matches one or more separators. */
export declare const SEPARATOR_PATTERN: RegExp;

/** The last part of a path, without a suffix. */
export declare function basename(path: string | URL, suffix?: string): string;

/** What a set of paths have in common at their beginning. */
export declare function common(paths: string[]): string;

/** All but the last part of a path. */
export declare function dirname(path: string | URL): string;

/** The extension of a path, with its dot. */
export declare function extname(path: string | URL): string;

/** Makes a path of its parts. */
export declare function format(pathObject: Partial<ParsedPath>): string;

/** The path of a `file:` URL. */
export declare function fromFileUrl(url: URL | string): string;

/** Whether a path begins at the root. */
export declare function isAbsolute(path: string): boolean;

/** Joins parts and normalizes the result. */
export declare function join(path: string | URL, ...paths: string[]): string;

/** Resolves `.`, `..` and repeated separators. */
export declare function normalize(path: string | URL): string;

/** Takes a path apart. */
export declare function parse(path: string): ParsedPath;

/** The way from one path to another. */
export declare function relative(from: string, to: string): string;

/** Makes an absolute path of parts, from right to left. */
export declare function resolve(...pathSegments: string[]): string;

/** The `file:` URL of a path. */
export declare function toFileUrl(path: string): URL;

/** The namespaced form of a path on Windows; elsewhere the path itself. */
export declare function toNamespacedPath(path: string): string;
