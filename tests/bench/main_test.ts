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

Deno.test("planOf() measures whom the command line names", () => {
  const { includes } = plan("--quick", "--contender=oak", "--scenario=json");
  assert(includes("oak", "json"));
  assert(!includes("oak", "hello"));
  assert(!includes("bare", "json"));
});

Deno.test("planOf() refuses unknown names, and numbers that are none", () => {
  assertThrows(
    () => plan("--scenario=hello,nope"),
    TypeError,
    'scenario must be one of hello, json, got "nope"',
  );
  assertThrows(() => plan("--contender="), TypeError, 'got ""');
  assertThrows(() => plan("--rounds=0"), TypeError, 'got "0"');
  assertThrows(() => plan("--seconds=0.2"), TypeError, 'got "0.2"');
  assertThrows(() => plan("--unknown"), TypeError);
});
