/**
 * The list of mutants that no test is to kill, each with its reason.
 *
 * A place is named by file and by what stands on its line, so the list holds
 * while lines move, and a line that is changed has to be thought about again.
 *
 * @module
 */

import type { Mutant } from "./mutant.ts";

/** A mutant that may survive. */
export interface Explained {
  readonly file: string;
  /** What stands on the line. */
  readonly line: string;
  /** What is changed, as the tool says it. */
  readonly change: string;
  /** Why no test tells it from the program. */
  readonly reason: string;
}

/** The list, as its file has it: places by file, then by line. */
export type SurvivorList = Readonly<
  Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>
>;

/** Tells why a mutant may survive, if the list has it. */
export function reasonFor(
  list: SurvivorList,
  { file, text, change }: Mutant,
): string | undefined {
  return list[file]?.[text]?.[change];
}

/** All that a list has, one after the other. */
export function entriesOf(list: SurvivorList): Explained[] {
  return Object.entries(list).flatMap(([file, lines]) =>
    Object.entries(lines).flatMap(([line, changes]) =>
      Object.entries(changes).map(([change, reason]) => ({
        file,
        line,
        change,
        reason,
      }))
    )
  );
}
