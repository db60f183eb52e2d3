import { assert, assertEquals } from "@std/assert";
import { RULES } from "../../validator/rules/table.ts";
import { CHECKS, coverageTable } from "../../tools/check_coverage.ts";
import { BEYOND } from "../../tools/checks/beyond.ts";
import { createReference } from "../../tools/rule_reference.ts";

const ids = RULES.map((rule): string => rule.id);
const checks = Object.entries(CHECKS);
const named = checks.flatMap(([, { ours }]) =>
  "rules" in ours ? ours.rules : []
);

/** The names of some rows: A1, A2, … */
function rowNames(letter: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${letter}${i + 1}`);
}

Deno.test("CHECKS has every check of the five validators, and those that none makes", () => {
  const counts = Object.entries({
    A: 4,
    B: 22,
    C: 19,
    D: 5,
    E: 6,
    F: 13,
    G: 11,
    H: 2,
    I: 5,
    J: 1,
    K: 4,
    L: 3,
    M: 11,
    N: 3,
    O: 6,
    b: 76,
  });
  assertEquals(
    Object.keys(CHECKS),
    counts.flatMap(([letter, count]) => rowNames(letter, count)),
  );
});

Deno.test("CHECKS says of each check that five make what they do", () => {
  const wrong = checks.filter(([name, { others }]) =>
    (others === undefined) !== name.startsWith("b")
  );
  assertEquals(wrong.map(([name]) => name), []);
});

Deno.test("CHECKS names rules that there are", () => {
  assertEquals(named.filter((id) => !ids.includes(id)), []);
});

Deno.test("CHECKS names a rule or a reason for each check", () => {
  const empty = checks.filter(([, { ours }]) =>
    Object.values(ours).some((value) => value.length === 0)
  );
  assertEquals(empty.map(([name]) => name), []);
});

Deno.test("BEYOND and CHECKS have each rule, in one of the two", () => {
  const beyond = Object.keys(BEYOND);
  assertEquals(beyond.filter((id) => !ids.includes(id)), []);
  assertEquals(beyond.filter((id) => named.includes(id)), []);
  const known = new Set([...beyond, ...named]);
  assertEquals(ids.filter((id) => !known.has(id)), []);
});

Deno.test("CHECKS leaves few checks out", () => {
  // What is more harm than good: no list of methods, no absolute Location, …
  const harmful = ["A4", "C1", "C15", "F8", "G1", "G2", "G10"];
  const leftOut = checks.filter(([name, { ours }]) =>
    "leftOut" in ours && !harmful.includes(name)
  );
  assert(leftOut.length <= 15, leftOut.map(([name]) => name).join(" "));
});

Deno.test("coverageTable() links only to headings that the reference has", async () => {
  const reference = await createReference();
  const headings = [...reference.matchAll(/^#+ (.+)$/gm)].map(([, text = ""]) =>
    text.toLowerCase().replaceAll("/", "").replaceAll(" ", "-")
  );
  const targets = [...coverageTable().matchAll(/\]\(#([^)]+)\)/g)];
  const lost = targets.map(([, target = ""]) => target)
    .filter((target) => !headings.includes(target));
  assertEquals([...new Set(lost)], []);
});

Deno.test("coverageTable() gives each row of a table as many cells as its head", () => {
  const tables = coverageTable().split(/\n(?!\|)/).map((block) =>
    block.split("\n").filter((line) => line.startsWith("|"))
  );
  const widths = tables.map((lines) =>
    new Set(lines.map((line) => line.replaceAll("\\|", "").split("|").length))
  );
  assertEquals(widths.filter(({ size }) => size > 1), []);
});
