/**
 * Loads the application in a worker.
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
import { describeError, hintIn } from "../describe_error.ts";

/** An application, and the URL of its module if it has one. */
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
 * Loads the application. Errors of its module are passed on.
 *
 * @param application The application, as on the command line; empty for the
 * demo.
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
 * Describes an error that occurred while the application was loaded.
 *
 * @param error The thrown value.
 * @returns The description.
 */
export function toLoadFailure(error: unknown): Failure {
  if (error instanceof UsageError) {
    const { message, hint } = error;
    const described = { name: "Error", message, frames: [] };
    return { error: described, during: "loading", hint };
  }
  const hint = hintIn(error);
  return {
    error: describeError(error),
    during: "loading",
    ...(hint !== undefined && { hint }),
  };
}
