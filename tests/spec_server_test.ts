import { assertEquals } from "@std/assert";
import { SERVER_CASES } from "../conformance/server_cases.ts";

const ROOT = new URL("../", import.meta.url);

/** The requirements that only a test with a server can see. */
async function serverRequirements(): Promise<string[]> {
  const spec = await Deno.readTextFile(new URL("SPEC.md", ROOT));
  return spec.split(/^- (?=<a id=")/m).slice(1).flatMap((part) => {
    const item = (part.split(/\n(?=\S)/)[0] ?? "").replace(/\s+/g, " ");
    const anchor = /^<a id="([^"]+)">/.exec(item)?.[1] ?? "";
    return /_(?:Server test|Kit)\b/.test(item) ? [anchor] : [];
  });
}

/** The anchors that tests name, in a comment of their own before or in them. */
async function namedAnchors(folder: URL): Promise<Set<string>> {
  const named = new Set<string>();
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory && name !== "validator") {
      const found = await namedAnchors(new URL(`${name}/`, folder));
      for (const anchor of found) named.add(anchor);
    } else if (name.endsWith("_test.ts")) {
      const source = await Deno.readTextFile(new URL(name, folder));
      const comments = source.match(/^\s*\/\/ .*$|Deno\.test\("[^"]*"/gm) ?? [];
      for (const comment of comments) {
        for (const [word] of comment.matchAll(/[a-z0-9]+(?:-[a-z0-9]+)+/g)) {
          named.add(word);
        }
      }
    }
  }
  return named;
}

const requirements = await serverRequirements();
const named = await namedAnchors(new URL("tests/", ROOT));
const inKit = new Set(SERVER_CASES.map(({ spec }) => spec));

Deno.test("SPEC.md has no server requirement that neither a test nor a case of the kit names", () => {
  const untested = requirements.filter((anchor) =>
    !named.has(anchor) && !inKit.has(anchor)
  );
  assertEquals(untested, []);
});
