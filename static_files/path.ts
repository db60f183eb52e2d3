/**
 * Finds the file for a request path, never one outside the root.
 *
 * @module
 */

import { fromFileUrl, join, resolve, SEPARATOR } from "@std/path";
import { toBytes } from "../wsgi/byte_string.ts";
import { describe } from "../wsgi/describe.ts";

/** The parts of a request path. */
export interface RequestPath {
  /** The decoded names; none has a special meaning such as `..`. */
  readonly names: readonly string[];
  /** Whether the path ends with a slash. */
  readonly isFolder: boolean;
}

/** A file or folder that can be shown. */
export interface Found {
  /** Its absolute path, without symbolic links. */
  readonly path: string;
  /** Its kind. */
  readonly kind: "file" | "folder";
}

/**
 * Characters that no name can have. The backslash is a separator on Windows; it
 * is rejected everywhere, so that a site is the same on each system.
 */
const SPECIAL = /[\0/\\]/;
/** Streams, drives, wildcards, and ends that Windows drops. */
// deno-lint-ignore no-control-regex -- they are what is looked for
const SPECIAL_ON_WINDOWS = /[<>:"|?*\x01-\x1f]|[. ]$/;

/** File systems have bytes for names; Deno opens those that are UTF-8. */
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Returns whether a name can be requested.
 *
 * @param name The name of a file or folder, without its path.
 * @param dotFiles Whether it may begin with a dot.
 * @returns Whether it can only be the name of an entry of its folder.
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
 * @param dotFiles Whether names may begin with a dot.
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
 * Finds a file or folder, through symbolic links if they stay in the root.
 *
 * @param root The folder that is served.
 * @param names The way from there.
 * @param dotFiles Whether names may begin with a dot.
 * @returns The file or folder; `undefined` if it must not be shown.
 * @throws {Deno.errors.NotFound} If nothing is there, and whatever else the
 * system says.
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
  // Opening a pipe can block forever, and a device may have no end.
  if (!isFile && !isDirectory) return undefined;
  return { path, kind: isFile ? "file" : "folder" };
}

/** Whether a real path is in a folder, and on the way no name is refused. */
function isWithin(top: string, path: string, dotFiles: boolean): boolean {
  if (path === top) return true;
  const base = top.endsWith(SEPARATOR) ? top : top + SEPARATOR;
  // Windows has short names: "GIT~1" is ".git", so the real ones are looked at.
  return path.startsWith(base) &&
    path.slice(base.length).split(SEPARATOR)
      .every((name) => isServed(name, dotFiles));
}

/**
 * Returns the status for an error of the file system.
 *
 * @param error What was thrown.
 * @returns 403 or 404; `undefined` if the server is at fault.
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
  // Deno has no class for these two.
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return code === "ENAMETOOLONG" || code === "EILSEQ" ? 404 : undefined;
}

/**
 * Resolves the folder that is served.
 *
 * @param root Its path or `file:` URL.
 * @returns Its absolute path.
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
