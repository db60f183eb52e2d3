/**
 * wrk, which makes the load.
 *
 * @module
 */

import type { Scenario } from "./scenarios.ts";

/** What one run of wrk has counted. */
export interface Load {
  readonly requests: number;
  /** How long it took, in microseconds. */
  readonly micros: number;
  /** What was received, heads and broken off answers included. */
  readonly bytes: number;
  /** Broken connections, answers of 400 and more, and timeouts. */
  readonly errors: number;
  /** The median latency, in microseconds. */
  readonly p50: number;
  /** What 99 of 100 requests stay under, in microseconds. */
  readonly p99: number;
}

const SCRIPT = new URL("wrk.lua", import.meta.url).pathname;

/** Tells whether wrk is there. */
export async function hasWrk(): Promise<boolean> {
  try {
    await new Deno.Command("wrk", { args: ["-v"], stdin: "null" }).output();
    return true;
  } catch {
    return false;
  }
}

/**
 * Sends the requests of a scenario.
 *
 * @param port The port of the server on this machine.
 * @param scenario The scenario.
 * @param seconds How long, in whole seconds; wrk knows no others.
 * @param connections How many, 1 or more.
 */
export async function load(
  port: number,
  scenario: Scenario,
  seconds: number,
  connections = 32,
): Promise<Load> {
  const { method = "GET", target = "/", headers, size = 0 } = scenario;
  const { varies = false } = scenario;
  const { success, stdout, stderr } = await new Deno.Command("wrk", {
    args: [
      "-t1",
      `-c${connections}`,
      `-d${seconds}s`,
      `-s${SCRIPT}`,
      ...headers.flatMap(([name, value]) => ["-H", `${name}: ${value}`]),
      `http://127.0.0.1:${port}${target}`,
      "--",
      method,
      String(size),
      String(varies),
    ],
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`Cannot run wrk: ${decoder.decode(stderr)}`);
  return parseLoad(decoder.decode(stdout));
}

/** Reads the line that `wrk.lua` writes at the end. */
export function parseLoad(output: string): Load {
  const line = output.split("\n").findLast((line) => line.startsWith("{"));
  if (line === undefined) {
    throw new Error(`Cannot read wrk: there is no result in "${output}"`);
  }
  return JSON.parse(line);
}
