/**
 * Draws the picture of the scaling.
 *
 * @module
 */

import type { ScaleReport } from "./scale_report.ts";
import { formatBytes, formatShort } from "./scale_report.ts";
import { linePanel, picture } from "./svg.ts";

/**
 * Draws the throughput over the connections and over the size of the response.
 */
export function plotScale({ connections, sizes }: ScaleReport): string {
  return picture("How it scales", [
    linePanel(
      "13 bytes, from 1 to 1,000 connections",
      "Requests per second",
      connections.map(({ contender, points }) => ({
        name: contender,
        points: points.map(({ at, sample }) => [at, sample.perSecond] as const),
        isOurs: contender === "makeServer",
      })),
      { x: String, y: formatShort },
    ),
    linePanel(
      "Responses from 1 KiB to 100 MiB",
      "MiB per second, 8 connections; over 64 KiB from a generator",
      sizes.map(({ contender, points }) => ({
        name: contender,
        points: points.map(({ at, sample }) =>
          [at, sample.perSecond * at / 1048576] as const
        ),
        isOurs: contender === "makeServer",
      })),
      { x: formatBytes, y: formatShort },
    ),
  ]);
}
