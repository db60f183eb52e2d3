import { assert, assertEquals, assertMatch } from "@std/assert";
import { readdirSync } from "node:fs";
import { SERVER_CASES } from "../../conformance/server_cases.ts";

const TESTS = new URL("../", import.meta.url);
const SPEC = await Deno.readTextFile(new URL("../SPEC.md", TESTS));

/** All requirements: from the anchor to the text. */
const REQUIREMENTS = new Map(
  SPEC.split(/^- (?=<a id=")/m).slice(1).map((part) => {
    const text = (part.split(/\n(?=\S)/)[0] ?? "").replace(/\s+/g, " ");
    return [/^<a id="([^"]+)">/.exec(text)?.[1] ?? "", text];
  }),
);

/** Lists the requirements with a mark that no case of the kit is about. */
function withoutCase(mark: RegExp): string[] {
  const covered = new Set(SERVER_CASES.map(({ spec }) => spec));
  return [...REQUIREMENTS].filter(([anchor, text]) =>
    mark.test(text) && !covered.has(anchor)
  ).map(([anchor]) => anchor).toSorted();
}

/** Requirements marked "Server test" that no case of the kit can see. */
const NO_CASE: Readonly<Record<string, string>> = {
  "close-array-early":
    "Only close() and the transport know which came first; tests/gateway has a test for ours",
  "server-busy":
    "How many requests have a place is an option that no request can learn, and a shutdown would end the check",
  "server-deadline":
    "A deadline is such an option, and to wait for it would take as long as it is",
};

Deno.test("SERVER_CASES has at least 80 cases, with ids of subject and name, and titles that are sentences", () => {
  const ids = SERVER_CASES.map(({ id }) => id);
  assertEquals(ids.length, new Set(ids).size);
  assert(ids.length >= 80, `there are ${ids.length}`);
  for (const { id, title } of SERVER_CASES) {
    assertMatch(id, /^[a-z]+(?:-[a-z]+)*\/[a-z0-9]+(?:[-.][a-z0-9]+)*$/);
    assertMatch(title, /^\S.* .*[^.\s]$/, id);
  }
});

Deno.test("SERVER_CASES keeps the cases of a subject together", () => {
  const subjects = SERVER_CASES.map(({ id }) => id.split("/")[0]);
  const changes = subjects.filter((one, index) => one !== subjects[index - 1]);
  assertEquals(changes, [...new Set(subjects)]);
});

Deno.test("SERVER_CASES has a case for every server test of SPEC.md, or a reason why not", () => {
  const wrong = SERVER_CASES.filter(({ spec }) => !REQUIREMENTS.has(spec));
  assertEquals(wrong.map(({ id, spec }) => `${id}: ${spec}`), []);
  assertEquals(withoutCase(/_Server test\b/), Object.keys(NO_CASE).sort());
});

/** The anchors that tests name, in a comment before or in them. */
function namedAnchors(): Set<string> {
  const files = readdirSync(TESTS, { recursive: true, encoding: "utf8" })
    .filter((path) => /^(?!validator\/).*_test\.ts$/.test(path));
  const comments = files.flatMap((path) =>
    Deno.readTextFileSync(new URL(path, TESTS))
      .match(/^\s*\/\/ .*$|Deno\.test\("[^"]*"/gm) ?? []
  );
  const word = /[a-z0-9]+(?:-[a-z0-9]+)+/g;
  return new Set(comments.flatMap((comment) => comment.match(word) ?? []));
}

Deno.test("SPEC.md has a test or a case of the kit for every server requirement", () => {
  const named = namedAnchors();
  const requirements = withoutCase(/_(?:Server test|Kit)\b/);
  assertEquals(requirements.filter((anchor) => !named.has(anchor)), []);
});
