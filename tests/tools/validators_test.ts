import { assert, assertEquals } from "@std/assert";
import { CASES, SUITES } from "../../tools/validators/cases.ts";
import { judgeAll, judgeInPython } from "../../tools/validators/compare.ts";
import { judge } from "../../tools/validators/judge.ts";
import {
  createPage,
  createSuitesPage,
  PAGE,
  readResults,
  SUITES_PAGE,
} from "../../tools/validators/pages.ts";
import { inputWith, PROGRAMS } from "../../tools/validators/programs.ts";
import { testsWith } from "../tool.ts";
import type { Scenario } from "../validator/scenario.ts";

const results = await readResults();
const python = await judgeInPython();

/** The ids in the source, so that Python itself is not needed to compare. */
async function idsInPython(): Promise<Set<string>> {
  const file = new URL("../../tools/validators/programs.py", import.meta.url);
  const source = await Deno.readTextFile(file);
  const calls = source.matchAll(
    /^@?(?:part|returning|setting|between)\(\s*"([^"]+)"/gm,
  );
  return new Set([...calls].map(([, id]) => id ?? ""));
}

Deno.test("programs.py has the same programs as programs.ts", async () => {
  const ids = Object.keys(PROGRAMS).sort();
  assertEquals([...await idsInPython()].sort(), ids);
  const known = new Set(CASES.map(({ id }) => id));
  assertEquals(ids.filter((id) => !known.has(id)), []);
});

Deno.test("cases.jsonl has enough cases of both kinds, each once", () => {
  assertEquals(new Set(CASES.map(({ title }) => title)).size, CASES.length);
  assert(CASES.filter(({ isSound }) => isSound).length >= 22);
  assert(CASES.filter(({ isSound }) => !isSound).length >= 127);
});

for (const program of CASES) {
  const { id, isSound, rule } = program;
  Deno.test(`validator() finds ${rule ?? "nothing"} in ${id}`, async () => {
    const { outcome, rules } = await judge(program);
    assertEquals(rules, rule === undefined ? [] : [rule]);
    assertEquals(outcome === "-", rule === undefined);
    assert(isSound || rule !== undefined);
  });
}

Deno.test("suites.jsonl has each program once, and says where validator() disagrees", async () => {
  assertEquals(new Set(SUITES.map(({ title }) => title)).size, SUITES.length);
  const { outcomes } = (await judgeAll())["@wsgi/ref"]!;
  const differing = SUITES.filter(({ id, isSound }) =>
    (outcomes[id] === "-") !== isSound
  );
  const noted = SUITES.filter(({ note }) => note !== undefined);
  assertEquals(differing.map(({ id }) => id), noted.map(({ id }) => id));
});

Deno.test("judge() reports a crash when only the validated program fails", async () => {
  const call = (name: string): Scenario => ({
    environ: (environ) => {
      environ["wsgi.input"] = inputWith({ unheardOf: () => {} });
    },
    app: (environ, startResponse) => {
      environ["wsgi.input"][name]();
      startResponse("200 OK", []);
      return [];
    },
  });
  assertEquals((await judge(call("unheardOf"))).outcome, "crash");
  assertEquals((await judge(call("notThere"))).outcome, "-");
});

Deno.test("docs/validators.md is up to date (deno task validators)", async () => {
  const page = await Deno.readTextFile(PAGE);
  const all = { ...results, ...await judgeAll() };
  assertEquals(page, await createPage(all));
  const suites = await Deno.readTextFile(SUITES_PAGE);
  assertEquals(suites, await createSuitesPage(all));
});

for (const name of ["wsgiref", "webtest", "werkzeug"]) {
  const [here, kept] = [python[name], results[name]];
  const reason = here === undefined
    ? " (not installed here)"
    : here.version !== kept?.version
    ? ` (the page has ${kept?.version}, here is ${here.version})`
    : "";
  testsWith(reason)(`docs/validators.md has what ${name} reports`, () => {
    assertEquals(kept?.outcomes, here?.outcomes);
  });
}
