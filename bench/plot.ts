/**
 * Draws the picture `docs/speed.svg`.
 *
 * @module
 */

import { BASELINE } from "./contenders.ts";
import { cpuOf, type Report } from "./report.ts";
import { type Bar, barPanel, type Panel, picture } from "./svg.ts";

const OURS: ReadonlySet<string> = new Set([
  "makeServer",
  "toFetchHandler",
  "toNodeListener",
  "validator",
  "access-log",
]);

/**
 * Draws the number of requests for the same CPU time, by scenario and by
 * contender.
 */
export function plotReport({ results }: Report): string {
  const panels: Panel[] = [];
  const perScenario = results.flatMap(({ scenario }): Bar[] => {
    const value = ratioOf("makeServer", scenario);
    return value ? [{ name: scenario, value, isOurs: true }] : [];
  });
  if (perScenario.length > 0) {
    panels.push(barPanel(
      "makeServer against a bare Deno.serve handler",
      "Requests for the same CPU time (bare handler: 1)",
      perScenario,
    ));
  }
  const [hello] = results;
  const perContender = hello?.rows.flatMap(({ contender }): Bar[] => {
    const value = ratioOf(contender, hello.scenario);
    return value
      ? [{ name: contender, value, isOurs: OURS.has(contender) }]
      : [];
  }) ?? [];
  if (hello && perContender.length > 0) {
    panels.push(barPanel(
      `Everyone: ${hello.title}`,
      "Requests for the same CPU time (bare handler: 1)",
      perContender.toSorted((a, b) => b.value - a.value),
    ));
  }
  return picture("Requests for the same CPU time", panels);

  function ratioOf(contender: string, scenario: string): number | undefined {
    const base = cpuOf(results, scenario, BASELINE);
    const cpu = cpuOf(results, scenario, contender);
    return base && cpu && base / cpu;
  }
}
