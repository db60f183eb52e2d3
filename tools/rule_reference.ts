/**
 * Writes `docs/rules/`, the reference of the validator's rules, from the rule
 * table and the programs that the pages have. Also writes `dev/rules.json`,
 * which the development server uses to explain rules.
 *
 * The programs of a new rule are written by hand: `## subject/name` and two
 * blocks of `ts ignore`, at any place of a page. This program does the rest.
 *
 * ```sh
 * deno task rules
 * ```
 *
 * @module
 */

import { formatMarkdown } from "./format_markdown.ts";
import {
  createRuleData,
  type Programs,
  readPrograms,
  REFERENCE,
  RULE_DATA,
} from "./rule_data.ts";
import { RULE_PAGES, type RulePage } from "./rule_pages.ts";
import type { Rule } from "../validator/rules/rule.ts";
import { RULES } from "../validator/rules/table.ts";

const INTRODUCTION = `# Rules

The validator checks ${RULES.length} rules. \`deno task rules\` writes these pages
from the rule table. Each rule comes with a program that breaks it and one that
follows it. The programs are written by hand, and a test runs each of them unchanged.

- **Severity.** The validator throws an error and reports a warning.
- **Broken by.** The side that has to change: the application, the server, or
  the middleware between them.
- **Profile.** The option \`profile\` of \`validator()\` chooses how much is checked.
  \`core\` checks PEP 3333. \`http\`, the default, adds what HTTP requires of a
  response. \`paranoid\` adds checks that cost time, and problems that are often
  harmless.

In the programs, \`input\` is the body of the request, \`setEnviron\` changes its
environ, and \`use\` receives \`validator\`. \`bytes\` is the text "Hello" in UTF-8,
\`createEnviron()\` makes an environ, and \`runServer(app, environ)\` serves a
request. The rest comes from \`@wsgi/ref\`.

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

function entry(rule: Rule<never>, programs: Programs | undefined): string {
  const { id, severity, blame, profile, title, why, hint } = rule;
  const anchors = [rule.spec, ...rule.alsoSpec ?? []].map((anchor) =>
    `[${anchor}](../../SPEC.md#${anchor})`
  );
  if (programs === undefined) {
    throw new Error(
      `Cannot write the page: ${id} needs two programs in docs/rules/`,
    );
  }
  return `## ${id}

**${title}.** ${why}

Fix: ${hint}.

_${severity}, broken by the ${blame}, profile \`${profile}\`, SPEC.md: ${
    anchors.join(", ")
  }_

Breaks the rule:

\`\`\`ts ignore
${programs.breaks}
\`\`\`

Follows the rule:

\`\`\`ts ignore
${programs.follows}
\`\`\`
`;
}

function createPage(
  page: RulePage,
  programs: ReadonlyMap<string, Programs>,
): string {
  const entries = rulesOn(page).map((rule) =>
    entry(rule, programs.get(rule.id))
  );
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
 * Creates the reference, with the programs that it has now.
 *
 * @returns The formatted pages by file name in `docs/rules/`.
 */
export async function createReference(): Promise<Map<string, string>> {
  const programs = await readPrograms();
  const sources = new Map([
    ["README.md", createIndex()],
    ...RULE_PAGES.map((page) =>
      [`${page.name}.md`, createPage(page, programs)] as const
    ),
  ]);
  const pages = [...sources].map(async ([name, source]) =>
    [name, await formatMarkdown(source)] as const
  );
  return new Map(await Promise.all(pages));
}

if (import.meta.main) {
  const reference = await createReference();
  await Deno.remove(REFERENCE, { recursive: true });
  await Deno.mkdir(REFERENCE);
  for (const [name, page] of reference) {
    await Deno.writeTextFile(new URL(name, REFERENCE), page);
  }
  await Deno.writeTextFile(RULE_DATA, await createRuleData(reference));
}
