/**
 * Measures rounds of a contender and summarizes them.
 *
 * @module
 */

import { IdleConnections } from "./idle_connections.ts";
import { cpuBetween, cpuTimes } from "./proc.ts";
import { requestOf, type Scenario } from "./scenarios.ts";
import type { Serving } from "./serving.ts";
import { load } from "./wrk.ts";

/** The result of one round. */
export interface Sample {
  /** Requests per second. */
  readonly perSecond: number;
  /** CPU time per request, user and system, in microseconds. */
  readonly cpu: number;
  /** The 99th percentile of the latency, in microseconds. */
  readonly p99: number;
  /** The number of broken connections, wrong responses and timeouts. */
  readonly errors: number;
}

/** The summary of several rounds. */
export interface Summary {
  /** The best round, because disturbances only make results worse. */
  readonly best: Sample;
  /** The median of each number; the lower one of two. */
  readonly median: Sample;
}

/** The settings of the load. */
export interface MeasureOptions {
  /** The length of a round, in whole seconds. */
  readonly seconds: number;
  /** @default {32} */
  readonly connections?: number | undefined;
}

/**
 * Measures one round.
 *
 * @throws {Error} If no request gets a response.
 */
export async function measure(
  serving: Serving,
  scenario: Scenario,
  { seconds, connections = 32 }: MeasureOptions,
): Promise<Sample> {
  const { idle = 0 } = scenario;
  using _idle = await IdleConnections.open(
    serving.port,
    idle,
    requestOf(scenario, serving.port),
  );
  const before = await cpuTimes(serving.pid);
  const counted = await load(serving.port, scenario, seconds, connections);
  const spent = cpuBetween(before, await cpuTimes(serving.pid));
  const requests = scenario.byBytes
    ? counted.bytes / scenario.answer(serving.port).length
    : counted.requests;
  if (requests === 0) throw new Error(`No response in scenario ${scenario.id}`);
  return {
    perSecond: requests / counted.micros * 1e6,
    cpu: spent / requests / 1000,
    p99: counted.p99,
    errors: counted.errors,
  };
}

/** Summarizes the rounds of one contender, at least one. */
export function summarize(samples: readonly Sample[]): Summary {
  const sorted = (key: keyof Sample): number[] =>
    samples.map((sample) => sample[key]).toSorted((a, b) => a - b);
  const least = (key: keyof Sample): number => sorted(key)[0] ?? NaN;
  const middle = (key: keyof Sample): number =>
    sorted(key)[(samples.length - 1) >> 1] ?? NaN;
  return {
    best: {
      perSecond: sorted("perSecond").at(-1) ?? NaN,
      cpu: least("cpu"),
      p99: least("p99"),
      errors: least("errors"),
    },
    median: {
      perSecond: middle("perSecond"),
      cpu: middle("cpu"),
      p99: middle("p99"),
      errors: middle("errors"),
    },
  };
}
