/**
 * Formats results as text.
 *
 * @module
 */

import type { Row, ScenarioResult } from "./compare.ts";
import { BASELINE } from "./contenders.ts";

/** All results of one run, which are also saved as JSON. */
export interface Report {
  /** The time of the run, as an ISO date. */
  readonly date: string;
  readonly machine: Readonly<Record<string, string>>;
  /** The settings of the measurement. */
  readonly rounds: number;
  readonly seconds: number;
  /** The versions of the contenders. */
  readonly versions: Readonly<Record<string, string>>;
  readonly results: readonly ScenarioResult[];
}

const COLUMNS = [
  "contender",
  "requests/s",
  "median",
  "ratio",
  "CPU µs",
  "median",
  "ratio",
  "p99 ms",
  "MiB",
  "peak",
  "ratio",
  "errors",
];

/** Aligns cells in columns, the first column left and the others right. */
export function alignTable(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, cell.length);
    });
  }
  return rows.map((row) =>
    row.map((cell, i) =>
      i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)
    ).join("  ").trimEnd()
  ).join("\n");
}

/**
 * Formats a number with a suitable number of digits and thousands separators.
 */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return "-";
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return value.toLocaleString("en", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

function ratio(value: number, base: number | undefined): string {
  return base === undefined ? "-" : (value / base).toFixed(2);
}

function cellsOf(row: Row, base: Row | undefined): string[] {
  const { best, median } = row.summary;
  const cpu = base?.summary.best.cpu;
  const mebibytes = (bytes: number): string => formatNumber(bytes / 1048576);
  return [
    row.contender,
    formatNumber(best.perSecond),
    formatNumber(median.perSecond),
    ratio(best.perSecond, base?.summary.best.perSecond),
    formatNumber(best.cpu),
    formatNumber(median.cpu),
    // Inverted, so that more is better in every ratio except memory.
    cpu === undefined ? "-" : ratio(cpu, best.cpu),
    formatNumber(best.p99 / 1000),
    mebibytes(row.memory.rss),
    mebibytes(row.memory.peak),
    ratio(row.memory.rss, base?.memory.rss),
    String(median.errors),
  ];
}

/**
 * Formats a scenario as a table, with the reasons why contenders are missing.
 */
export function formatResult(result: ScenarioResult): string {
  const base = result.rows.find(({ contender }) => contender === BASELINE);
  const table = alignTable([
    COLUMNS,
    ...result.rows.map((row) => cellsOf(row, base)),
  ]);
  const missing = result.missing.map(({ contender, reason }) =>
    `${contender}: left out (${reason})`
  );
  return [`${result.scenario}: ${result.title}`, table, ...missing].join("\n");
}

/** Returns the best CPU time per request, if it was measured. */
export function cpuOf(
  results: readonly ScenarioResult[],
  scenario: string,
  contender: string,
): number | undefined {
  return results.find((result) => result.scenario === scenario)
    ?.rows.find((row) => row.contender === contender)?.summary.best.cpu;
}

/** Formats a report as text. */
export function formatReport(report: Report): string {
  const { machine, rounds, seconds, versions, results } = report;
  return [
    `${Object.values(machine).join(", ")}; best of ${rounds} rounds of ` +
    `${seconds} s; ratios to ${BASELINE}, above 1 is better (memory: below)`,
    ...results.map(formatResult),
    Object.entries(versions).map((pair) => pair.join(": ")).join("\n"),
  ].filter((part) => part !== "").join("\n\n");
}
