/**
 * Finding the application that a command line names.
 *
 * @module
 */

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
    throw new UsageError(
      `${message} with fetch(): fromFetchHandler() of @wsgi/ref/from-fetch makes an application of it`,
      `it has a fetch handler: deno serve ${path}`,
    );
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
  const [, path = app, name] = WITH_NAME.exec(app) ?? [];
  if (!isUrl(path) && (await stat(path, program)).isDirectory) {
    return await serveFolder(path);
  }
  return pick(await loadModule(path, program), path, name);
}
