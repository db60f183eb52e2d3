import { assertEquals } from "@std/assert";
import { summarize } from "../../bench/measure.ts";

Deno.test("summarize() takes the best and the middle of each number", () => {
  const rounds = [
    { perSecond: 100, cpu: 12, p99: 3, errors: 0 },
    { perSecond: 300, cpu: 10, p99: 9, errors: 2 },
    { perSecond: 200, cpu: 11, p99: 1, errors: 0 },
  ];
  assertEquals(summarize(rounds), {
    best: { perSecond: 300, cpu: 10, p99: 1, errors: 0 },
    median: { perSecond: 200, cpu: 11, p99: 3, errors: 0 },
  });
});

Deno.test("summarize() sorts numbers, not their digits", () => {
  const rounds = [9, 10, 100].map((cpu) => ({
    perSecond: cpu,
    cpu,
    p99: cpu,
    errors: 0,
  }));
  assertEquals(summarize(rounds).best.cpu, 9);
  assertEquals(summarize(rounds).median.perSecond, 10);
});
