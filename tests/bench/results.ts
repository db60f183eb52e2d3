import type { Row, ScenarioResult } from "../../bench/compare.ts";
import type { Report } from "../../bench/report.ts";

/** A row whose numbers follow from its CPU time. */
export function row(contender: string, cpu: number): Row {
  const sample = { perSecond: 1e6 / cpu, cpu, p99: 1500, errors: 0 };
  return {
    contender,
    summary: { best: sample, median: { ...sample, cpu: cpu + 1 } },
    memory: { rss: 50 * 1048576, peak: 60 * 1048576 },
  };
}

/** A scenario in which ours needs twice the CPU time of the bare handler. */
export const result: ScenarioResult = {
  scenario: "hello",
  title: "13 bytes",
  rows: [row("bare", 10), row("makeServer", 20)],
  missing: [{ contender: "oak", reason: "it <cannot> be had" }],
};

/** A report of that scenario alone. */
export const report: Report = {
  date: "2026-11-20T12:00:00.000Z",
  machine: { processor: "a processor", cores: "2 cores" },
  rounds: 5,
  seconds: 1,
  versions: { bare: "Deno 2", oak: "oak 14" },
  results: [result],
};
