import { assert, assertEquals } from "@std/assert";
import { CHECKS } from "../../tools/check_coverage.ts";
import { inputWith } from "../../tools/validators/case.ts";
import { BROKEN, SOUND } from "../../tools/validators/cases.ts";
import {
  judge,
  judgeAll,
  judgeInPython,
  readResults,
} from "../../tools/validators/compare.ts";
import type { Scenario } from "../validator/scenario.ts";

const all = { ...BROKEN, ...SOUND };
const results = await readResults();
const python = await judgeInPython();

/** The ids in the source, so that Python itself is not needed to compare. */
async function idsInPython(): Promise<string[]> {
  const file = new URL("../../tools/validators/cases.py", import.meta.url);
  const source = await Deno.readTextFile(file);
  const calls = source.matchAll(/^@?(?:case|environ|part)\(\s*"([^"]+)"/gm);
  return [...new Set([...calls].map(([, id]) => id ?? ""))];
}

Deno.test("cases.py has the same cases as cases.ts", async () => {
  assertEquals((await idsInPython()).sort(), Object.keys(all).sort());
});

Deno.test("cases.ts has enough of both kinds", () => {
  assert(Object.keys(BROKEN).length >= 50);
  assert(Object.keys(SOUND).length >= 8);
});

for (const [id, program] of Object.entries(BROKEN)) {
  const says = program.exception === undefined ? "finds" : "does not find";
  Deno.test(`validator() ${says} what is broken in ${id}`, async () => {
    const { outcome, rules } = await judge(program);
    if (program.exception !== undefined) {
      assertEquals(outcome, "-");
      return;
    }
    const expected = program.rows.flatMap((row) => {
      const ours = CHECKS[row]?.ours;
      return ours !== undefined && "rules" in ours ? ours.rules : [row];
    });
    assert(outcome === "error" || outcome === "warning", outcome);
    assert(
      // A row about the validator itself has no rule to look for.
      rules.some((rule) => expected.includes(rule)) ||
        program.rows.some((row) => "itself" in (CHECKS[row]?.ours ?? {})),
      `found ${rules.join(", ")}, not one of ${expected.join(", ")}`,
    );
  });
}

for (const [id, program] of Object.entries(SOUND)) {
  const says = program.exception === undefined ? "nothing" : "something";
  Deno.test(`validator() says ${says} about ${id}`, async () => {
    const { outcome, rules } = await judge(program);
    if (program.exception === undefined) assertEquals(rules, []);
    assertEquals(outcome === "-", program.exception === undefined);
  });
}

Deno.test("judge() calls it a crash when only the validated program fails", async () => {
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

Deno.test("results.json has what validator() says (deno task validators)", async () => {
  assertEquals(results["ours"]?.outcomes, await judgeAll());
});

for (const name of ["wsgiref", "webtest", "werkzeug"]) {
  const here = python[name];
  const kept = results[name];
  const reason = here === undefined
    ? " (not installed here)"
    : here.version !== kept?.version
    ? ` (kept of ${kept?.version}, here is ${here.version})`
    : "";
  Deno.test({
    name: `results.json has what ${name} says${reason}`,
    ignore: reason !== "",
    fn: () => assertEquals(kept?.outcomes, here?.outcomes),
  });
}
