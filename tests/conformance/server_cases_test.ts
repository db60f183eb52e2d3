import { assert, assertEquals, assertMatch } from "@std/assert";
import { SERVER_CASES } from "../../conformance/server_cases.ts";

const SPEC = await Deno.readTextFile(new URL("../../SPEC.md", import.meta.url));

/** All requirements: from the anchor to the text. */
const REQUIREMENTS = new Map(
  SPEC.split(/^- (?=<a id=")/m).slice(1).map((part) => {
    const text = (part.split(/\n(?=\S)/)[0] ?? "").replace(/\s+/g, " ");
    return [/^<a id="([^"]+)">/.exec(text)?.[1] ?? "", text];
  }),
);

/** Requirements marked "Server test" that no case of the kit can see. */
const WITHOUT_CASE: Readonly<Record<string, string>> = {
  "close-array-early":
    "Only close() and the transport know which came first; tests/gateway has a test for ours",
  "server-busy":
    "How many requests have a place is an option that no request can learn, and a shutdown would end the check",
  "server-deadline":
    "A deadline is such an option, and to wait for it would take as long as it is",
};

Deno.test("SERVER_CASES has at least 80 cases, each with an id of its own", () => {
  const ids = SERVER_CASES.map(({ id }) => id);
  assertEquals(ids.length, new Set(ids).size);
  assert(ids.length >= 80, `there are ${ids.length}`);
});

Deno.test("SERVER_CASES has ids of subject and name, and titles that are sentences", () => {
  for (const { id, title } of SERVER_CASES) {
    assertMatch(id, /^[a-z]+(?:-[a-z]+)*\/[a-z0-9]+(?:[-.][a-z0-9]+)*$/);
    assertMatch(title, /^\S.* .*[^.\s]$/, id);
  }
});

Deno.test("SERVER_CASES names requirements that SPEC.md has", () => {
  const wrong = SERVER_CASES.filter(({ spec }) => !REQUIREMENTS.has(spec));
  assertEquals(wrong.map(({ id, spec }) => `${id}: ${spec}`), []);
});

Deno.test("SERVER_CASES has a case for every server test of SPEC.md, or a reason why not", () => {
  const covered = new Set(SERVER_CASES.map(({ spec }) => spec));
  const missing = [...REQUIREMENTS].filter(([anchor, text]) =>
    /_Server test\b/.test(text) && !covered.has(anchor)
  );
  assertEquals(
    missing.map(([anchor]) => anchor).sort(),
    Object.keys(WITHOUT_CASE).sort(),
  );
});

Deno.test("SERVER_CASES keeps the cases of a subject together", () => {
  const subjects = SERVER_CASES.map(({ id }) => id.split("/")[0]);
  const changes = subjects.filter((one, index) => one !== subjects[index - 1]);
  assertEquals(changes, [...new Set(subjects)]);
});
