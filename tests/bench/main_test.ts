import { assert, assertEquals, assertThrows } from "@std/assert";
import { type Plan, planOf } from "../../bench/main.ts";

const CONTENDERS = ["bare", "makeServer", "oak"];
const SCENARIOS = ["hello", "json"];

function plan(...args: string[]): Plan {
  return planOf(args, CONTENDERS, SCENARIOS);
}

Deno.test("planOf() without arguments measures everything in five rounds", () => {
  const { rounds, seconds, includes, json } = plan();
  assertEquals([rounds, seconds, json], [5, 1, undefined]);
  for (const contender of CONTENDERS) {
    for (const scenario of SCENARIOS) assert(includes(contender, scenario));
  }
});

Deno.test("planOf() with --quick compares makeServer with the bare handler", () => {
  const { rounds, includes } = plan("--quick");
  assertEquals(rounds, 2);
  assert(includes("makeServer", "hello"));
  assert(includes("bare", "json"));
  assert(!includes("oak", "hello"));
});

Deno.test("planOf() measures what the command line names", () => {
  const { includes } = plan("--quick", "--contender=oak", "--scenario=json");
  assert(includes("oak", "json"));
  assert(!includes("oak", "hello"));
  assert(!includes("bare", "json"));
});

Deno.test("planOf() rejects unknown names and wrong numbers", () => {
  for (
    const [option, message] of [
      ["--scenario=hello,nope", 'must be one of hello, json, got "nope"'],
      ["--contender=", 'got ""'],
      ["--rounds=0", 'got "0"'],
      ["--seconds=0.2", 'got "0.2"'],
      ["--unknown", ""],
    ] as const
  ) assertThrows(() => plan(option), TypeError, message);
});
