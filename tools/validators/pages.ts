/**
 * The pages `docs/validators.md` and `docs/validators_suites.md`, which also
 * store the results: creates them from results, and reads the results back.
 *
 * @module
 */

import { formatMarkdown, markdownTable } from "../format_markdown.ts";
import { type Case, CASES, SUITES } from "./cases.ts";
import type { Outcome } from "./judge.ts";

/** The page with the results. */
export const PAGE: URL = new URL("../../docs/validators.md", import.meta.url);

/** The page with the results of the second set. */
export const SUITES_PAGE: URL = new URL(
  "../../docs/validators_suites.md",
  import.meta.url,
);

/** The columns of the pages. */
const NAMES = ["@wsgi/ref", "wsgiref", "webtest", "werkzeug"] as const;

/** The version of a validator, and its outcomes by the id of the case. */
export interface Results {
  readonly version: string;
  readonly outcomes: Readonly<Record<string, Outcome>>;
}

/** The results of several validators, by their name. */
export type AllResults = Readonly<Record<string, Results>>;

function cellsOf(line: string): string[] {
  return line.split(/(?<!\\)\|/).slice(1, -1).map((cell) =>
    cell.trim().replaceAll("\\|", "|")
  );
}

function readPage(page: string, cases: readonly Case[]): AllResults {
  const rows = page.split("\n").filter((line) => line[0] === "|").map(cellsOf);
  const all: Record<string, Results> = {};
  const head = rows.find(([first]) => first === "program") ?? [];
  for (const [index, cell] of head.entries()) {
    const [name = "", version = ""] = cell.split(" ");
    if (!NAMES.some((known) => known === name)) continue;
    const outcomes = cases.map(({ id, title }) => {
      const row = rows.find(([first]) => first === title);
      return [id, (row?.[index] ?? "-").replace("–", "-")] as const;
    });
    const entries = Object.fromEntries(outcomes) as Results["outcomes"];
    all[name] = { version, outcomes: entries };
  }
  return all;
}

/** Counts the reports of a validator, without accidents. */
function sum({ outcomes }: Results, cases: readonly Case[]): string {
  const found = cases.map(({ id }) => outcomes[id]);
  const meant = found.filter((one) => one === "error" || one === "warning");
  const crashes = found.filter((outcome) => outcome === "crash").length;
  const accidents = crashes === 0 ? "" : ` and ${crashes} by accident`;
  return `**${meant.length}**${accidents}`;
}

function table(
  second: "rule" | "suite",
  cases: readonly Case[],
  all: AllResults,
): string {
  const names = NAMES.filter((name) => name in all);
  const columns = names.flatMap((name) => all[name] ?? []);
  const versions = names.map((name) => `${name} ${all[name]?.version}`);
  return markdownTable([
    ["program", second, ...versions],
    ...cases.map(({ id, title, rule, from = "" }) => [
      title,
      second === "suite" ? from : rule === undefined ? "" : `\`${rule}\``,
      ...columns.map(({ outcomes }) => outcomes[id]?.replace(/^-$/, "–") ?? ""),
    ]),
    [`**of ${cases.length}**`, "", ...columns.map((one) => sum(one, cases))],
  ]);
}

/** Creates the page. */
export async function createPage(all: AllResults): Promise<string> {
  const [broken, sound] = [false, true].map((isSound) =>
    CASES.filter((one) => one.isSound === isSound)
  ) as [Case[], Case[]];
  return await formatMarkdown(`# Validators side by side

This page compares this validator with three validators of Python, all without options. They check the same programs: ${broken.length} broken ones, and ${sound.length} correct ones, for which every report is a false alarm.
\`deno task validators\` runs them and writes this page. The set has one program for each kind of mistake. It shows what a validator checks, not how common a mistake is. The programs are in \`tools/validators/\`.
[validators_suites.md](validators_suites.md) has the programs of the validators' own test suites.

- **error**: the validator throws an error.
- **warning**: it reports a problem, but does not stop the request.
- **crash**: it fails by accident, in its own code or where the program alone would not fail.

## Broken programs

${table("rule", broken, all)}

## Correct programs

A tab in a header value is allowed, but recipients interpret it differently. It is the only false alarm of this validator, a warning.

${table("rule", sound, all)}
`);
}

const SUITE_NAMES: Readonly<Record<string, string>> = {
  wsgiref: "wsgiref.validate: CPython's tests of wsgiref",
  webtest: "WebTest: tests of its lint module",
  werkzeug: "Werkzeug: tests of its LintMiddleware",
  plack: "Plack: tests of Plack::Middleware::Lint",
  rack: "Rack 2: tests of Rack::Lint",
};

function isReported(outcome: Outcome | undefined): boolean {
  return outcome === "error" || outcome === "warning";
}

/** Counts, for each suite, what this validator reports. */
function suiteCounts(all: AllResults): string {
  const outcomes = all["@wsgi/ref"]?.outcomes ?? {};
  const rows = Object.entries(SUITE_NAMES).map(([from, name]) => {
    const cells = [false, true].map((isSound) => {
      const cases = SUITES.filter((one) =>
        one.from === from && one.isSound === isSound
      );
      const count = cases.filter(({ id }) => isReported(outcomes[id])).length;
      return `${count} of ${cases.length}`;
    });
    return [name, ...cells];
  });
  return markdownTable([
    [
      "suite",
      "wrong in the suite, reported here",
      "right in the suite, reported here",
    ],
    ...rows,
  ]);
}

/** Creates the page of the second set. */
export async function createSuitesPage(all: AllResults): Promise<string> {
  const [broken, sound] = [false, true].map((isSound) =>
    SUITES.filter((one) => one.isSound === isSound)
  ) as [Case[], Case[]];
  const notes = SUITES.flatMap(({ title, from, note, isSound }) =>
    note === undefined ? [] : [
      `- ${title} (${from}, ${
        isSound ? "right" : "wrong"
      } in the suite): ${note}.`,
    ]
  );
  return await formatMarkdown(`# Programs of other test suites

This set was not chosen for this validator. It contains the programs that the test suites of five validators consider wrong or right, translated into the language of each column. Programs about extensions of Rack and Plack, or about the tools of the tests, are omitted. \`deno task validators\` runs the set and writes this page;
[Validators side by side](validators.md) explains the columns.

${suiteCounts(all)}

This validator disagrees with a suite about these programs:

${notes.join("\n")}

## Wrong programs

${table("suite", broken, all)}

## Right programs

${table("suite", sound, all)}
`);
}

/** Reads the stored results. */
export async function readResults(): Promise<AllResults> {
  const own = readPage(await Deno.readTextFile(PAGE), CASES);
  const page = await Deno.readTextFile(SUITES_PAGE).catch(() => "");
  const suites = readPage(page, SUITES);
  return Object.fromEntries(
    Object.entries(own).map(([name, { version, outcomes }]) => [name, {
      version,
      outcomes: { ...outcomes, ...suites[name]?.outcomes },
    }]),
  );
}
