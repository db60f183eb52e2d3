/**
 * Runs the shared set under this validator and under those of Python that are
 * installed, and writes `docs/validators.md`.
 *
 * ```sh
 * deno task validators
 * ```
 *
 * The page is also where the results are kept: the column of a validator that
 * is not installed here stays as it is.
 *
 * @module
 */

import {
  type Application,
  ConformanceError,
  type Environ,
  validator,
  type Violation,
} from "../../mod.ts";
import { runApplication, type Transport } from "../../gateway/mod.ts";
import config from "../../deno.json" with { type: "json" };
import {
  createEnviron,
  helloApp,
  type Scenario,
} from "../../tests/validator/scenario.ts";
import { formatMarkdown, markdownTable } from "../format_markdown.ts";
import { type Case, CASES } from "./cases.ts";

/** Where the results are. */
export const PAGE: URL = new URL("../../docs/validators.md", import.meta.url);

/** The columns of the page. */
const NAMES = ["@wsgi/ref", "wsgiref", "webtest", "werkzeug"] as const;

/**
 * What a validator reports of a program: it fails with an error of its own, it
 * warns, it fails by accident, or it reports nothing.
 */
export type Outcome = "error" | "warning" | "crash" | "-";

/** The version of a validator, and its outcomes by the id of the case. */
export interface Results {
  readonly version: string;
  readonly outcomes: Readonly<Record<string, Outcome>>;
}

/** The results of several validators, by their name. */
export type AllResults = Readonly<Record<string, Results>>;

const TRANSPORT: Transport = {
  sendHead: () => {},
  write: () => {},
  end: () => {},
  abort: () => {},
};

/** Makes a layer around an application; without it, one is run as it is. */
type Wrap = (app: unknown, name?: string) => Application;

/** Runs a program; returns what failed in it. */
async function run(program: Scenario, wrap: Wrap): Promise<unknown[]> {
  const failures: unknown[] = [];
  const fail = (error: unknown): void => void failures.push(error);
  const serve = async (app: Application, environ: Environ): Promise<void> =>
    await runApplication(app, environ, TRANSPORT, { onError: fail });
  const { middleware, server = serve } = program;
  try {
    if (program.validate !== undefined) {
      await program.validate(wrap);
      return failures;
    }
    let app = wrap(program.app ?? helloApp);
    if (middleware !== undefined) app = wrap(middleware(app), "outer");
    const environ = createEnviron(program.input);
    await server(app, program.environ?.(environ) ?? environ);
  } catch (error) {
    fail(error);
  }
  return failures;
}

function isFinding(error: unknown): error is ConformanceError {
  return error instanceof ConformanceError;
}

/** Whether a program fails by accident, and would not without a validator. */
async function hasCrashed(
  program: Scenario,
  failures: readonly unknown[],
): Promise<boolean> {
  const accident = failures.some((error) => !isFinding(error));
  if (!accident || program.validate !== undefined) return accident;
  return (await run(program, (app) => app as Application)).length === 0;
}

/** Asks this validator about a program: the outcome, and the broken rules. */
export async function judge(
  program: Scenario,
): Promise<{ outcome: Outcome; rules: readonly string[] }> {
  const found: Violation[] = [];
  const onViolation = (violation: Violation): void =>
    void found.push(violation);
  const failures = await run(
    program,
    (app, name) => validator(app as Application, { name, onViolation }),
  );
  // assertFinished() throws without a call of onViolation.
  found.push(...failures.filter(isFinding).map((error) => error.violation));
  const rules = [...new Set(found.map(({ rule }) => rule))];
  if (found.some(({ severity }) => severity === "error")) {
    return { outcome: "error", rules };
  }
  if (found.length > 0) return { outcome: "warning", rules };
  const crashed = await hasCrashed(program, failures);
  return { outcome: crashed ? "crash" : "-", rules };
}

/** Asks this validator about the whole set. */
export async function judgeAll(): Promise<AllResults> {
  const outcomes: Record<string, Outcome> = {};
  for (const program of CASES) {
    outcomes[program.id] = (await judge(program)).outcome;
  }
  return { "@wsgi/ref": { version: config.version, outcomes } };
}

