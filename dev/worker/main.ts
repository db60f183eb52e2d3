/**
 * The worker that runs the application of the development server.
 *
 * @module
 */

import { describeError } from "../describe_error.ts";
import type { WorkerStart } from "../wire/messages.ts";
import { load, toLoadFailure } from "./load.ts";
import { noteReadFiles } from "./read_files.ts";
import { recordConsole } from "./console_log.ts";
import { WorkerServer } from "./worker_server.ts";

/** The part of a worker's scope that this file uses. */
interface WorkerScope extends EventTarget {
  onmessage: ((event: MessageEvent<WorkerStart>) => void) | null;
}

const scope = globalThis as unknown as WorkerScope;

/** Reports errors that would end a program. */
function reportFaults(server: WorkerServer): void {
  function report(error: unknown, event: Event): void {
    event.preventDefault();
    server.fail({ error: describeError(error), during: "running" });
  }
  scope.addEventListener(
    "error",
    (event) => report((event as ErrorEvent).error, event),
  );
  scope.addEventListener(
    "unhandledrejection",
    (event) => report((event as PromiseRejectionEvent).reason, event),
  );
}

/** Reports that the application calls `Deno.exit()`, which ends this worker. */
function reportExit(server: WorkerServer): void {
  const exit = Deno.exit;
  Deno.exit = (code): never => {
    const error = new Error(
      `The application called Deno.exit(${code ?? ""})`,
    );
    error.name = "Exit";
    server.fail({ error: describeError(error), during: "running" });
    return exit(code);
  };
}

scope.onmessage = async ({ data: start }) => {
  scope.onmessage = null;
  const server = new WorkerServer(start);
  reportFaults(server);
  reportExit(server);
  recordConsole();
  noteReadFiles((path) => server.noteFile(path));
  try {
    server.serve(await load(start.application));
  } catch (error) {
    server.fail(toLoadFailure(error));
  }
};
