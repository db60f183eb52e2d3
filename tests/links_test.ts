// Links between the pages of this repository.

import { assertEquals } from "@std/assert";

const ROOT = new URL("../", import.meta.url);

/** Finds the pages: those at the top, and those in `docs/`. */
async function pages(): Promise<URL[]> {
  const found: URL[] = [];
  for (const path of ["./", "docs/", "docs/rules/"]) {
    const folder = new URL(path, ROOT);
    for await (const { name } of Deno.readDir(folder)) {
      if (name.endsWith(".md")) found.push(new URL(name, folder));
    }
  }
  return found;
}

/** A page without its code, in which brackets mean other things. */
async function readProse(page: URL): Promise<string> {
  const text = await Deno.readTextFile(page);
  return text.replace(/^```[^]*?^```$/gm, "");
}

/** The anchor that a heading gets. */
function anchorOf(heading: string): string {
  return heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase()
    .replace(/[^\p{L}\p{N}_\- ]/gu, "").replaceAll(" ", "-");
}

async function anchorsIn(page: URL): Promise<Set<string>> {
  const prose = await readProse(page);
  const headings = [...prose.matchAll(/^#+ (.*)$/gm)];
  const own = [...prose.matchAll(/<a id="([^"]+)">/g)];
  return new Set([
    ...headings.map(([, heading = ""]) => anchorOf(heading)),
    ...own.map(([, id = ""]) => id),
  ]);
}

async function exists(file: URL): Promise<boolean> {
  try {
    await Deno.stat(file);
    return true;
  } catch {
    return false;
  }
}

const all = await pages();

Deno.test.each(
  all.map((page) => ({ name: page.href.slice(ROOT.href.length), page })),
)("$name has no link that leads nowhere", async ({ page }) => {
  const lost: string[] = [];
  const links = (await readProse(page)).matchAll(/\]\(([^)\s]+)\)/g);
  for (const [, link = ""] of links) {
    const url = new URL(link, page);
    const anchor = url.hash.slice(1);
    if (url.protocol !== "file:") continue;
    url.hash = "";
    const isThere = await exists(url) &&
      (anchor === "" || !url.href.endsWith(".md") ||
        (await anchorsIn(url)).has(anchor));
    if (!isThere) lost.push(link);
  }
  assertEquals(lost, []);
});
