/**
 * Writes `docs/rules.md`, the reference of the validator's rules, from the rule
 * table and the fixtures that the tests run.
 *
 * ```sh
 * deno task rules
 * ```
 *
 * @module
 */

import { formatMarkdown } from "./format_markdown.ts";
import type { Rule } from "../validator/rules/rule.ts";
import { RULES } from "../validator/rules/table.ts";
import { FIXTURES } from "../tests/validator/fixtures/table.ts";
import type { Scenario } from "../tests/validator/scenario.ts";

/** Where the reference is. */
export const REFERENCE: URL = new URL("../docs/rules.md", import.meta.url);

const SUBJECTS: Readonly<Record<string, string>> = {
  application: "How an application is made and called",
  environ: "What the server puts into the environ",
  "start-response": "How startResponse is called, and what it does",
  status: "The status",
  headers: "The header list",
  http: "What HTTP demands of a response",
  body: "The body",
  chunk: "The chunks of a body",
  write: "The function write",
  iteration: "How the server iterates over a body",
  close: "How the server closes a body",
  input: "wsgi.input",
  errors: "wsgi.errors",
  "file-wrapper": "wsgi.file_wrapper",
  middleware: "What middleware does between two validators",
};

const INTRODUCTION = `# Rules

What the validator checks, rule by rule. This page is made from the rule table
and from the fixtures of its tests by \`deno task rules\`; a test fails when it is
stale.

Each rule has an id, which \`rules\` in the options of \`validator()\` can set to
\`"error"\`, \`"warning"\` or \`"off"\`, alone or by a glob such as \`"headers/*"\`. An
error is thrown, a warning reported. The profile tells from which on a rule is
applied: \`core\` is PEP 3333, \`http\` (the default) adds what HTTP demands of a
response, \`paranoid\` adds what is dear to find out or often harmless; a single
rule of it can be had by naming its id in full.
`;

function subjectOf(rule: Rule<never>): string {
  return rule.id.slice(0, rule.id.indexOf("/"));
}

/** Writes a function of a fixture as a program would. */
function toSource(name: string, fn: (...args: never[]) => unknown): string {
  const source = fn.toString();
  const method = /^(async )?(\*)?\s*(\w+)\(/.exec(source);
  if (method !== null && method[3] !== "function" && method[3] !== "async") {
    const [whole, isAsync = "", star = ""] = method;
    return `${isAsync}function${star} ${name}(${source.slice(whole.length)}`;
  }
  return `const ${name} = ${source};`;
}

function snippet(scenario: Scenario | undefined): string {
  if (scenario === undefined) return "";
  const { app, middleware, environ, server, validate } = scenario;
  const parts = Object.entries({
    app,
    middleware,
    setEnviron: environ,
    server,
    use: validate,
  }).flatMap(([name, fn]) => fn === undefined ? [] : [toSource(name, fn)]);
  return `\`\`\`ts ignore\n${parts.join("\n\n")}\n\`\`\`\n`;
}

function entry(rule: Rule<never>): string {
  const { id, severity, blame, profile, title, why, hint } = rule;
  const anchors = [rule.spec, ...rule.alsoSpec ?? []].map((anchor) =>
    `[${anchor}](../SPEC.md#${anchor})`
  );
  const fixture = FIXTURES[id];
  return `### ${id}

${title}. (_${severity}, broken by the ${blame}, profile \`${profile}\`,
${anchors.join(", ")}_)

${why} **${hint}.**

Breaks it:

${snippet(fixture?.bad[0])}
Keeps it:

${snippet(fixture?.good[0])}`;
}

/**
 * Makes the reference.
 *
 * @returns The page, formatted.
 */
export async function createReference(): Promise<string> {
  const parts = [INTRODUCTION];
  for (const [subject, title] of Object.entries(SUBJECTS)) {
    const rules = RULES.filter((rule) => subjectOf(rule) === subject);
    if (rules.length === 0) continue;
    parts.push(`## ${title}\n`, ...rules.map(entry));
  }
  return await formatMarkdown(parts.join("\n"));
}

if (import.meta.main) {
  await Deno.writeTextFile(REFERENCE, await createReference());
}
