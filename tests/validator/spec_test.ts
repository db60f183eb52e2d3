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

Deno.test("SPEC.md gives each requirement a unique anchor", () => {
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

const covered = new Set(
  RULES.flatMap(({ spec, alsoSpec = [] }) => [spec, ...alsoSpec]),
);

/** The anchors of the requirements that a test is about. */
function anchorsOf(is: (requirement: Requirement) => boolean): string[] {
  return requirements.filter(is).map(({ anchor }) => anchor);
}

const isDemand = ({ text }: Requirement): boolean => /\bMUST\b/.test(text);

Deno.test("SPEC.md has a rule for each MUST, or says why not", () => {
  const uncovered = anchorsOf((requirement) =>
    isDemand(requirement) && !covered.has(requirement.anchor) &&
    !/_(?:Server test|Not checkable)\b/.test(requirement.text)
  );
  assertEquals(uncovered, []);
});

Deno.test("SPEC.md calls no requirement uncheckable that has a rule", () => {
  const wrong = anchorsOf(({ anchor, text }) =>
    /_Not checkable\b/.test(text) && covered.has(anchor)
  );
  assertEquals(wrong, []);
});

Deno.test("RULES point to requirements of SPEC.md", () => {
  const anchors = new Set(anchorsOf(() => true));
  const lost = RULES.filter((rule) => !anchors.has(rule.spec));
  assertEquals(lost.map((rule) => `${rule.id} → ${rule.spec}`), []);
});

/** SPEC.md, section 2.2: why a breach of a MUST is not an error. */
const ONLY_WARNED: Readonly<Record<string, string>> = {
  "application/other-interface": "the names of parameters only suggest it",
  "start-response/rethrows": "middleware may hold the response back",
  "environ/symbol-key": "a tool may have set it",
  "environ/data-property": "it may not have been the server",
  "environ/reused": "middleware may have called twice with it",
  "environ/wildcard-address": "a client can send such a Host",
  "environ/path-decoded": "a client can escape an escape",
  "environ/query-of-target": "middleware may have changed it",
  "environ/question-mark": "a client can send two of them",
  "environ/http-proxy": "a client can send the header",
  "environ/transfer-encoding": "a client can send the header",
  "iteration/chunk-lost": "it may not have been the server",
  "chunk/reused": "it may not have been the application",
  "chunk/changed": "it may not have been the application",
  "iteration/chunk-changed": "it may not have been the server",
  "middleware/write-lost": "it may have been on purpose",
  "input/overwritten": "it may not have been the server",
  "close/unread": "PEP 3333 does not know return()",
};

Deno.test("RULES warn about a MUST only for a reason, and report no SHOULD as an error", () => {
  const demanded = new Set(anchorsOf(isDemand));
  const idsOf = (severity: string, isDemanded: boolean) =>
    RULES.filter((rule) => rule.severity === severity)
      .filter((rule) => demanded.has(rule.spec) === isDemanded)
      .map(({ id }) => id);
  const warned = idsOf("warning", true).toSorted();
  assertEquals(warned, Object.keys(ONLY_WARNED).toSorted() as typeof warned);
  assertEquals(idsOf("error", false), []);
});
