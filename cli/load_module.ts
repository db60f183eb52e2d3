/**
 * Loading a module that a command line names.
 *
 * @module
 */

import { describe, escapeControls } from "../wsgi/describe.ts";
import { findClosest } from "./closest.ts";
import { UsageError } from "./parsed_arguments.ts";

const SCHEME = /^[a-z][a-z0-9+.-]+:/i;
const PACKAGE = new URL("../", import.meta.url).href;

/** What a file that Deno can run may end in. */
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

/** Deno colours the places in its messages, and may name one twice. */
function plainMessage(error: Error): string {
  // deno-lint-ignore no-control-regex -- it is what is looked for
  const plain = escapeControls(error.message.replace(/\x1b\[[0-9;]*m/g, ""));
  return plain.replace(/^( *at .*)\n\1$/m, "$1");
}

/** What to do about a module that could not be loaded. */
function hintFor(name: string, isMissing: boolean): string {
  if (isMissing) return "look at the path of the module and at its imports";
  return isUrl(name) || MODULE_NAME.test(name)
    ? "correct the module and start again"
    : "name a module, such as app.ts; other files are served with their folder";
}

/** The place where the user's module failed, unless the message has it. */
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
      "correct the module and start again",
    );
  }
  const message = plainMessage(error);
  if (/^Requires \w+ access/.test(message)) {
    return new UsageError(
      `Cannot load ${name}: ${message}`,
      `run again with deno run -A ${program}`,
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
    // It does not exist, is no folder, or may not be read.
  }
  return names;
}

/** Finds the file or folder that was meant by a misspelt path. */
async function findMeant(path: string): Promise<string | undefined> {
  let meant = "";
  for (const part of path.match(/[^/\\]+[/\\]*|[/\\]+/g) ?? []) {
    const [, name = "", slash = ""] = /^([^/\\]*)(.*)$/s.exec(part) ?? [];
    const names = await namesIn(meant);
    const isKnown = name === "" || /^\.{1,2}$|^[A-Za-z]:$/.test(name) ||
      names.includes(name);
    // Somebody may have left out what a module ends in.
    const module = names.find((other) =>
      MODULE_NAME.test(other) && other.replace(MODULE_NAME, "") === name
    );
    const found = isKnown ? name : module ?? findClosest(name, names);
    if (found === undefined) return undefined;
    meant += `${found}${slash}`;
  }
  return meant;
}

/** Reads what a path is. Throws a UsageError if it does not exist. */
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
        `run again with deno run -A ${program}, or add --allow-read`,
      );
    }
    const close = await findMeant(path);
    throw new UsageError(
      `Cannot load ${path}: there is no such file or folder`,
      close === undefined
        ? "look at the path, and at the folder in which you are"
        : `did you mean ${close}?`,
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
 * Loads a module.
 *
 * @param path Its path, or its URL.
 * @param program The program that is running, for hints.
 * @returns What it exports.
 * @throws {UsageError} If it cannot be loaded.
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
