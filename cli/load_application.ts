/**
 * Finding the application that a command line names.
 *
 * @module
 */

import { describe, escapeControls } from "../gateway/describe.ts";
import type { Application } from "../gateway/types.ts";
import { UsageError } from "./usage_error.ts";

/** What an export may be called when nobody names one. */
const NAMES = ["default", "application", "app"] as const;

/** `app.ts:name`, but not the colon of `https://` or of a drive. */
const WITH_NAME = /^(.+\.[cm]?[jt]sx?):([\p{ID_Start}$_][\p{ID_Continue}$]*)$/u;
const SCHEME = /^[a-z][a-z0-9+.-]+:/i;

/** Computed, so that Deno does not fetch `@std` before a folder is served. */
const STATIC_FILES = new URL("../util/static_files.ts", import.meta.url);
const PACKAGE = new URL("../", import.meta.url).href;

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

/** The place where the user's module failed, unless the message tells it. */
function placeOf(error: Error): string {
  const frame = /^ *at .*\b(?:file|https?):\/\/.*$/m.exec(error.stack ?? "");
  const [line = ""] = frame ?? [];
  const isOurs = line === "" || line.includes(`${PACKAGE}cli/`);
  return isOurs || error.message.includes(" at ") ? "" : `\n${line}`;
}

function cannotImport(name: string, error: unknown): UsageError {
  if (!(error instanceof Error)) {
    return new UsageError(
      `Cannot load ${name}: it throws ${describe(error)}`,
      "mend the module and start again",
    );
  }
  const message = plainMessage(error);
  if (/^Requires \w+ access/.test(message)) {
    return new UsageError(
      `Cannot load ${name}: ${message}`,
      "run again with deno run -A server.ts",
    );
  }
  const isMissing = message.startsWith("Module not found");
  const kind = isMissing || message.startsWith("SyntaxError")
    ? ""
    : `it throws ${error.name}: `;
  return new UsageError(
    `Cannot load ${name}: ${kind}${message}${placeOf(error)}`,
    isMissing
      ? "look at the path of the module and at its imports"
      : "mend the module and start again",
  );
}

function pick(
  module: Readonly<Record<string, unknown>>,
  path: string,
  name: string | undefined,
): Application {
  const names = name === undefined ? NAMES : [name];
  const found = names.find((name) => typeof module[name] === "function");
  if (found !== undefined) return module[found] as Application;
  const present = names.find((name) => module[name] !== undefined);
  const message = present === undefined
    ? `Cannot serve ${path}: it exports no ${name ?? "application"}`
    : `Cannot serve ${path}: its export ${present} must be a function (environ, startResponse), got ${
      describe(module[present])
    }`;
  const handler = module.default as { fetch?: unknown } | null | undefined;
  if (name === undefined && typeof handler?.fetch === "function") {
    throw new UsageError(message, `it has a fetch handler: deno serve ${path}`);
  }
  const others = Object.keys(module);
  const functions = others.filter((key) => typeof module[key] === "function");
  throw new UsageError(
    message,
    others.length === 0
      ? "it exports nothing: export default the application"
      : `it exports ${others.join(", ")}${
        functions.length > 0 ? `: try ${path}:${functions[0]}` : ""
      }`,
  );
}

async function importApplication(
  path: string,
  url: string,
  name: string | undefined,
): Promise<Application> {
  let module: Record<string, unknown>;
  try {
    module = await import(url);
  } catch (error) {
    throw cannotImport(path, error);
  }
  return pick(module, path, name);
}

async function serveFolder(path: string): Promise<Application> {
  let module: { staticFiles: (root: string) => Application };
  try {
    module = await import(STATIC_FILES.href);
  } catch {
    throw new UsageError(
      `Cannot serve the folder ${path}: its files need the packages @std/http, @std/html, @std/media-types and @std/path, which could not be loaded`,
      `where JSR does not answer: deno task start ${path}`,
    );
  }
  return module.staticFiles(path);
}

async function stat(path: string): Promise<Deno.FileInfo> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) {
      throw new UsageError(
        `Cannot load ${path}: permission is missing to read it`,
        "run again with deno run -A server.ts, or add --allow-read",
      );
    }
    throw new UsageError(
      `Cannot load ${path}: there is no such file or folder`,
      "APP is a module such as app.ts, app.ts:name, or a folder",
    );
  }
}

/**
 * Loads an application.
 *
 * @param app A module, a module and a name, or a folder.
 * @returns The application.
 * @throws {UsageError} If there is none.
 */
export async function loadApplication(app: string): Promise<Application> {
  const [, path = app, name] = WITH_NAME.exec(app) ?? [];
  if (SCHEME.test(path)) return await importApplication(path, path, name);
  const { isDirectory } = await stat(path);
  return isDirectory
    ? await serveFolder(path)
    : await importApplication(path, toFileUrl(path).href, name);
}
