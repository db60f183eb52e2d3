/**
 * The results of the scaling, as data and as text.
 *
 * @module
 */

import type { Sample } from "./measure.ts";
import { alignTable, formatNumber } from "./report.ts";

/** The results of a contender along a scale. */
export interface Curve {
  readonly contender: string;
  readonly points: readonly { readonly at: number; readonly sample: Sample }[];
}

/** The memory of a contender for each connection, in bytes. */
export interface Holding {
  readonly contender: string;
  readonly perIdleConnection: number;
  readonly perOpenStream: number;
}

/** All results, which are also saved as JSON. */
export interface ScaleReport {
  readonly date: string;
  readonly machine: Readonly<Record<string, string>>;
  /** The throughput by the number of connections. */
  readonly connections: readonly Curve[];
  /** The throughput by the size of the response in bytes. */
  readonly sizes: readonly Curve[];
  readonly holding: readonly Holding[];
  /** `deno serve` in one process and with `--parallel`. */
  readonly parallel: readonly { readonly jobs: number; sample: Sample }[];
}

const UNITS = ["B", "KiB", "MiB", "GiB"];

/** Formats a size in the largest suitable unit. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${Number(value.toFixed(1))} ${UNITS[unit]}`;
}

/** Formats a number for an axis: `1200` as `1.2k`. */
export function formatShort(value: number): string {
  return value < 1000
    ? String(Math.round(value))
    : `${Number((value / 1000).toFixed(1))}k`;
}

function formatCurves(
  head: string,
  curves: readonly Curve[],
  name: (at: number) => string,
  value: (at: number, sample: Sample) => number,
): string {
  const rows = curves[0]?.points.map(({ at }, i) => [
    name(at),
    ...curves.flatMap(({ points }) => {
      const sample = points[i]?.sample;
      return sample
        ? [formatNumber(value(at, sample)), formatNumber(sample.cpu)]
        : ["-", "-"];
    }),
  ]) ?? [];
  const names = curves.flatMap(({ contender }) => [contender, "CPU µs"]);
  return alignTable([[head, ...names], ...rows]);
}

/** Formats a report as text. */
export function formatScale(report: ScaleReport): string {
  const { machine, connections, sizes, holding, parallel } = report;
  return [
    Object.values(machine).join(", "),
    "Requests per second by connections:\n" +
    formatCurves("connections", connections, String, (_, s) => s.perSecond),
    "MiB per second by the size of the response:\n" +
    formatCurves(
      "size",
      sizes,
      formatBytes,
      (at, sample) => sample.perSecond * at / 1048576,
    ),
    "Memory:\n" + alignTable([
      ["contender", "an idle connection", "an open stream"],
      ...holding.map(({ contender, perIdleConnection, perOpenStream }) => [
        contender,
        formatBytes(perIdleConnection),
        formatBytes(perOpenStream),
      ]),
    ]),
    "deno serve:\n" + alignTable([
      ["processes", "requests/s", "CPU µs"],
      ...parallel.map(({ jobs, sample }) => [
        String(jobs),
        formatNumber(sample.perSecond),
        formatNumber(sample.cpu),
      ]),
    ]),
  ].join("\n\n");
}
