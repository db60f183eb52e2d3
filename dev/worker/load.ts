/**
 * Loading the application in a worker.
 *
 * @module
 */

import {
  parseApplicationName,
  pickApplication,
  serveFolder,
} from "../../cli/load_application.ts";
import { toModuleUrl } from "../../cli/load_module.ts";
import { UsageError } from "../../cli/parsed_arguments.ts";
import { demoApp } from "../../server/demo_app.ts";
import type { Application } from "../../wsgi/types.ts";
import type { Failure } from "../application_state.ts";
import { describeError } from "../describe_error.ts";

/** The application, and the URL of its module if it has one. */
export interface Loaded {
  readonly app: Application;
  readonly module: string | undefined;
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch {
    return false;
  }
}

/**
 * Loads the application. What its module throws is thrown as it is.
 *
 * @param application The application, as the command line names it; the demo
 * application if that is empty.
 * @returns The application.
 * @throws {UsageError} If the module exports no application.
 */
export async function load(application: string): Promise<Loaded> {
  if (application === "") return { app: demoApp, module: undefined };
  const { path, name } = parseApplicationName(application);
  if (await isFolder(path)) {
    return { app: await serveFolder(path), module: undefined };
  }
  const module = toModuleUrl(path);
  const exports = await import(module);
  return { app: pickApplication(exports, path, name), module };
}

/**
 * Describes why the application could not be loaded.
 *
 * @param error What was thrown.
 * @returns The failure.
 */
export function toLoadFailure(error: unknown): Failure {
  if (error instanceof UsageError) {
    const { message, hint } = error;
    const described = { name: "Error", message, frames: [] };
    return { error: described, during: "loading", hint };
  }
  return { error: describeError(error), during: "loading" };
}
