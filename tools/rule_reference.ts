/**
 * Writes `docs/rules/`, the reference of the validator's rules, from the rule
 * table and the fixtures of the tests. Also writes `dev/rules.json`, which the
 * development server uses to explain rules.
 *
 * ```sh
 * deno task rules
 * ```
 *
 * @module
 */

import { formatMarkdown } from "./format_markdown.ts";
import { createRuleData, RULE_DATA } from "./rule_data.ts";
import { RULE_PAGES, type RulePage } from "./rule_pages.ts";
import type { Rule } from "../validator/rules/rule.ts";
import { RULES } from "../validator/rules/table.ts";
import { FIXTURES } from "../tests/validator/fixtures/table.ts";
import type { Scenario } from "../tests/validator/scenario.ts";

/** The folder of the reference. */
export const REFERENCE: URL = new URL("../docs/rules/", import.meta.url);

const INTRODUCTION = `# Rules

The validator checks ${RULES.length} rules. \`deno task rules\` writes these pages
from the rule table and from the programs that test the rules. Each rule comes with
a program that breaks it and one that follows it.

- **Severity.** The validator throws an error and reports a warning.
- **Broken by.** The side that has to change: the application, the server, or
  the middleware between them.
- **Profile.** The option \`profile\` of \`validator()\` chooses how much is checked.
  \`core\` checks PEP 3333. \`http\`, the default, adds what HTTP requires of a
  response. \`paranoid\` adds checks that cost time, and problems that are often
  harmless.

In the programs \`input\` is the body of the request, \`setEnviron\` changes its
environ, and \`use\` gets \`validator\`. \`bytes\` is the text "Hello" in UTF-8,
\`createEnviron()\` makes an environ, and \`runServer(app, environ)\` serves a
request. The rest comes from \`@wsgi/ref\`. A test runs each program as it stands.

The option \`rules\` sets a rule to \`"error"\`, \`"warning"\` or \`"off"\`. Its keys are
ids, or patterns such as \`"headers/*"\`. A rule of another profile is turned on by
its full id.
`;

/** Returns the rules of a page, in the order in which they are applied. */
function rulesOn(page: RulePage): Rule<never>[] {
  return RULES.filter(({ id }) => pageOf(id) === page);
}

/**
 * Returns the page of a rule. A page that names the rule has precedence over a
 * star.
 */
function pageOf(id: string): RulePage {
  const star = `${id.slice(0, id.indexOf("/"))}/*`;
  const page = RULE_PAGES.find(({ rules }) => rules.includes(id)) ??
    RULE_PAGES.find(({ rules }) => rules.includes(star));
  if (page === undefined) {
    throw new Error(`Cannot place ${id}: add ${star} to tools/rule_pages.ts`);
  }
  return page;
}

/**
 * Joins the lines of short arrays, objects and arguments. The compiler puts
 * each element on its own line, and the formatter keeps these lines.
 */
function joinLines(source: string): string {
  const joined = source.replace(
    /([[{(])\n((?:[^\n]*[^\n;[{(]\n)*?)[ \t]*([\]})])/g,
    (whole, open: string, content: string, close: string) => {
      const text = content.split("\n").map((line) => line.trim()).join(" ")
        .trim();
      const isShort = text.length < 60 && !text.includes("// ");
      return isShort ? `${open}${text}${close}` : whole;
    },
  );
  return joined === source ? source : joinLines(joined);
}

/** Formats a function of a fixture as a program. */
function toSource(name: string, fn: (...args: never[]) => unknown): string {
  const source = fn.toString();
  const method = /^(async )?(\*)?\s*(\w+)\s*\(/.exec(source);
  if (method !== null && method[3] !== "function" && method[3] !== "async") {
    const [whole, isAsync = "", star = ""] = method;
    return `${isAsync}function${star} ${name}(${source.slice(whole.length)}`;
  }
  return `const ${name} = ${source};`;
}

function snippet(scenario: Scenario | undefined): string {
  if (scenario === undefined) return "";
  const { app, middleware, environ, server, validate, input } = scenario;
  const parts = Object.entries({
    app,
    middleware,
    setEnviron: environ,
    server,
    use: validate,
  }).flatMap(([name, fn]) => fn === undefined ? [] : [toSource(name, fn)]);
  const body = input === undefined
    ? []
    : [`const input = ${JSON.stringify(input)};`];
  const program = [...body, ...parts].join("\n\n");
  return `\`\`\`ts ignore\n${joinLines(program)}\n\`\`\`\n`;
}

function entry(rule: Rule<never>): string {
  const { id, severity, blame, profile, title, why, hint } = rule;
  const anchors = [rule.spec, ...rule.alsoSpec ?? []].map((anchor) =>
    `[${anchor}](../../SPEC.md#${anchor})`
  );
  const fixture = FIXTURES[id];
  return `## ${id}

**${title}.** ${why}

Fix: ${hint}.

_${severity}, broken by the ${blame}, profile \`${profile}\`, SPEC.md: ${
    anchors.join(", ")
  }_

Breaks the rule:

${snippet(fixture?.bad[0])}
Follows the rule:

${snippet(fixture?.good[0])}`;
}

function createPage(page: RulePage): string {
  const entries = rulesOn(page).map(entry);
  return `# ${page.title}\n\n[All rules](README.md)\n\n${entries.join("\n")}`;
}

function createIndex(): string {
  const sections = RULE_PAGES.map((page) => {
    const rows = rulesOn(page).map(({ id, severity, blame, profile, title }) =>
      `| [${id}](${page.name}.md#${id.replace("/", "")}) | ${
        title.replaceAll("|", "\\|")
      } | ${severity} | ${blame} | ${profile} |\n`
    );
    return `## [${page.title}](${page.name}.md)

| rule | requirement | severity | broken by | profile |
| --- | --- | --- | --- | --- |
${rows.join("")}`;
  });
  return [INTRODUCTION, ...sections].join("\n");
}

/**
 * Creates the reference.
 *
 * @returns The formatted pages by file name in `docs/rules/`.
 */
export async function createReference(): Promise<Map<string, string>> {
  const sources = new Map([
    ["README.md", createIndex()],
    ...RULE_PAGES.map((page) => [`${page.name}.md`, createPage(page)] as const),
  ]);
  const pages = [...sources].map(async ([name, source]) =>
    [name, await formatMarkdown(source)] as const
  );
  return new Map(await Promise.all(pages));
}

if (import.meta.main) {
  await Deno.remove(REFERENCE, { recursive: true });
  await Deno.mkdir(REFERENCE);
  const reference = await createReference();
  for (const [name, page] of reference) {
    await Deno.writeTextFile(new URL(name, REFERENCE), page);
  }
  await Deno.writeTextFile(RULE_DATA, await createRuleData(reference));
}
