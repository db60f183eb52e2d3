/**
 * What this project wants to reach, as data.
 *
 * @module
 */

import { BASELINE } from "./contenders.ts";
import type { ScenarioResult } from "./compare.ts";

/**
 * A goal: how much of the work of another contender ours does with the same CPU
 * time. 1 is as much; above 1 ours is cheaper.
 */
export interface Goal {
  readonly scenario: string;
  readonly ours: string;
  readonly against: string;
  readonly least: number;
}

/** What became of a goal. */
export interface GoalResult extends Goal {
  /** CPU time per request of the other, divided by that of ours. */
  readonly ratio: number;
  readonly reached: boolean;
}

function bare(scenario: string, least: number): Goal {
  return { scenario, ours: "makeServer", against: BASELINE, least };
}

function hello(ours: string, against: string, least: number): Goal {
  return { scenario: "hello", ours, against, least };
}

/** The goals. */
export const GOALS: readonly Goal[] = [
  bare("hello", 1),
  bare("browser", 0.95),
  bare("headers", 0.95),
  bare("echo", 0.95),
  bare("stream", 0.95),
  bare("async", 0.9),
  bare("file", 0.98),
  hello("validator", "makeServer", 0.65),
  hello("makeServer", "express", 3),
  hello("makeServer", "gunicorn", 5),
  hello("makeServer", "wsgiref", 15),
];

/** Whether a goal needs this contender in this scenario. */
export function isForGoals(contender: string, scenario: string): boolean {
  return GOALS.some((goal) =>
    goal.scenario === scenario &&
    (goal.ours === contender || goal.against === contender)
  );
}

/**
 * Holds results against the goals. A goal whose contenders or scenario were not
 * measured is left out.
 */
export function judge(
  results: readonly ScenarioResult[],
  goals: readonly Goal[] = GOALS,
): GoalResult[] {
  return goals.flatMap((goal) => {
    const ours = cpuOf(results, goal.scenario, goal.ours);
    const theirs = cpuOf(results, goal.scenario, goal.against);
    if (ours === undefined || theirs === undefined) return [];
    const ratio = theirs / ours;
    return [{ ...goal, ratio, reached: ratio >= goal.least }];
  });
}

/** The best CPU time per request, if it was measured. */
export function cpuOf(
  results: readonly ScenarioResult[],
  scenario: string,
  contender: string,
): number | undefined {
  return results.find((result) => result.scenario === scenario)
    ?.rows.find((row) => row.contender === contender)?.summary.best.cpu;
}