/** Asks those validators of Python that are installed, Debian's first. */
export async function judgeInPython(): Promise<AllResults> {
  let all: AllResults = {};
  for (const python of ["/usr/bin/python3", "python3"]) {
    if (Object.keys(all).length === 3) break;
    try {
      const { success, stdout } = await new Deno.Command(python, {
        args: ["-B", new URL("run_python.py", import.meta.url).pathname],
        stdin: "null",
        stderr: "inherit",
      }).output();
      if (!success) continue;
      const results = JSON.parse(new TextDecoder().decode(stdout));
      all = { ...results, ...all };
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return all;
}

function cellsOf(line: string): string[] {
  return line.split(/(?<!\\)\|/).slice(1, -1).map((cell) =>
    cell.trim().replaceAll("\\|", "|")
  );
}

function readPage(page: string): AllResults {
  const rows = page.split("\n").filter((line) => line[0] === "|").map(cellsOf);
  const all: Record<string, Results> = {};
  for (const [index, head] of (rows[0] ?? []).entries()) {
    const [name = "", version = ""] = head.split(" ");
    if (!NAMES.some((known) => known === name)) continue;
    const outcomes = CASES.map(({ id, title }) => {
      const row = rows.find(([first]) => first === title);
      return [id, (row?.[index] ?? "-").replace("–", "-")] as const;
    });
    const entries = Object.fromEntries(outcomes) as Results["outcomes"];
    all[name] = { version, outcomes: entries };
  }
  return all;
}

/** Counts what a validator reports of some programs, accidents apart. */
function sum({ outcomes }: Results, cases: readonly Case[]): string {
  const found = cases.map(({ id }) => outcomes[id]);
  const meant = found.filter((one) => one === "error" || one === "warning");
  const crashes = found.filter((outcome) => outcome === "crash").length;
  const accidents = crashes === 0 ? "" : ` and ${crashes} by accident`;
  return `**${meant.length}**${accidents}`;
}

function table(name: string, cases: readonly Case[], all: AllResults): string {
  const columns = NAMES.flatMap((name) => all[name] ?? []);
  const versions = NAMES.filter((name) => name in all)
    .map((name) => `${name} ${all[name]?.version}`);
  const rows = [
    [name, "rule", ...versions],
    ...cases.map(({ id, title, rule }) => [
      title,
      rule === undefined ? "" : `\`${rule}\``,
      ...columns.map(({ outcomes }) => outcomes[id]?.replace(/^-$/, "–") ?? ""),
    ]),
    [`**of ${cases.length}**`, "", ...columns.map((one) => sum(one, cases))],
  ];
  return markdownTable(rows);
}

/** Creates the page. */
export async function createPage(all: AllResults): Promise<string> {
  const [broken, sound] = [false, true].map((isSound) =>
    CASES.filter((one) => one.isSound === isSound)
  ) as [Case[], Case[]];
  return await formatMarkdown(`# Validators side by side

The same programs under this validator and three of Python, all without options:
${broken.length} that are broken, and ${sound.length} that are sound, where every report is a false alarm.
\`deno task validators\` runs them and writes this page. The set has one program
for each kind of mistake, so it shows what a validator looks for, and not how
often a mistake is made. The programs are in \`tools/validators/\`.

- **error**: the validator fails with an error of its own.
- **warning**: it warns, or complains without stopping anything.
- **crash**: it fails by accident, in its own lines or where the program alone
  does not fail.

## Broken programs

${table("program", broken, all)}

## Sound programs

A tab in a header value is allowed, but recipients read it differently: it is
the one false alarm of this validator, a warning.

${table("program", sound, all)}
`);
}

/** Reads the results that are kept. */
export async function readResults(): Promise<AllResults> {
  return readPage(await Deno.readTextFile(PAGE));
}

if (import.meta.main) {
  const kept = await readResults().catch(() => ({}));
  const all = { ...kept, ...await judgeAll(), ...await judgeInPython() };
  await Deno.writeTextFile(PAGE, await createPage(all));
}
