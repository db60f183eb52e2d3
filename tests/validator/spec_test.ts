import { assert, assertEquals } from "@std/assert";
import { RULES } from "../../validator/rules/table.ts";

interface Requirement {
  readonly anchor: string;
  readonly text: string;
}

/** The requirements of SPEC.md: list items that begin with an anchor. */
function parseRequirements(markdown: string): Requirement[] {
  return markdown.split(/^- (?=<a id=")/m).slice(1).map((part) => {
    // An item ends where something begins that is not indented.
    const item = part.split(/\n(?=\S)/)[0] ?? "";
    const anchor = /^<a id="([^"]+)">/.exec(item)?.[1] ?? "";
    return { anchor, text: item.replace(/\s+/g, " ") };
  });
}

const spec = await Deno.readTextFile(new URL("../../SPEC.md", import.meta.url));
const requirements = parseRequirements(spec);

Deno.test("SPEC.md gives each requirement an anchor of its own", () => {
  const anchors = requirements.map(({ anchor }) => anchor);
  assert(anchors.length > 200);
  assertEquals([...new Set(anchors)].length, anchors.length);
});

Deno.test("SPEC.md uses one RFC 2119 word in each requirement", () => {
  const wrong = requirements.filter(({ text }) =>
    text.match(/\b(MUST NOT|MUST|SHOULD NOT|SHOULD|MAY)\b/g)?.length !== 1
  );
  assertEquals(wrong.map(({ anchor }) => anchor), []);
});

Deno.test("SPEC.md has a rule for each MUST, or says why not", () => {
  const covered = new Set(
    RULES.flatMap(({ spec, alsoSpec = [] }) => [spec, ...alsoSpec]),
  );
  const uncovered = requirements.filter(({ anchor, text }) =>
    /\bMUST\b/.test(text) &&
    !/_(?:Server test|Not checkable)\b/.test(text) &&
    !covered.has(anchor)
  );
  assertEquals(uncovered.map(({ anchor }) => anchor), []);
});

Deno.test("RULES point to requirements of SPEC.md, each of them", () => {
  const anchors = new Set(requirements.map(({ anchor }) => anchor));
  const lost = RULES.filter((rule) => !anchors.has(rule.spec));
  assertEquals(lost.map((rule) => `${rule.id} → ${rule.spec}`), []);
});

Deno.test("SPEC.md does not call a requirement uncheckable that has a rule", () => {
  const covered = new Set(
    RULES.flatMap(({ spec, alsoSpec = [] }) => [spec, ...alsoSpec]),
  );
  const wrong = requirements.filter(({ anchor, text }) =>
    /_Not checkable\b/.test(text) && covered.has(anchor)
  );
  assertEquals(wrong.map(({ anchor }) => anchor), []);
});

/** SPEC.md, section 2.2: why a breach of a MUST is not an error. */
const ONLY_WARNED: Readonly<Record<string, string>> = {
  "environ/symbol-key": "a tool may have set it",
  "environ/data-property": "it may not have been the server",
  "environ/reused": "middleware may have called twice with it",
  "environ/wildcard-address": "a client can send such a Host",
  "environ/path-decoded": "a client can escape an escape",
  "environ/question-mark": "a client can send two of them",
  "environ/http-proxy": "a client can send the header",
  "environ/transfer-encoding": "a client can send the header",
  "chunk/changed": "it may not have been the application",
  "iteration/chunk-changed": "it may not have been the server",
  "input/overwritten": "it may not have been the server",
  "close/unread": "PEP 3333 does not know return()",
};

Deno.test("RULES warn of what SPEC.md demands only for a reason", () => {
  const demanded = new Set(
    requirements.filter(({ text }) => /\bMUST\b/.test(text))
      .map(({ anchor }) => anchor),
  );
  const warned = RULES.filter(({ severity, spec }) =>
    severity === "warning" && demanded.has(spec)
  );
  assertEquals(
    warned.map(({ id }) => id).toSorted(),
    Object.keys(ONLY_WARNED).toSorted(),
  );
});

Deno.test("RULES have no error where SPEC.md only advises", () => {
  const advised = new Set(
    requirements.filter(({ text }) => !/\bMUST\b/.test(text))
      .map(({ anchor }) => anchor),
  );
  const wrong = RULES.filter(({ severity, spec }) =>
    severity === "error" && advised.has(spec)
  );
  assertEquals(wrong.map(({ id }) => id), []);
});
