import { assertEquals, assertThrows } from "@std/assert";
import { type Plan, planOf } from "../../bench/main.ts";

const CONTENDERS = ["bare", "makeServer", "oak"];
const SCENARIOS = ["hello", "json"];

function plan(...args: string[]): Plan {
  return planOf(args, CONTENDERS, SCENARIOS);
}

/** Lists what a command line measures. */
function measured(...args: string[]): string {
  const { includes } = plan(...args);
  return CONTENDERS.flatMap((contender) =>
    SCENARIOS.filter((scenario) => includes(contender, scenario))
      .map((scenario) => `${contender} ${scenario}`)
  ).join();
}

Deno.test("planOf() measures everything, or what the command line names", () => {
  const quick = "bare hello,bare json,makeServer hello,makeServer json";
  assertEquals(measured(), `${quick},oak hello,oak json`);
  assertEquals(measured("--quick"), quick);
  const named = ["--quick", "--contender=oak", "--scenario=json"];
  assertEquals(measured(...named), "oak json");
});

Deno.test("planOf() chooses five rounds, or two with --quick", () => {
  const { rounds, seconds, json } = plan();
  assertEquals([rounds, seconds, json], [5, 1, undefined]);
  assertEquals(plan("--quick").rounds, 2);
});

Deno.test("planOf() rejects unknown names and wrong numbers", () => {
  const wrong = [
    ["--scenario=hello,nope", 'must be one of hello, json, got "nope"'],
    ["--contender=", 'got ""'],
    ["--rounds=0", 'got "0"'],
    ["--seconds=0.2", 'got "0.2"'],
    ["--unknown", ""],
  ] as const;
  for (const [option, message] of wrong) {
    assertThrows(() => plan(option), TypeError, message);
  }
});
