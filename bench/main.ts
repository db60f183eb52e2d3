/**
 * Compares this package with the bare handler and with others.
 *
 * ```sh
 * deno task bench [--quick] [--scenario=A,B] [--contender=C,D]
 *                 [--rounds=N] [--seconds=N] [--json=FILE] [--svg=FILE]
 * ```
 *
 * Each contender runs in its own process. For each scenario, the contenders are
 * started, their responses are checked, they are warmed up, and then they take
 * turns. The default is all contenders with five rounds of one second, which
 * takes at most 15 minutes. `--quick` only measures `makeServer` and the bare
 * handler, in one minute. A wrong response ends the run. If the environment
 * contains `BENCH_VERBOSE`, the stderr of the contenders is shown.
 *
 * It needs Linux and Debian's package `wrk`.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { UsageError } from "../cli/parsed_arguments.ts";
import { compare, type ScenarioResult } from "./compare.ts";
import { BASELINE, type Contender, contendersWith } from "./contenders.ts";
import { FILE_SIZE } from "./contenders/payload.mjs";
import { describeMachine } from "./machine.ts";
import { plotReport } from "./plot.ts";
import { formatReport, type Report } from "./report.ts";
import { type Scenario, SCENARIOS } from "./scenarios.ts";
import { endWithContenders } from "./serving.ts";
import { hasWrk } from "./wrk.ts";

/** The selection of the command line. */
export interface Plan {
  readonly rounds: number;
  readonly seconds: number;
  readonly json?: string | undefined;
  readonly svg?: string | undefined;
  /** Returns whether a contender runs in a scenario. */
  readonly includes: (contender: string, scenario: string) => boolean;
}

/**
 * Parses the command line.
 *
 * @param args The arguments.
 * @param contenders The names of all contenders.
 * @param scenarios The names of all scenarios.
 * @throws {TypeError} If an option or a name is unknown, or a number is
 * invalid.
 */
export function planOf(
  args: readonly string[],
  contenders: readonly string[],
  scenarios: readonly string[],
): Plan {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: "boolean", default: false },
      scenario: { type: "string" },
      contender: { type: "string" },
      rounds: { type: "string" },
      seconds: { type: "string" },
      json: { type: "string" },
      svg: { type: "string" },
    },
  });
  const { quick } = values;
  const wantedContenders = namesOf(
    values.contender ?? (quick ? `${BASELINE},makeServer` : undefined),
    contenders,
    "contender",
  );
  const wantedScenarios = namesOf(values.scenario, scenarios, "scenario");
  return {
    rounds: countOf(values.rounds ?? (quick ? "2" : "5"), "rounds"),
    seconds: countOf(values.seconds ?? "1", "seconds"),
    json: values.json,
    svg: values.svg,
    includes: (contender, scenario) =>
      wantedContenders.has(contender) && wantedScenarios.has(scenario),
  };
}

function namesOf(
  list: string | undefined,
  known: readonly string[],
  what: string,
): Set<string> {
  const names = list?.split(",") ?? known;
  for (const name of names) {
    if (known.includes(name)) continue;
    throw new TypeError(
      `Cannot measure: ${what} must be one of ${known.join(", ")}, ` +
        `got "${name}"`,
    );
  }
  return new Set(names);
}

function countOf(text: string, what: string): number {
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text);
  throw new TypeError(
    `Cannot measure: ${what} must be a number from 1 to 999, got "${text}"`,
  );
}

async function missingOf(
  contenders: readonly Contender[],
): Promise<Map<string, string>> {
  const missing = new Map<string, string>();
  for (const { id, missing: ask } of contenders) {
    const reason = await ask();
    if (reason !== "") missing.set(id, reason);
  }
  return missing;
}

async function versionsOf(
  contenders: readonly Contender[],
): Promise<Record<string, string>> {
  const versions: Record<string, string> = {};
  for (const { id, version } of contenders) {
    if (version) versions[id] = await version();
  }
  return versions;
}

/** Runs the measurements of a plan. */
async function run(
  plan: Plan,
  contenders: readonly Contender[],
  file: string,
): Promise<Report> {
  const taking = contenders.filter(({ id }) =>
    SCENARIOS.some((scenario) => plan.includes(id, scenario.id))
  );
  const missing = await missingOf(taking);
  const { rounds, seconds } = plan;
  const results: ScenarioResult[] = [];
  for (const scenario of SCENARIOS) {
    const wanted = taking.filter(({ id }) => plan.includes(id, scenario.id));
    if (wanted.length === 0) continue;
    results.push(await measureScenario(scenario, wanted));
  }
  return {
    date: new Date().toISOString(),
    machine: await describeMachine(),
    rounds,
    seconds,
    versions: await versionsOf(taking.filter(({ id }) => !missing.has(id))),
    results,
  };

  function measureScenario(
    scenario: Scenario,
    wanted: readonly Contender[],
  ): Promise<ScenarioResult> {
    const options = { rounds, seconds, file, missing, progress: note };
    return compare(scenario, wanted, options);
  }
}

function note(line: string): void {
  // deno-lint-ignore no-console -- a program's progress
  console.error(line);
}

/** Parses the command line, and throws a `UsageError` if it is wrong. */
function planOrUsage(contenders: readonly Contender[]): Plan {
  try {
    return planOf(
      Deno.args,
      contenders.map(({ id }) => id),
      SCENARIOS.map(({ id }) => id),
    );
  } catch (error) {
    throw new UsageError(
      error instanceof Error ? error.message : String(error),
      "The options are --quick, --scenario, --contender, --rounds, --seconds, --json and --svg",
    );
  }
}

async function main(): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "wsgiref_bench_" });
  endWithContenders(() => Deno.removeSync(folder, { recursive: true }));
  try {
    const contenders = contendersWith(folder);
    const plan = planOrUsage(contenders);
    if (!await hasWrk()) {
      throw new UsageError("Cannot measure: wrk is missing", "Install wrk");
    }
    const file = `${folder}/file`;
    await Deno.writeFile(file, new Uint8Array(FILE_SIZE).fill(120));
    const report = await run(plan, contenders, file);
    // deno-lint-ignore no-console -- a program's output
    console.log(formatReport(report));
    if (plan.json !== undefined) {
      await Deno.writeTextFile(
        plan.json,
        JSON.stringify(report, null, 2) + "\n",
      );
    }
    if (plan.svg !== undefined) {
      await Deno.writeTextFile(plan.svg, plotReport(report));
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    // deno-lint-ignore no-console -- a program's error output
    console.error(`error: ${error.message}\nhint: ${error.hint}`);
    Deno.exitCode = 2;
  }
}
