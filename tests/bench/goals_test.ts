import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { contendersWith } from "../../bench/contenders.ts";
import { cpuOf, GOALS, isForGoals, judge } from "../../bench/goals.ts";
import { SCENARIOS } from "../../bench/scenarios.ts";
import { result, row } from "./results.ts";

Deno.test("judge() divides the CPU time of the other by ours", () => {
  const [goal] = judge([result]);
  assertAlmostEquals(goal?.ratio ?? NaN, 0.5);
  assertEquals(goal?.reached, false);
});

Deno.test("judge() counts a goal that is just met as reached", () => {
  const even = {
    ...result,
    rows: [row("bare", 10), row("makeServer", 10)],
  };
  assertEquals(judge([even]).map(({ reached }) => reached), [true]);
});

Deno.test("judge() leaves out what was not measured", () => {
  const alone = { ...result, rows: [row("makeServer", 10)] };
  assertEquals(judge([alone]), []);
  assertEquals(judge([]), []);
});

Deno.test("cpuOf() gives nothing for an unknown contender or scenario", () => {
  assertEquals(cpuOf([result], "hello", "makeServer"), 20);
  assertEquals(cpuOf([result], "hello", "nobody"), undefined);
  assertEquals(cpuOf([result], "nothing", "bare"), undefined);
});

Deno.test("GOALS name contenders and scenarios that exist", () => {
  const contenders = new Set(contendersWith("").map(({ id }) => id));
  const scenarios = new Set(SCENARIOS.map(({ id }) => id));
  for (const { ours, against, scenario } of GOALS) {
    assert(contenders.has(ours), ours);
    assert(contenders.has(against), against);
    assert(scenarios.has(scenario), scenario);
  }
});

Deno.test("isForGoals() knows both sides of a goal, in its scenario only", () => {
  assert(isForGoals("wsgiref", "hello"));
  assert(isForGoals("bare", "file"));
  assert(!isForGoals("wsgiref", "file"));
  assert(!isForGoals("oak", "hello"));
});
