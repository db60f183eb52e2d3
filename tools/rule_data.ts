/**
 * Creates the data for `dev/explain_rule.ts`: the texts about each rule in
 * `docs/rules/` and SPEC.md, as JSON that is part of the package.
 *
 * @module
 */

import { RULE_PAGES } from "./rule_pages.ts";
import { RULES } from "../validator/rules/table.ts";

/** The folder of the reference. */
export const REFERENCE: URL = new URL("../docs/rules/", import.meta.url);

/** The file that `deno task rules` writes. */
export const RULE_DATA: URL = new URL("../dev/rules.json", import.meta.url);

const SPECIFICATION = new URL("../SPEC.md", import.meta.url);

/** The two programs of a rule, as on its page. */
export interface Programs {
  readonly breaks: string;
  readonly follows: string;
}

/** Returns the two programs of each rule in a formatted page. */
function programsOn(page: string): [string, Programs][] {
  return page.split(/^## /m).slice(1).map((section) => {
    const id = section.slice(0, section.indexOf("\n"));
    const [breaks = "", follows = ""] = Array.from(
      section.matchAll(/^```ts ignore\n(.*?)\n```$/gms),
      ([, code = ""]) => code,
    );
    return [id, { breaks, follows }];
  });
}

/**
 * Reads the programs of all pages in `docs/rules/`.
 *
 * @returns The programs by the id of their rule.
 */
export async function readPrograms(): Promise<Map<string, Programs>> {
  const pages = await Array.fromAsync(
    Deno.readDir(REFERENCE),
    ({ name }) => Deno.readTextFile(new URL(name, REFERENCE)),
  );
  return new Map(pages.flatMap(programsOn).filter(([id]) => id.includes("/")));
}

/** Returns the text of a requirement in SPEC.md. The code marks are kept. */
function clauseOf(specification: string, anchor: string): string {
  const start = specification.indexOf(`<a id="${anchor}"></a>`);
  if (start === -1) throw new Error(`Cannot find ${anchor} in SPEC.md`);
  const [item = ""] = specification.slice(start).split(/\n\n|\n- /, 1);
  return item.replace(/^<a[^>]*><\/a>\s*(?:\[\*\*[^\]]*\]\([^)]*\)\s*)?/, "")
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/\s+/g, " ").trim();
}

/**
 * Creates the data.
 *
 * @param reference The formatted pages of `docs/rules/` by file name.
 * @returns The content of the file.
 */
export async function createRuleData(
  reference: ReadonlyMap<string, string>,
): Promise<string> {
  const pages = RULE_PAGES.map(({ name }) => reference.get(`${name}.md`) ?? "");
  const specification = await Deno.readTextFile(SPECIFICATION);
  const anchors = RULES.flatMap(({ spec, alsoSpec = [] }) => [
    spec,
    ...alsoSpec,
  ]);
  const data = {
    groups: pages.map((page) => ({
      title: page.slice("# ".length, page.indexOf("\n")),
      rules: programsOn(page).map(([id]) => id),
    })),
    programs: Object.fromEntries(pages.flatMap(programsOn)),
    clauses: Object.fromEntries(
      [...new Set(anchors)].map((
        anchor,
      ) => [anchor, clauseOf(specification, anchor)]),
    ),
  };
  return `${JSON.stringify(data, null, 2)}\n`;
}
