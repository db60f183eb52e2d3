/**
 * Finds the file for a request path. Files outside the root are never found.
 *
 * @module
 */

import { fromFileUrl, join, resolve, SEPARATOR } from "@std/path";
import { toBytes } from "../wsgi/byte_string.ts";
import { describe } from "../wsgi/describe.ts";

/** The parts of a request path. */
export interface RequestPath {
  /** The decoded names. Special names such as `..` are not allowed. */
  readonly names: readonly string[];
  /** Whether the path ends with a slash. */
  readonly isFolder: boolean;
}

/** A file or folder that may be served. */
export interface Found {
  /** The absolute path, without symbolic links. */
  readonly path: string;
  /** The kind of the entry. */
  readonly kind: "file" | "folder";
}

/**
 * Characters that are not allowed in names. The backslash is a separator on
 * Windows, but it is rejected on all systems, so that a site behaves the same
 * everywhere.
 */
const SPECIAL = /[\0/\\]/;
/**
 * Characters with a meaning on Windows (streams, drives, wildcards), and
 * endings that Windows removes.
 */
// deno-lint-ignore no-control-regex -- the pattern looks for them
const SPECIAL_ON_WINDOWS = /[<>:"|?*\x01-\x1f]|[. ]$/;

/** File names are bytes. Deno can open only those that are UTF-8. */
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Returns whether a name can be requested: it names an entry of its folder and
 * nothing else.
 *
 * @param name The name of a file or folder, without its path.
 * @param dotFiles Whether it may start with a dot.
 */
export function isServed(name: string, dotFiles: boolean): boolean {
  if (name === "" || name === "." || name === "..") return false;
  if (!dotFiles && name.startsWith(".")) return false;
  if (SPECIAL.test(name)) return false;
  return SEPARATOR === "/" || !SPECIAL_ON_WINDOWS.test(name);
}

/**
 * Parses a request path.
 *
 * @param path The `PATH_INFO`, a ByteString.
 * @param dotFiles Whether names may start with a dot.
 * @returns The names; `undefined` if no file can have this path.
 */
export function parsePath(
  path: string,
  dotFiles: boolean,
): RequestPath | undefined {
  if (path === "") return { names: [], isFolder: false };
  if (!path.startsWith("/")) return undefined;
  let text: string;
  try {
    text = decoder.decode(toBytes(path));
  } catch {
    return undefined;
  }
  const names = text.slice(1).split("/");
  const isFolder = names.at(-1) === "";
  if (isFolder) names.pop();
  if (!names.every((name) => isServed(name, dotFiles))) return undefined;
  return { names, isFolder };
}

/**
 * Finds a file or folder. Symbolic links are followed if they stay in the root.
 *
 * @param root The folder that is served.
 * @param names The path from the root.
 * @param dotFiles Whether names may start with a dot.
 * @returns The file or folder; `undefined` if it must not be served.
 * @throws {Deno.errors.NotFound} If it does not exist. Other errors of the
 * system are also thrown.
 */
export async function locate(
  root: string,
  names: readonly string[],
  dotFiles: boolean,
): Promise<Found | undefined> {
  const top = await Deno.realPath(root);
  const path = await Deno.realPath(join(top, ...names));
  if (!isWithin(top, path, dotFiles)) return undefined;
  const { isFile, isDirectory } = await Deno.stat(path);
  // Opening a pipe can block indefinitely, and a device may be endless.
  if (!isFile && !isDirectory) return undefined;
  return { path, kind: isFile ? "file" : "folder" };
}

/**
 * Returns whether a real path is inside a folder and all its names are allowed.
 */
function isWithin(top: string, path: string, dotFiles: boolean): boolean {
  if (path === top) return true;
  const base = top.endsWith(SEPARATOR) ? top : top + SEPARATOR;
  // Windows has short names, such as "GIT~1" for ".git". Only the real names
  // are checked.
  return path.startsWith(base) &&
    path.slice(base.length).split(SEPARATOR)
      .every((name) => isServed(name, dotFiles));
}

/**
 * Returns the status for an error of the file system.
 *
 * @param error The thrown value.
 * @returns 403 or 404; `undefined` if the error is not about the file.
 */
export function statusOfFileError(error: unknown): 403 | 404 | undefined {
  const { errors } = Deno;
  if (
    error instanceof errors.PermissionDenied ||
    error instanceof errors.NotCapable
  ) return 403;
  if (
    error instanceof errors.NotFound ||
    error instanceof errors.NotADirectory ||
    error instanceof errors.FilesystemLoop
  ) return 404;
  // Deno has no classes for these errors.
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return code === "ENAMETOOLONG" || code === "EILSEQ" ? 404 : undefined;
}

/**
 * Returns the absolute path of the folder that is served.
 *
 * @param root The path or `file:` URL.
 * @throws {TypeError} If it is neither.
 */
export function toRoot(root: unknown): string {
  if (typeof root === "string" && root !== "") return resolve(root);
  if (root instanceof URL && root.protocol === "file:") {
    return resolve(fromFileUrl(root));
  }
  throw new TypeError(
    `Cannot serve static files: root must be the path or file URL of a folder, got ${
      describe(root instanceof URL ? root.href : root)
    }`,
  );
}
