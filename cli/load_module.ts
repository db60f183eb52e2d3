/**
 * Loads the module of a command line.
 *
 * @module
 */

import { describe, escapeControls } from "../wsgi/describe.ts";
import { findClosest } from "./closest.ts";
import { UsageError } from "./parsed_arguments.ts";

const SCHEME = /^[a-z][a-z0-9+.-]+:/i;
const PACKAGE = new URL("../", import.meta.url).href;

/** Matches the names of files that Deno can run. */
const MODULE_NAME = /\.(?:[cm]?[jt]sx?|wasm)$/i;

function toFileUrl(path: string): URL {
  const slashed = path.replaceAll("\\", "/");
  const isAbsolute = /^(?:\/|[A-Za-z]:\/)/.test(slashed);
  const absolute = isAbsolute
    ? slashed
    : `${Deno.cwd().replaceAll("\\", "/")}/${slashed}`;
  const escaped = absolute.replaceAll("%", "%25").replaceAll("?", "%3F")
    .replaceAll("#", "%23");
  return new URL(`file:///${escaped.replace(/^\/+/, "")}`);
}

/** Removes colors and repeated places from a message of Deno. */
function plainMessage(error: Error): string {
  // deno-lint-ignore no-control-regex -- Deno colors parts of messages
  const plain = escapeControls(error.message.replace(/\x1b\[[0-9;]*m/g, ""));
  return plain.replace(/^( *at .*)\n\1$/m, "$1");
}

/** Returns a hint about a module that could not be loaded. */
function hintFor(name: string, isMissing: boolean): string {
  if (isMissing) return "Check the path of the module and its imports";
  return isUrl(name) || MODULE_NAME.test(name)
    ? "Fix the module and start again"
    : "Choose a module, such as app.ts; to serve other files, choose their folder";
}

/**
 * Returns the place where the user's module failed, unless the message contains
 * it.
 */
function placeOf(error: Error): string {
  const frame = /^ *at .*\b(?:file|https?):\/\/.*$/m.exec(error.stack ?? "");
  const [line = ""] = frame ?? [];
  const isOurs = line === "" || line.includes(`${PACKAGE}cli/`);
  return isOurs || error.message.includes(" at ") ? "" : `\n${line}`;
}

function cannotImport(
  name: string,
  error: unknown,
  program: string,
): UsageError {
  if (!(error instanceof Error)) {
    return new UsageError(
      `Cannot load ${name}: it throws ${describe(error)}`,
      "Fix the module and start again",
    );
  }
  const message = plainMessage(error);
  if (/^Requires \w+ access/.test(message)) {
    return new UsageError(
      `Cannot load ${name}: ${message}`,
      `Run again with deno run -A ${program}`,
    );
  }
  const isMissing = message.startsWith("Module not found");
  const kind = isMissing || message.startsWith("SyntaxError")
    ? ""
    : `it throws ${error.name}: `;
  return new UsageError(
    `Cannot load ${name}: ${kind}${message}${placeOf(error)}`,
    hintFor(name, isMissing),
  );
}

async function namesIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder === "" ? "." : folder)) {
      names.push(name);
    }
  } catch {
    // The folder does not exist, is not a folder, or must not be read.
  }
  return names;
}

/** Returns the existing path that is closest to a misspelled one. */
async function findMeant(path: string): Promise<string | undefined> {
  let meant = "";
  for (const part of path.match(/[^/\\]+[/\\]*|[/\\]+/g) ?? []) {
    const [, name = "", slash = ""] = /^([^/\\]*)(.*)$/s.exec(part) ?? [];
    const names = await namesIn(meant);
    const isKnown = name === "" || /^\.{1,2}$|^[A-Za-z]:$/.test(name) ||
      names.includes(name);
    // The extension of the module may be missing.
    const module = names.find((other) =>
      MODULE_NAME.test(other) && other.replace(MODULE_NAME, "") === name
    );
    const found = isKnown ? name : module ?? findClosest(name, names);
    if (found === undefined) return undefined;
    meant += `${found}${slash}`;
  }
  return meant;
}

/**
 * Returns information about a path. Throws a UsageError if it does not exist.
 */
export async function stat(
  path: string,
  program: string,
): Promise<Deno.FileInfo> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) {
      throw new UsageError(
        `Cannot load ${path}: permission is missing to read it`,
        `Run again with deno run -A ${program}, or add --allow-read`,
      );
    }
    const close = await findMeant(path);
    throw new UsageError(
      `Cannot load ${path}: the file or folder does not exist`,
      close === undefined
        ? "Check the path and the current folder"
        : `Did you mean ${close}?`,
    );
  }
}

/** Returns whether a module is named by a URL rather than by a path. */
export function isUrl(path: string): boolean {
  return SCHEME.test(path);
}

/** Returns the URL of a module that is named by a path or a URL. */
export function toModuleUrl(path: string): string {
  return isUrl(path) ? path : toFileUrl(path).href;
}

/**
 * Returns the path of a file in a stack.
 *
 * @param file The `file:` URL or the path. Deno writes some URLs decoded, with
 * spaces and `#`.
 * @returns The path; other URLs are returned unchanged.
 */
export function toFilePath(file: string): string {
  const path = file.replace(/^file:\/\/(?=\/)/, "")
    // Windows: a drive follows the slash.
    .replace(/^\/(?=[A-Za-z]:)/, "");
  if (path === file || /[\s#?]/.test(path)) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/**
 * Loads a module.
 *
 * @param path The path or URL.
 * @param program The name of the running program, for hints.
 * @returns The exports.
 * @throws {UsageError} If the module cannot be loaded.
 */
export async function loadModule(
  path: string,
  program: string,
): Promise<Readonly<Record<string, unknown>>> {
  if (!isUrl(path)) await stat(path, program);
  try {
    return await import(toModuleUrl(path));
  } catch (error) {
    throw cannotImport(path, error, program);
  }
}
