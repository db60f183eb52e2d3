/**
 * What a run says.
 *
 * @module
 */

import type { Outcome } from "./trials.ts";

/** A mutant that no test finds, and why that may be. */
export interface Survivor extends Outcome {
  /** What the list of survivors says; `undefined` if it has no such line. */
  readonly reason: string | undefined;
}

/**
 * Makes the table of files.
 *
 * @param outcomes What came of the mutants.
 * @param survivors Those that no test finds.
 * @returns A line for each file and one for all, with: mutants, killed,
 * survivors with a reason, survivors without.
 */
export function formatTable(
  outcomes: readonly Outcome[],
  survivors: readonly Survivor[],
): string {
  const files = [...new Set(outcomes.map(({ mutant }) => mutant.file))];
  const row = (name: string, isOf: (file: string) => boolean) => {
    const here = outcomes.filter(({ mutant }) => isOf(mutant.file));
    const alive = survivors.filter(({ mutant }) => isOf(mutant.file));
    const explained = alive.filter(({ reason }) => reason !== undefined);
    return [
      name,
      here.length,
      here.length - alive.length,
      explained.length,
      alive.length - explained.length,
    ];
  };
  const rows = [
    ["file", "mutants", "killed", "explained", "survivors"],
    ...files.map((file) => row(file, (other) => other === file)),
    row("all", () => true),
  ];
  const width = Math.max(...rows.map(([name]) => `${name}`.length));
  return rows.map(([name, ...cells]) =>
    `${name}`.padEnd(width) +
    cells.map((cell) => `${cell}`.padStart(11)).join("")
  ).join("\n");
}

/**
 * Tells of a survivor.
 *
 * @param survivor The mutant.
 * @returns Its place, the line, and what is changed.
 */
export function formatSurvivor({ mutant, verdict }: Survivor): string {
  const { file, line, text, change } = mutant;
  return `${file}:${line} (${verdict})\n    ${text}\n    ${change}`;
}
