/**
 * Checks of the options of servers.
 *
 * @module
 */

import { describe } from "../wsgi/describe.ts";
import type { ServerOptions } from "./types.ts";

/** The maximum delay of a timer, in milliseconds. */
const MAX_TIMER_MS = 2 ** 31 - 1;

function problem(name: string, demand: string, value: unknown): string {
  return `Cannot make the server: ${name} must be ${demand}, got ${
    describe(value)
  }`;
}

function checkNumber(
  options: ServerOptions,
  name: "maxHeaderSize" | "maxInFlight" | "maxRequestBodySize" | "mode",
  demand: string,
  [min, max]: readonly [number, number],
): void {
  const value = options[name];
  if (value === undefined || value === Infinity && max === Infinity) return;
  if (!Number.isSafeInteger(value) || value < min || value > max) {
    throw new RangeError(problem(name, demand, value));
  }
}

function checkTime(
  options: ServerOptions,
  name:
    | "headersTimeout"
    | "keepAliveTimeout"
    | "requestTimeout"
    | "shutdownTimeout",
  min: number,
): void {
  const value = options[name];
  if (value === undefined) return;
  if (typeof value !== "number" || !(value >= min && value <= MAX_TIMER_MS)) {
    const demand = `a time in milliseconds from ${min} to ${MAX_TIMER_MS}`;
    throw new RangeError(problem(name, demand, value));
  }
}

function checkType(
  options: ServerOptions,
  name: keyof ServerOptions,
  types: readonly string[],
  demand: string,
): void {
  const value: unknown = options[name];
  if (value === undefined) return;
  if (value === null || !types.includes(typeof value)) {
    throw new TypeError(problem(name, demand, value));
  }
}

/**
 * Checks the options of a server.
 *
 * @param options The options.
 * @throws {TypeError} If one has the wrong type, or another one is missing that
 * it requires.
 * @throws {RangeError} If a number is out of range.
 */
export function checkOptions(options: ServerOptions): void {
  checkType(options, "log", ["boolean", "function"], "a boolean or a function");
  checkType(options, "onError", ["function"], "a function");
  checkType(options, "environ", ["object"], "an object");
  checkType(options, "multiprocess", ["boolean"], "a boolean");
  checkType(options, "serverSoftware", ["string"], "a string");
  checkType(options, "cert", ["string"], "a string in PEM");
  checkType(options, "key", ["string"], "a string in PEM");
  checkType(options, "path", ["string"], "the path of a socket");
  const { cert, key, path, mode, signal } = options;
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new TypeError(problem("signal", "an AbortSignal", signal));
  }
  if ((cert === undefined) !== (key === undefined)) {
    const [given, missing] = key === undefined
      ? ["cert", "key"]
      : ["key", "cert"];
    throw new TypeError(
      `Cannot make the server: ${given} must come with ${missing}`,
    );
  }
  for (const [name, value] of [["cert", cert], ["key", key]]) {
    // The value may be a secret, so the message does not contain it.
    if (value !== undefined && !value.includes("-----BEGIN ")) {
      throw new TypeError(
        `Cannot make the server: ${name} must be PEM, with a line -----BEGIN …, not the name of a file`,
      );
    }
  }
  if (path !== undefined && (path === "" || path.includes("\0"))) {
    throw new TypeError(problem("path", "the path of a socket", path));
  }
  if (path !== undefined && cert !== undefined) {
    throw new TypeError(
      "Cannot make the server: a Unix socket must not have a certificate, because Deno has no TLS there",
    );
  }
  if (mode !== undefined && path === undefined) {
    throw new TypeError("Cannot make the server: mode must come with path");
  }
  checkNumber(options, "mode", "a file mode from 0 to 0o777", [0, 0o777]);
  checkNumber(options, "maxInFlight", "a positive integer", [1, Infinity]);
  checkNumber(options, "maxRequestBodySize", "0 or a positive integer", [
    0,
    Infinity,
  ]);
  checkNumber(options, "maxHeaderSize", "0 or a positive integer", [
    0,
    Infinity,
  ]);
  checkTime(options, "headersTimeout", 0);
  checkTime(options, "keepAliveTimeout", 0);
  checkTime(options, "requestTimeout", 1);
  checkTime(options, "shutdownTimeout", 0);
}
