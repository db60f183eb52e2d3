/**
 * The worker that checks the application, in a start of its own: the requests of
 * the check must not change what the running one holds in memory.
 *
 * @module
 */

import { checkApplication } from "../../conformance/check_application.ts";
import type { Report } from "../../conformance/report.ts";
import type { Failure } from "../application_state.ts";
import { load, toLoadFailure } from "./load.ts";

/** What the worker says. */
export type CheckMessage =
  /** A case is over: it is alive. */
  | readonly ["case"]
  | readonly ["report", Report]
  | readonly ["failed", Failure];

/** What this file needs of the scope of a worker. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<string>) => void) | null;
  postMessage(message: CheckMessage): void;
}

const scope = globalThis as unknown as WorkerScope;

/** What the application writes belongs to the requests of users, not to these. */
function silence(): void {
  for (const method of ["debug", "error", "info", "log", "warn"] as const) {
    // deno-lint-ignore no-console -- it is replaced
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
