/**
 * Which check of which validator is which rule of this one, and what each of
 * them says of one set of programs: the last part of the rule reference.
 *
 * @module
 */

import { BEYOND } from "./checks/beyond.ts";
import { KNOWN } from "./checks/known.ts";
import type { Others, Ours, Row, Section } from "./checks/row.ts";
import { UNMADE } from "./checks/unmade.ts";
import { BROKEN, SOUND } from "./validators/cases.ts";
import type { Case, Cases } from "./validators/case.ts";
import results from "./validators/results.json" with { type: "json" };

const LEGEND = `## Other validators

### Check by check

Every check that one of five other validators makes: \`wsgiref.validate\` of
Python, \`webtest.lint\`, Werkzeug's \`LintMiddleware\`, \`Rack::Lint\` of Ruby and
\`Plack::Middleware::Lint\` of Perl. **E** fails on purpose, **W** warns, **X**
fails by accident (a KeyError, a TypeError), **~** looks at a part of it, **–**
does not look; two letters say that it depends on the value. **n/a**: there is
no such thing in that interface. Their sources were read and run in November
2026: CPython 3.11.7, WebTest 2bce698, Werkzeug 1b00618, Rack 8bf4eb0 and Plack
1.0054.

The last column names the rules here, also those that only the profile
\`paranoid\` has. _Kit_: only a test of a server can see it,
which is what the conformance kit is for. _Itself_: a property of the validator,
seen to by its own tests. _Left out_: the reasons are [below](#left-out).
`;

const UNMADE_TEXT = `### Checks that none of them makes

These were asked for by users of the five, or follow from what JavaScript and
HTTP are like.
`;

const SHARED_TEXT = `### One set of programs

The same programs under each validator, every one without options: the broken
ones, then sound ones, where whatever is said is a false alarm. The set was made
for this page, a program for each kind of mistake; it does not tell how often a
mistake is made. The programs are in \`tools/validators\`, in TypeScript and in Python; \`deno task validators\` runs
them. **error**: it fails with an error of its own. **warning**: it warns, or
complains without stopping anything. **crash**: it fails by accident, in its own
lines or where nothing fails without it. Rack and Plack are not run: applications
have another form there. What they look at is in the tables above.
`;

/** The validators of the shared set, in the order of the columns. */
const COLUMNS = ["ours", "wsgiref", "webtest", "werkzeug"] as const;

/** The rows of all sections, by name. */
export const CHECKS: Readonly<Record<string, Row>> = Object.fromEntries(
  [...KNOWN, ...UNMADE].flatMap(({ rows }) => Object.entries(rows)),
);

/** Makes a table; the first line is its head. */
function table(lines: readonly (readonly string[])[]): string {
  const [head = [], ...body] = lines.map((cells) =>
    cells.map((cell) => cell.replaceAll("|", "\\|"))
  );
  return [head, head.map(() => "---"), ...body]
    .map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}

/** Links to the heading of a rule on the same page. */
function link(id: string): string {
  return `[${id}](#${id.replaceAll("/", "")})`;
}

function toText(ours: Ours): string {
  if ("rules" in ours) return ours.rules.map(link).join(", ");
  if ("kit" in ours) return `_kit_: ${ours.kit}`;
  if ("itself" in ours) return `_itself_: ${ours.itself}`;
  return "_left out_";
}

const NOTHING: Others = ["–", "–", "–", "–", "–"];

function knownSection({ title, rows }: Section): string {
  const head = ["", title, "wsgiref", "webtest", "werkzeug", "Rack", "Plack"];
  const body = Object.entries(rows).map(([name, row]) => [
    name,
    row.title,
    ...row.others ?? NOTHING,
    toText(row.ours),
  ]);
  return table([[...head, "here"], ...body]);
}

function unmadeSection({ title, rows }: Section): string {
  const body = Object.entries(rows).map(([name, row]) => [
    name,
    row.title,
    toText(row.ours),
  ]);
  return table([["", title, "here"], ...body]);
}

type Column = (typeof COLUMNS)[number];

/** What a validator said of a program when the results were kept. */
function outcomeOf(column: Column, id: string): string {
  const outcomes: Readonly<Record<string, string>> = results[column].outcomes;
  return outcomes[id] ?? "not run";
}

/** Counts what was found in some programs, accidents apart. */
function count(column: Column, ids: readonly string[]): string {
  const outcomes = ids.map((id) => outcomeOf(column, id));
  const found = outcomes.filter((outcome) =>
    outcome === "error" || outcome === "warning"
  );
  const crashes = outcomes.filter((outcome) => outcome === "crash").length;
  if (crashes === 0) return `**${found.length}**`;
  return `**${found.length}**, ${crashes} ${crashes > 1 ? "crashes" : "crash"}`;
}

function line(id: string, { title, rows }: Case): string[] {
  const cells = COLUMNS.map((column) =>
    outcomeOf(column, id).replace(/^-$/, "–")
  );
  return [title, rows.join(" "), ...cells];
}

function sharedTable(title: string, cases: Cases): string {
  const ids = Object.keys(cases);
  const names = COLUMNS.map((column) => {
    const name = column === "ours" ? "@wsgi/ref" : column;
    return `${name} ${results[column].version}`;
  });
  const sums = COLUMNS.map((column) => count(column, ids));
  return table([
    [title, "check", ...names],
    ...Object.entries(cases).map(([id, program]) => line(id, program)),
    [`**of ${ids.length}**`, "", ...sums],
  ]);
}

function exceptions(): string {
  const lines = Object.values({ ...BROKEN, ...SOUND }).flatMap((program) =>
    program.exception === undefined
      ? []
      : [`- ${program.title}: ${program.exception}.\n`]
  );
  if (lines.length === 0) return "";
  return `Where this validator says otherwise than the table would have it:\n\n${
    lines.join("")
  }`;
}

function beyond(): string {
  const lines = Object.entries(BEYOND).map(([id, why]) =>
    `- ${link(id)}: ${why}.\n`
  );
  return `### Rules that stand in no table\n\n${lines.join("")}`;
}

function leftOut(): string {
  const lines = Object.entries(CHECKS).flatMap(([name, { title, ours }]) =>
    "leftOut" in ours ? [`- ${name}, ${title}: ${ours.leftOut}.\n`] : []
  );
  return `### Left out\n\n${lines.join("")}`;
}

/**
 * Makes the tables for the rule reference.
 *
 * @returns Markdown.
 */
export function coverageTable(): string {
  return [
    LEGEND,
    ...KNOWN.map(knownSection),
    UNMADE_TEXT,
    ...UNMADE.map(unmadeSection),
    SHARED_TEXT,
    sharedTable("broken", BROKEN),
    sharedTable("sound", SOUND),
    exceptions(),
    beyond(),
    leftOut(),
  ].filter((part) => part !== "").join("\n");
}
