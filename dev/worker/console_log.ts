/**
 * Assigns the console output of the application to requests.
 *
 * @module
 */

import { AsyncLocalStorage } from "node:async_hooks";
import type { Recorder } from "./recorder.ts";

const METHODS = ["debug", "error", "info", "log", "trace", "warn"] as const;

const requests = new AsyncLocalStorage<Recorder>();

function toText(args: readonly unknown[]): string {
  return args.map((arg) =>
    typeof arg === "string" ? arg : Deno.inspect(arg, { colors: false })
  ).join(" ");
}

/**
 * Runs a function. Its console output, including later output, belongs to a
 * request.
 *
 * @param recorder The recorder of the request.
 * @param run The function.
 * @returns The result of the function.
 */
export function runRecorded<T>(recorder: Recorder, run: () => T): T {
  return requests.run(recorder, run);
}

/**
 * Returns the recorder of the current request.
 *
 * @returns The recorder; `undefined` outside of a request.
 */
export function currentRecorder(): Recorder | undefined {
  return requests.getStore();
}

/** Starts to record the console output, which still appears in the terminal. */
export function recordConsole(): void {
  for (const method of METHODS) {
    const original = console[method].bind(console);
    // deno-lint-ignore no-console -- wraps it
    console[method] = (...args: unknown[]) => {
      original(...args);
      try {
        requests.getStore()?.addConsole(toText(args));
      } catch {
        // A value that cannot be described must not break the application.
      }
    };
  }
}
