/**
 * Moves path segments from `PATH_INFO` to `SCRIPT_NAME`.
 *
 * @module
 */

import { describe } from "./describe.ts";

/** The two variables that {@linkcode shiftPathInfo} reads and sets. */
export interface PathVariables {
  /** The part of the path that identifies the application. */
  SCRIPT_NAME?: string | undefined;
  /** The rest of the path. */
  PATH_INFO?: string | undefined;
}

/** Python's `posixpath.normpath` for a path that is not empty. */
function normalize(path: string): string {
  // In POSIX, the meaning of exactly two slashes depends on the system.
  const [slashes = ""] = /^\/*/.exec(path) ?? [];
  const root = slashes.length === 2 ? "//" : slashes.slice(0, 1);
  const kept: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "" || segment === ".") continue;
    const climbs = segment === ".." && kept.at(-1) !== "..";
    if (!climbs || (root === "" && kept.length === 0)) kept.push(segment);
    else kept.pop();
  }
  return `${root}${kept.join("/")}` || ".";
}

/**
 * Moves the first segment of `PATH_INFO` to the end of `SCRIPT_NAME`, as a
 * router does before it calls another application.
 *
 * Empty segments and `.` in the middle are skipped; one trailing slash stays.
 * A segment `..` is returned like any other, and removes one from
 * `SCRIPT_NAME`. It comes from the client, so don't use it to look up files.
 * Nothing is decoded.
 *
 * Corresponds to Python's `wsgiref.util.shift_path_info`.
 *
 * @param environ The variables of the request; both are changed.
 * @returns The segment; `""` if the path was only a slash, and `undefined` if
 * there was nothing left to move, or only a dot.
 * @throws {TypeError} If `PATH_INFO` is not a string, or is not empty and does
 * not begin with `/`.
 *
 * @example Usage
 * ```ts
 * import { shiftPathInfo } from "@wsgi/ref";
 * import { assertEquals } from "@std/assert";
 *
 * const environ = { SCRIPT_NAME: "/shop", PATH_INFO: "/books/42" };
 * assertEquals(shiftPathInfo(environ), "books");
 * assertEquals(environ, { SCRIPT_NAME: "/shop/books", PATH_INFO: "/42" });
 * assertEquals(shiftPathInfo(environ), "42");
 * assertEquals(shiftPathInfo(environ), undefined);
 * ```
 */
export function shiftPathInfo(environ: PathVariables): string | undefined {
  const path: unknown = environ.PATH_INFO ?? "";
  if (path === "") return undefined;
  if (typeof path !== "string" || !path.startsWith("/")) {
    throw new TypeError(
      `Cannot shift the path: PATH_INFO must be a string that begins with "/", got ${
        describe(path)
      }`,
    );
  }
  // The first part is empty, because the path starts with a slash.
  const parts = path.split("/");
  const last = parts.pop() ?? "";
  const rest = parts.slice(1).filter((part) => part !== "" && part !== ".");
  rest.push(last);
  const segment = rest.shift() ?? "";
  let script = normalize(`${environ.SCRIPT_NAME ?? ""}/${segment}`);
  if (script.endsWith("/")) script = script.slice(0, -1);
  if (segment === "" && !script.endsWith("/")) script += "/";
  environ.SCRIPT_NAME = script;
  environ.PATH_INFO = rest.length === 0 ? "" : `/${rest.join("/")}`;
  return segment === "." ? undefined : segment;
}
