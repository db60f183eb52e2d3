/**
 * What the application writes to the console, told apart by request.
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
 * Runs a function so that what it writes to the console, also later, counts as
 * written in a request.
 *
 * @param recorder Where it is recorded.
 * @param run The function.
 * @returns What the function returns.
 */
export function runRecorded<T>(recorder: Recorder, run: () => T): T {
  return requests.run(recorder, run);
}

/**
 * Returns what records the request that is being handled.
 *
 * @returns The recorder; nothing outside of a request.
 */
export function currentRecorder(): Recorder | undefined {
  return requests.getStore();
}

/** Begins to record the console. What is written still appears there. */
export function recordConsole(): void {
  for (const method of METHODS) {
    const original = console[method].bind(console);
    // deno-lint-ignore no-console -- it is wrapped
    console[method] = (...args: unknown[]) => {
      original(...args);
      try {
        requests.getStore()?.addConsole(toText(args));
      } catch {
        // What cannot be shown was written already.
      }
    };
  }
}
