// The references on the pages of this repository: other pages, files and tasks.

import { assert, assertEquals } from "@std/assert";
import { APPLICATION_CASES } from "../conformance/check_application.ts";
import { SERVER_CASES } from "../conformance/server_cases.ts";
import config from "../deno.json" with { type: "json" };

const ROOT = new URL("../", import.meta.url);

/** Programs that the pages tell the reader to write. */
const READERS_FILES = "form_test.ts app.ts main.ts start.ts worker.js".split(
  " ",
);

/** Pages that name files that have since been moved or removed. */
const HISTORY = ["CHANGELOG.md"];

/** Finds the pages, by their path in the repository. */
async function readPages(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const folder of ["", "docs/", "docs/rules/", "tests/"]) {
    for await (const { name } of Deno.readDir(new URL(`./${folder}`, ROOT))) {
      if (!name.endsWith(".md")) continue;
      const path = `${folder}${name}`;
      found.set(path, await Deno.readTextFile(new URL(path, ROOT)));
    }
  }
  return found;
}

/** Lists files, and folders with a slash at the end, each after a slash. */
async function listTree(folder: URL, prefix = "/"): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if ([".git", "coverage", "node_modules"].includes(name)) continue;
    const path = `${prefix}${name}${isDirectory ? "/" : ""}`;
    found.push(path);
    if (!isDirectory) continue;
    found.push(...await listTree(new URL(`${name}/`, folder), path));
  }
  return found;
}

/** Removes code blocks, in which brackets have other meanings. */
function proseOf(page: string): string {
  return page.replace(/^ *```[^]*?^ *```$/gm, "");
}

/** The anchor of a heading. */
function anchorOf(heading: string): string {
  return heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase()
    .replace(/[^\p{L}\p{N}_\- ]/gu, "").replaceAll(" ", "-");
}

function anchorsIn(page: string): Set<string> {
  const prose = proseOf(page);
  const headings = [...prose.matchAll(/^#+ (.*)$/gm)];
  const own = [...prose.matchAll(/<a id="([^"]+)">/g)];
  return new Set([
    ...headings.map(([, heading = ""]) => anchorOf(heading)),
    ...own.map(([, id = ""]) => id),
  ]);
}

const pages = await readPages();
const tree = await listTree(ROOT);

/** Looks for matches on all pages, and lists those that are wrong. */
function findWrong(
  pattern: RegExp,
  isWrong: (found: string, path: string) => boolean,
  textOf = proseOf,
): string[] {
  let count = 0;
  const wrong = [...pages].flatMap(([path, page]) => {
    const matches = [...textOf(page).matchAll(pattern)];
    count += matches.length;
    return matches.map(([, found = ""]) => found)
      .filter((found) => isWrong(found, path))
      .map((found) => `${path}: ${found}`);
  });
  assert(count > 0, "nothing was looked at");
  return wrong;
}

Deno.test("no page has a broken link", () => {
  const anchors = new Map(
    [...pages].map(([path, page]) => [path, anchorsIn(page)]),
  );
  const wrong = findWrong(/\]\(([^)\s]+)\)/g, (link, path) => {
    const url = new URL(link, new URL(path, ROOT));
    if (url.protocol !== "file:") return false;
    const target = url.pathname.slice(ROOT.pathname.length);
    if (target !== "" && !tree.includes(`/${target}`)) return true;
    const anchor = url.hash.slice(1);
    const known = anchors.get(target);
    return anchor !== "" && known !== undefined && !known.has(anchor);
  });
  assertEquals(wrong, []);
});

Deno.test("no page names a file or a folder that does not exist", () => {
  const wrong = findWrong(
    /`((?:[\w.-]+\/)*(?:[\w.-]+\.(?:ts|m?js|md|json|py|conf|yml)|[a-z_]+\/))`/g,
    (name, path) => {
      if (HISTORY.includes(path) || READERS_FILES.includes(name)) return false;
      // A word in capitals stands for any name.
      const isTemplate = /[A-Z]{4}/.test(name.replace(/[A-Z]+\.md$/, ""));
      return !isTemplate && !tree.some((file) => file.endsWith(`/${name}`));
    },
  );
  assertEquals(wrong, []);
});

Deno.test("no page in docs/ has more than 400 lines", () => {
  const long = [...pages].filter(([path, page]) =>
    path.startsWith("docs/") && page.split("\n").length > 401
  );
  assertEquals(long.map(([path]) => path), []);
});

Deno.test("docs/README.md links to every page in docs/", () => {
  const index = pages.get("docs/README.md") ?? "";
  const missing = [...pages.keys()].filter((path) =>
    /^docs\/[a-z_]+\.md$/.test(path) &&
    !index.includes(`](${path.slice("docs/".length)})`)
  );
  assertEquals(missing, []);
});

Deno.test("no page names a task that does not exist", () => {
  const wrong = findWrong(
    /deno(?:@[\d.]+)? task (?:-q )?([a-z][a-z:-]*)/g,
    (task) => !Object.hasOwn(config.tasks, task),
    (page) => page,
  );
  assertEquals(wrong, []);
});

Deno.test("every page gives the right number of cases of the kit", () => {
  const server = `${SERVER_CASES.length} cases`;
  const both = `${server} for servers and ${APPLICATION_CASES.length} for`;
  const expected = [["README.md", server], ["CHANGELOG.md", both]] as const;
  for (const [path, text] of expected) {
    assert(pages.get(path)?.replaceAll(/\s+/g, " ").includes(text), path);
  }
});
