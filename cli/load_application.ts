/**
 * Loads the application of a command line.
 *
 * @module
 */

import {
  type FetchModule,
  fromFetchHandler,
} from "../gateway/from_fetch/from_fetch.ts";
import { findClosest } from "./closest.ts";
import { describe } from "../wsgi/describe.ts";
import type { Application } from "../wsgi/types.ts";
import { isUrl, loadModule, stat, toModuleUrl } from "./load_module.ts";
import { UsageError } from "./parsed_arguments.ts";

/** The exports to try if the command line does not name one. */
const NAMES = ["default", "application", "app"] as const;

/** Matches `app.ts:name`, but not the colon of `https://` or a drive. */
const WITH_NAME = /^(.+\.[cm]?[jt]sx?):([\p{ID_Start}$_][\p{ID_Continue}$]*)$/u;

/** A computed URL, so that Deno loads `@std` only when it serves a folder. */
const STATIC_FILES = new URL(
  "../static_files/static_files.ts",
  import.meta.url,
);

/**
 * Returns the application of an export: the export itself, or its fetch
 * handler.
 */
function toApplication(value: unknown): Application | undefined {
  if (typeof value === "function") return value as Application;
  const { fetch } = (value ?? {}) as { fetch?: unknown };
  return typeof fetch === "function"
    ? fromFetchHandler(value as FetchModule)
    : undefined;
}

/**
 * Returns the application of a module: an exported function, or an object with
 * a fetch handler, which `deno serve` also accepts.
 *
 * @param module The exports of the module.
 * @param path The path of the module, for messages.
 * @param name The name of the export. Without it, the usual names are tried.
 * @throws {UsageError} If there is no application.
 */
export function pickApplication(
  module: Readonly<Record<string, unknown>>,
  path: string,
  name: string | undefined,
): Application {
  const names = name === undefined ? NAMES : [name];
  for (const name of names) {
    const app = toApplication(module[name]);
    if (app !== undefined) return app;
  }
  const present = names.find((name) => module[name] !== undefined);
  const message = present === undefined
    ? `Cannot serve ${path}: it exports no ${name ?? "application"}`
    : `Cannot serve ${path}: its export ${present} must be a function (environ, startResponse), got ${
      describe(module[present])
    }`;
  const others = Object.keys(module);
  const functions = others.filter((key) => typeof module[key] === "function");
  throw new UsageError(
    message,
    others.length === 0
      ? "It exports nothing; add export default with the application"
      : `It exports ${others.join(", ")}${
        functions.length > 0
          ? `: try ${path}:${
            findClosest(name ?? "", functions) ?? functions[0]
          }`
          : ""
      }`,
  );
}

/**
 * Returns an application that serves a folder.
 *
 * @throws {UsageError} If `@std` cannot be loaded.
 */
export async function serveFolder(path: string): Promise<Application> {
  let module: { staticFiles: (root: string) => Application };
  try {
    module = await import(STATIC_FILES.href);
  } catch {
    throw new UsageError(
      `Cannot serve the folder ${path}: the packages @std/http, @std/html, @std/media-types and @std/path could not be loaded`,
      `If JSR is unreachable, run deno task start ${path}`,
    );
  }
  return module.staticFiles(path);
}

/** An application on the command line. */
export interface ApplicationName {
  /** The path or URL of a module, or the path of a folder. */
  readonly path: string;
  /** The name of the export, if given. */
  readonly name: string | undefined;
}

/**
 * Separates the module from the name of the export.
 *
 * @param app The argument: `app.ts` or `app.ts:name`.
 */
export function parseApplicationName(app: string): ApplicationName {
  const [, path = app, name] = WITH_NAME.exec(app) ?? [];
  return { path, name };
}

/**
 * Returns the URL of a module.
 *
 * @param app The argument: a module, optionally with a name, or a folder.
 */
export function moduleOf(app: string): string {
  const [, path = app] = WITH_NAME.exec(app) ?? [];
  return toModuleUrl(path);
}

/**
 * Loads an application.
 *
 * @param app The argument: a module, optionally with a name, or a folder.
 * @param program The name of the running program, for hints.
 * @throws {UsageError} If there is no application.
 */
export async function loadApplication(
  app: string,
  program: string = "server.ts",
): Promise<Application> {
  const { path, name } = parseApplicationName(app);
  if (!isUrl(path) && (await stat(path, program)).isDirectory) {
    return await serveFolder(path);
  }
  return pickApplication(await loadModule(path, program), path, name);
}
