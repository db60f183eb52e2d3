/**
 * Tries mutants: which tests may kill each, and whether one does.
 *
 * @module
 */

import type { Mutant, Verdict } from "./mutant.ts";
import { type ProcessOptions, runJob } from "./process.ts";
import type { Message, TestRecord, Trial } from "./protocol.ts";

/** A test and the mutants whose places it comes to. */
export interface ReachingTest extends Omit<TestRecord, "reached"> {
  readonly reached: ReadonlySet<number>;
}

/** The places of some mutants. */
type Places = Pick<ReadonlySet<number>, "has">;

/** What the tests reach on the program as it is. */
export interface Recording {
  /** The tests that passed, the quick ones first. */
  readonly records: readonly ReachingTest[];
  /** The tests that did not pass when run this way: they can tell nothing. */
  readonly useless: readonly string[];
  /** The mutants whose places are passed while modules load. */
  readonly atLoad: Places;
}

/** What came of the trials. */
export interface Outcome {
  readonly mutant: Mutant;
  readonly verdict: Verdict;
  /** The test that failed. */
  readonly killer?: string | undefined;
}

/** How many mutants a process gets at a time. */
const BATCH = 60;

/**
 * Runs the tests on the program as it is.
 *
 * @param files The addresses of the test files.
 * @param options How to start processes.
 * @returns What each test reaches.
 * @throws {Error} If the process did not come to its end.
 */
export async function recordTests(
  files: readonly string[],
  options: ProcessOptions,
): Promise<Recording> {
  const useless: string[] = [];
  let recorded: Message & { kind: "recorded" } | undefined;
  await runJob({ kind: "record", files }, options, (message) => {
    if (message.kind === "useless") useless.push(message.name);
    if (message.kind === "recorded") recorded = message;
  });
  if (recorded === undefined) {
    throw new Error(
      "Cannot try mutants: the tests do not come to their end as they are",
    );
  }
  const records = recorded.records
    .map((record) => ({ ...record, reached: new Set(record.reached) }))
    .toSorted((a, b) => a.duration - b.duration);
  return { records, useless, atLoad: new Set(recorded.atLoad) };
}

/** The tests that come to the place of a mutant, as many as it may have. */
function trialOf(
  id: number,
  { records, atLoad }: Recording,
  budget: number,
): Trial {
  let left = budget;
  const tests = records
    .filter(({ reached }) => atLoad.has(id) || reached.has(id))
    .filter(({ duration }, rank) => (left -= duration) > 0 || rank === 0)
    .map(({ index, duration }) => ({ index, duration }));
  return { id, tests };
}

/** A queue of mutants that some processes work on. */
class Trials {
  readonly #outcomes = new Map<number, string | undefined>();
  readonly #queue: { trials: Trial[]; atLoad?: number }[] = [];

  constructor(
    readonly files: readonly string[],
    readonly options: ProcessOptions,
    readonly onDone: (id: number, killer: string | undefined) => void,
  ) {}

  add(trials: readonly Trial[], atLoad: Places): void {
    const late = trials.filter(({ id }) => !atLoad.has(id));
    for (let i = 0; i < late.length; i += BATCH) {
      this.#queue.push({ trials: late.slice(i, i + BATCH) });
    }
    for (const trial of trials) {
      if (!atLoad.has(trial.id)) continue;
      this.#queue.push({ trials: [trial], atLoad: trial.id });
    }
  }

  /** Works until nothing is left. */
  async work(): Promise<void> {
    for (let batch; (batch = this.#queue.shift()) !== undefined;) {
      await this.#run(batch.trials, batch.atLoad);
    }
  }

  killerOf(id: number): string | undefined {
    return this.#outcomes.get(id);
  }

  async #run(trials: readonly Trial[], atLoad?: number): Promise<void> {
    const left = new Map(trials.map((trial) => [trial.id, trial]));
    while (left.size > 0) {
      const before = left.size;
      await runJob(
        {
          kind: "try",
          files: this.files,
          mutants: [...left.values()],
          ...(atLoad === undefined ? {} : { atLoad }),
        },
        this.options,
        (message) => {
          if (message.kind !== "done") return;
          this.#settle(message.id, message.killer);
          left.delete(message.id);
        },
      );
      // Nothing came of the first, in a process of its own: the mutant has
      // stopped the process, or the process was stopped.
      const [first] = left.keys();
      if (first === undefined || left.size < before) continue;
      this.#settle(first, "the process did not come to its end");
      left.delete(first);
    }
  }

  #settle(id: number, killer: string | undefined): void {
    this.#outcomes.set(id, killer);
    this.onDone(id, killer);
  }
}

/**
 * What is worked out once and kept is reached by few tests only, and may have
 * been kept from before.
 */
const FEW = 2;

/** Every place, as if each were passed while modules load. */
const EVERYWHERE: Places = { has: () => true };

/**
 * Tries mutants.
 *
 * @param mutants The mutants.
 * @param files The addresses of the test files.
 * @param recording What the tests reach.
 * @param options How to start processes, how many at a time, how many
 * milliseconds of tests a mutant gets, and what is told of each that is done.
 * @returns What came of each, in their order.
 */
export async function tryMutants(
  mutants: readonly Mutant[],
  files: readonly string[],
  recording: Recording,
  options: ProcessOptions & {
    jobs: number;
    budget: number;
    onDone: (id: number, killer: string | undefined) => void;
  },
): Promise<Outcome[]> {
  const { budget, jobs } = options;
  const all = mutants.map(({ id }) => trialOf(id, recording, budget));
  const reached = all.filter(({ tests }) => tests.length > 0);
  const trials = new Trials(files, options, options.onDone);
  const work = () =>
    Promise.all(Array.from({ length: jobs }, () => trials.work()));
  trials.add(reached, recording.atLoad);
  await work();
  const once = reached.filter(({ id, tests }) =>
    tests.length <= FEW && trials.killerOf(id) === undefined
  );
  // All tests, in a process that has never been another program.
  const everything = trialOf(-1, { ...recording, atLoad: EVERYWHERE }, budget);
  trials.add(
    once.map((trial) => ({ ...everything, id: trial.id })),
    EVERYWHERE,
  );
  await work();
  const ids = new Set(reached.map(({ id }) => id));
  return mutants.map((mutant) => {
    if (!ids.has(mutant.id)) return { mutant, verdict: "not reached" };
    const killer = trials.killerOf(mutant.id);
    const verdict = killer === undefined ? "survived" : "killed";
    return { mutant, verdict, killer };
  });
}
