/**
 * Compares contenders in each scenario.
 *
 * @module
 */

import type { Contender } from "./contenders.ts";
import { measure, type Sample, summarize, type Summary } from "./measure.ts";
import { type Memory, memoryOf } from "./proc.ts";
import type { Scenario } from "./scenarios.ts";
import { Serving } from "./serving.ts";

/** One contender in one scenario. */
export interface Row {
  readonly contender: string;
  readonly summary: Summary;
  readonly memory: Memory;
}

/** One scenario. */
export interface ScenarioResult {
  readonly scenario: string;
  readonly title: string;
  readonly rows: readonly Row[];
  /** The contenders that were left out, and the reasons. */
  readonly missing: readonly { contender: string; reason: string }[];
}

/** The settings of a measurement. */
export interface CompareOptions {
  /** The number of turns of each contender, 1 or more. */
  readonly rounds: number;
  /** The length of a turn, in whole seconds. */
  readonly seconds: number;
  /** The file that the scenario `file` sends. */
  readonly file: string;
  /** The reasons why contenders cannot run on this machine, by their names. */
  readonly missing: ReadonlyMap<string, string>;
  /** Receives messages about the progress. */
  readonly progress: (line: string) => void;
}

/**
 * Measures one scenario: starts all contenders, checks their responses, warms
 * them up, and then lets them take turns.
 *
 * @throws {Error} If the response of a contender is wrong.
 */
export async function compare(
  scenario: Scenario,
  contenders: readonly Contender[],
  { rounds, seconds, file, missing, progress }: CompareOptions,
): Promise<ScenarioResult> {
  const { id, title } = scenario;
  const absent: { contender: string; reason: string }[] = [];
  await using servings = new AsyncDisposableStack();
  const runners: { contender: string; serving: Serving; samples: Sample[] }[] =
    [];
  for (const contender of contenders) {
    if (contender.only && !contender.only.includes(scenario.id)) continue;
    const reason = contender.cannot?.[scenario.id] ?? missing.get(contender.id);
    if (reason) {
      absent.push({ contender: contender.id, reason });
      continue;
    }
    const serving = servings.use(
      await Serving.start(contender, scenario, file),
    );
    const wrong = await serving.wrongAnswer(scenario);
    if (wrong !== "") {
      throw new Error(`${contender.id} is wrong in ${scenario.id}: ${wrong}`);
    }
    await measureOne(contender.id, serving, 1);
    runners.push({ contender: contender.id, serving, samples: [] });
  }
  for (let round = 1; round <= rounds; round++) {
    progress(`${scenario.id}: round ${round} of ${rounds}`);
    // Back and forth, so that no contender always follows the same one.
    const turns = round % 2 === 1 ? runners : runners.toReversed();
    for (const { contender, serving, samples } of turns) {
      samples.push(await measureOne(contender, serving, seconds));
    }
  }
  const rows: Row[] = [];
  for (const { contender, serving, samples } of runners) {
    const memory = await memoryOf(serving.pid);
    rows.push({ contender, summary: summarize(samples), memory });
  }
  return { scenario: id, title, rows, missing: absent };

  async function measureOne(
    contender: string,
    serving: Serving,
    seconds: number,
  ): Promise<Sample> {
    try {
      return await measure(serving, scenario, { seconds });
    } catch (cause) {
      throw new Error(`Cannot measure ${contender} in ${id}`, { cause });
    }
  }
}
