/**
 * The worker that checks the application. It loads the application separately, so
 * that the requests of the check do not change the state of the running one.
 *
 * @module
 */

import { checkApplication } from "../../conformance/check_application.ts";
import type { Report } from "../../conformance/report.ts";
import type { Failure } from "../application_state.ts";
import { load, toLoadFailure } from "./load.ts";

/** A message of the worker. */
export type CheckMessage =
  /** A case has ended, so the worker is not blocked. */
  | readonly ["case"]
  | readonly ["report", Report]
  | readonly ["failed", Failure];

/** The part of a worker's scope that this file uses. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<string>) => void) | null;
  postMessage(message: CheckMessage): void;
}

const scope = globalThis as unknown as WorkerScope;

/** Mutes the console: the output of the check would confuse the user. */
function silence(): void {
  for (const method of ["debug", "error", "info", "log", "warn"] as const) {
    // deno-lint-ignore no-console -- replaces it
    console[method] = () => {};
  }
}

scope.onmessage = async ({ data: application }) => {
  silence();
  try {
    const { app } = await load(application);
    scope.postMessage(["case"]);
    const report = await checkApplication(app, {
      onCase: () => scope.postMessage(["case"]),
    });
    scope.postMessage(["report", report]);
  } catch (error) {
    scope.postMessage(["failed", toLoadFailure(error)]);
  }
};
