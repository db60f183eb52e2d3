/**
 * Measures how the server scales with connections, response sizes and
 * processes, compared with the bare handler.
 *
 * ```sh
 * deno task bench:scale [--quick] [--json=FILE] [--svg=FILE]
 * ```
 *
 * It measures the throughput from 1 to 1,000 connections, responses from 1 KiB
 * to 100 MiB, the memory of idle connections and open streams, and
 * `deno serve --parallel` on two cores compared with one. It takes about three
 * minutes, or half a minute with `--quick`. It needs Linux and wrk, which uses
 * one core itself: on a machine with two cores, a second process gains little.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { BASELINE, type Contender, contendersWith } from "./contenders.ts";
import { IdleConnections } from "./idle_connections.ts";
import { describeMachine } from "./machine.ts";
import {
  measure,
  type MeasureOptions,
  type Sample,
  summarize,
} from "./measure.ts";
import { memoryOf } from "./proc.ts";
import { plotScale } from "./scale_plot.ts";
import {
  type Curve,
  formatScale,
  type Holding,
  type ScaleReport,
} from "./scale_report.ts";
import {
  requestOf,
  type Scenario,
  scenarioOfSize,
  SCENARIOS,
} from "./scenarios.ts";
import { endWithContenders, Serving } from "./serving.ts";

const CONNECTIONS = [1, 3, 10, 32, 100, 316, 1000];
const KIBIBYTE = 1024;
const SIZES = [1, 10, 100, 1024, 10_240, 102_400].map((n) => n * KIBIBYTE);
/**
 * Few connections, because 100 MiB each would exceed the memory of a small
 * machine.
 */
const CONNECTIONS_OF_SIZES = 8;
const IDLE = 3000;
const STREAMS = 500;

function scenarioOf(id: string): Scenario {
  const scenario = SCENARIOS.find((scenario) => scenario.id === id);
  if (scenario === undefined) throw new Error(`No scenario ${id}`);
  return scenario;
}

/** Measures contenders in turns. Returns the best rounds. */
async function inTurns(
  contenders: readonly Contender[],
  scenario: Scenario,
  rounds: number,
  options: MeasureOptions,
): Promise<Sample[]> {
  await using servings = new AsyncDisposableStack();
  const runners: { serving: Serving; samples: Sample[] }[] = [];
  for (const contender of contenders) {
    const serving = servings.use(await Serving.start(contender, scenario, ""));
    const wrong = await serving.wrongAnswer(scenario);
    if (wrong !== "") throw new Error(`${contender.id} is wrong: ${wrong}`);
    await measure(serving, scenario, { ...options, seconds: 1 });
    runners.push({ serving, samples: [] });
  }
  for (let round = 0; round < rounds; round++) {
    for (const { serving, samples } of runners) {
      samples.push(await measure(serving, scenario, options));
    }
  }
  return runners.map(({ samples }) => summarize(samples).best);
}

async function curves(
  contenders: readonly Contender[],
  scale: readonly number[],
  measureAt: (at: number) => Promise<Sample[]>,
): Promise<Curve[]> {
  const found: { at: number; samples: Sample[] }[] = [];
  for (const at of scale) found.push({ at, samples: await measureAt(at) });
  return contenders.map(({ id }, i) => ({
    contender: id,
    points: found.flatMap(({ at, samples }) => {
      const sample = samples[i];
      return sample ? [{ at, sample }] : [];
    }),
  }));
}

/** Returns the memory of a server for each of many connections, in bytes. */
async function memoryPer(
  contender: Contender,
  scenario: Scenario,
  count: number,
): Promise<number> {
  await using serving = await Serving.start(contender, scenario, "");
  const request = requestOf(scenario, serving.port);
  // The first ones include memory that is needed once, such as compiled code.
  using _first = await IdleConnections.open(serving.port, count, request);
  const before = (await memoryOf(serving.pid)).rss;
  using _further = await IdleConnections.open(serving.port, count, request);
  const after = (await memoryOf(serving.pid)).rss;
  return Math.max(0, after - before) / count;
}

async function holdingOf(contender: Contender): Promise<Holding> {
  const held: Scenario = { ...scenarioOf("stream"), id: "held" };
  return {
    contender: contender.id,
    perIdleConnection: await memoryPer(contender, scenarioOf("hello"), IDLE),
    perOpenStream: await memoryPer(contender, held, STREAMS),
  };
}

/** `deno serve` has its own options, and the port is the last argument. */
function denoServe(jobs: number): Contender {
  const program = new URL("contenders/parallel.ts", import.meta.url).pathname;
  const parallel = jobs > 1 ? "--parallel" : "";
  // The arguments that the harness adds are $1 scenario, $2 port, $3 file.
  const line = `exec "$0" serve --quiet --no-check --no-lock -A ${parallel} ` +
    `--host 127.0.0.1 --port "$2" "${program}"`;
  return {
    id: `deno serve ${parallel}`.trim(),
    command: ["sh", "-c", line, Deno.execPath()],
    env: { DENO_JOBS: String(jobs) },
    missing: () => Promise.resolve(""),
  };
}

async function measureScale(quick: boolean): Promise<ScaleReport> {
  const contenders = contendersWith("").filter(({ id }) =>
    id === BASELINE || id === "makeServer"
  );
  const rounds = quick ? 1 : 3;
  const hello = scenarioOf("hello");
  const thin = (scale: readonly number[]): readonly number[] =>
    quick ? scale.filter((_, i) => i % 3 === 0) : scale;
  const connections = await curves(
    contenders,
    thin(CONNECTIONS),
    (at) => inTurns(contenders, hello, rounds, { seconds: 1, connections: at }),
  );
  const sizes = await curves(
    contenders,
    thin(SIZES),
    (at) =>
      inTurns(contenders, scenarioOfSize(at), rounds, {
        seconds: 1,
        connections: CONNECTIONS_OF_SIZES,
      }),
  );
  const holding: Holding[] = [];
  for (const contender of contenders) holding.push(await holdingOf(contender));
  const jobs = [1, 2];
  const samples = await inTurns(jobs.map(denoServe), hello, rounds, {
    seconds: 1,
  });
  return {
    date: new Date().toISOString(),
    machine: await describeMachine(),
    connections,
    sizes,
    holding,
    parallel: jobs.flatMap((jobs, i) => {
      const sample = samples[i];
      return sample ? [{ jobs, sample }] : [];
    }),
  };
}

async function main(): Promise<void> {
  endWithContenders();
  const { values } = parseArgs({
    options: {
      quick: { type: "boolean", default: false },
      json: { type: "string" },
      svg: { type: "string" },
    },
  });
  const report = await measureScale(values.quick);
  // deno-lint-ignore no-console -- a program's output
  console.log(formatScale(report));
  if (values.json !== undefined) {
    const text = JSON.stringify(report, null, 2);
    await Deno.writeTextFile(values.json, `${text}\n`);
  }
  if (values.svg !== undefined) {
    await Deno.writeTextFile(values.svg, plotScale(report));
  }
}

if (import.meta.main) await main();
