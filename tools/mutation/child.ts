/**
 * The process that runs tests on mutants. Its argument is a file with a
 * {@linkcode Job}; what it finds out it writes to stdout, a line for each
 * {@linkcode Message}. The tests may write there too: their lines are not
 * marked.
 *
 * @module
 */

import { MUTANT_VARIABLE, RECORD_VARIABLE } from "./prologue.ts";
import { catchStrayErrors, collectTests, runTest } from "./harness.ts";
import {
  type Job,
  MARK,
  type Message,
  type TestRecord,
  type Trial,
} from "./protocol.ts";

const encoder = new TextEncoder();

function send(message: Message): void {
  Deno.stdout.writeSync(
    encoder.encode(`\n${MARK}${JSON.stringify(message)}\n`),
  );
}

const scope: { __mutant?: (id: number) => boolean } = globalThis as never;

function become(mutant: number | undefined): void {
  scope.__mutant = (id) => id === mutant;
  // For the programs that a test starts.
  Deno.env.set(MUTANT_VARIABLE, `${mutant}`);
}

/** The places that programs have come to since it was last asked. */
async function takePlaces(file: string): Promise<number[]> {
  const lines = (await Deno.readTextFile(file)).split("\n");
  await Deno.writeTextFile(file, "");
  return lines.filter((line) => line !== "").map(Number);
}

/** Runs all tests on the program as it is, and notes what each reaches. */
async function record(files: readonly string[]): Promise<void> {
  let reached = new Set<number>();
  scope.__mutant = (id) => {
    reached.add(id);
    return false;
  };
  const places = await Deno.makeTempFile({ prefix: "mutation_places_" });
  Deno.env.set(RECORD_VARIABLE, places);
  const tests = await collectTests(files);
  const atLoad = [...reached];
  const records: TestRecord[] = [];
  for (const [index, test] of tests.entries()) {
    send({ kind: "test", limit: 60_000 });
    reached = new Set();
    const start = performance.now();
    const ending = await runTest(test, 50_000);
    const duration = performance.now() - start;
    for (const id of await takePlaces(places)) reached.add(id);
    if (ending === "passed") {
      records.push({ index, name: test.name, duration, reached: [...reached] });
    } else send({ kind: "useless", name: test.name });
  }
  await Deno.remove(places);
  send({ kind: "recorded", atLoad, records });
}

/** How many of the latest killers are tried first. */
const RECENT = 30;

/**
 * The tests of a mutant, those first that have killed its neighbours: what is
 * wrong beside a place is mostly found by the same test.
 */
function inOrder(
  { tests }: Trial,
  killers: readonly number[],
): Trial["tests"] {
  const first = killers.flatMap((killer) =>
    tests.filter(({ index }) => index === killer)
  );
  return [...first, ...tests.filter((test) => !first.includes(test))];
}

async function tryMutants(job: Job & { kind: "try" }): Promise<void> {
  // What is worked out while modules load needs a process of its own.
  become(job.atLoad);
  const tests = await collectTests(job.files);
  let killers: readonly number[] = [];
  for (const trial of job.mutants) {
    const { id } = trial;
    let killer: string | undefined;
    for (const { index, duration } of inOrder(trial, killers)) {
      const test = tests[index];
      if (test === undefined) throw new Error(`no test ${index}`);
      const limit = 2000 + 10 * duration;
      send({ kind: "test", limit: limit + 1000 });
      become(id);
      const ending = await runTest(test, limit);
      if (ending === "passed") continue;
      killer = test.name;
      killers = [index, ...killers.filter((other) => other !== index)]
        .slice(0, RECENT);
      if (ending === "failed" && job.atLoad === undefined) {
        become(undefined);
        // Was it the mutant, or what an earlier one has left behind?
        if (await runTest(test, limit) === "passed") break;
        send({ kind: "unclear", id });
        Deno.exit();
      }
      send({ kind: "done", id, killer });
      // Whatever hangs would go on in the time of the next.
      Deno.exit();
    }
    send({ kind: "done", id, killer });
  }
}

if (import.meta.main) {
  const job: Job = JSON.parse(await Deno.readTextFile(Deno.args[0] ?? ""));
  catchStrayErrors();
  send({ kind: "ready" });
  await (job.kind === "record" ? record(job.files) : tryMutants(job));
  Deno.exit();
}
