/**
 * Runs wrk, which creates the load.
 *
 * @module
 */

import type { Scenario } from "./scenarios.ts";

/** The results of one run of wrk. */
export interface Load {
  readonly requests: number;
  /** The duration in microseconds. */
  readonly micros: number;
  /** The number of received bytes, including heads and incomplete responses. */
  readonly bytes: number;
  /**
   * The number of broken connections, responses with a status from 400, and
   * timeouts.
   */
  readonly errors: number;
  /** The median latency, in microseconds. */
  readonly p50: number;
  /** The 99th percentile of the latency, in microseconds. */
  readonly p99: number;
}

const SCRIPT = new URL("wrk.lua", import.meta.url).pathname;

/** Returns whether wrk is installed. */
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
 * @param seconds The duration in whole seconds; wrk supports no fractions.
 * @param connections The number of connections, 1 or more.
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

/** Parses the line that `wrk.lua` writes at the end. */
export function parseLoad(output: string): Load {
  const line = output.split("\n").findLast((line) => line.startsWith("{"));
  if (line === undefined) {
    throw new Error(`Cannot read wrk: there is no result in "${output}"`);
  }
  return JSON.parse(line);
}
