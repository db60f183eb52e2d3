/**
 * Finding the application that a command line names.
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

/** The names of an export that is not named on the command line. */
const NAMES = ["default", "application", "app"] as const;

/** `app.ts:name`, but not the colon of `https://` or of a drive. */
const WITH_NAME = /^(.+\.[cm]?[jt]sx?):([\p{ID_Start}$_][\p{ID_Continue}$]*)$/u;

/** Computed, so that Deno does not fetch `@std` before a folder is served. */
const STATIC_FILES = new URL(
  "../static_files/static_files.ts",
  import.meta.url,
);

/** Makes an application of an export, if it is one or has a fetch handler. */
function toApplication(value: unknown): Application | undefined {
  if (typeof value === "function") return value as Application;
  const { fetch } = (value ?? {}) as { fetch?: unknown };
  return typeof fetch === "function"
    ? fromFetchHandler(value as FetchModule)
    : undefined;
}

/**
 * Picks the application out of what a module exports: a function, or an object
 * with a fetch handler, as `deno serve` takes it.
 *
 * @param module The exports.
 * @param path The path of the module, for messages.
 * @param name The name of the export; without it, those that are usual.
 * @returns The application.
 * @throws {UsageError} If there is none.
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
      ? "it exports nothing: export default the application"
      : `it exports ${others.join(", ")}${
        functions.length > 0
          ? `: try ${path}:${
            findClosest(name ?? "", functions) ?? functions[0]
          }`
          : ""
      }`,
  );
}

/**
 * Makes the application that serves a folder.
 *
 * @param path The path of the folder.
 * @returns The application.
 * @throws {UsageError} If `@std` cannot be loaded.
 */
export async function serveFolder(path: string): Promise<Application> {
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

/** What a command line names. */
export interface ApplicationName {
  /** The path or URL of a module, or the path of a folder. */
  readonly path: string;
  /** The name of the export, if it is given. */
  readonly name: string | undefined;
}

/**
 * Separates the module from the name of the export.
 *
 * @param app Such as `app.ts` or `app.ts:name`.
 * @returns The parts.
 */
export function parseApplicationName(app: string): ApplicationName {
  const [, path = app, name] = WITH_NAME.exec(app) ?? [];
  return { path, name };
}

/**
 * Returns the URL of the module that a command line names.
 *
 * @param app A module, a module and a name, or a folder.
 * @returns The URL.
 */
export function moduleOf(app: string): string {
  const [, path = app] = WITH_NAME.exec(app) ?? [];
  return toModuleUrl(path);
}

/**
 * Loads an application.
 *
 * @param app A module, a module and a name, or a folder.
 * @param program The program that is running, for hints.
 * @returns The application.
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
