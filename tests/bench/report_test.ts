import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { summarize } from "../../bench/measure.ts";
import { createPage, speedTable } from "../../bench/publish.ts";
import { parseLoad } from "../../bench/wrk.ts";

const ROOT = new URL("../../", import.meta.url);

Deno.test("summarize() returns the best and the median of each number, sorted numerically", () => {
  const rounds = [
    { perSecond: 9, cpu: 12, p99: 3, errors: 0 },
    { perSecond: 100, cpu: 10, p99: 9, errors: 2 },
    { perSecond: 10, cpu: 9, p99: 1, errors: 0 },
  ];
  assertEquals(summarize(rounds), {
    best: { perSecond: 100, cpu: 9, p99: 1, errors: 0 },
    median: { perSecond: 10, cpu: 10, p99: 3, errors: 0 },
  });
});

Deno.test("parseLoad() reads the last line that is an object", () => {
  const load = {
    ...{ requests: 10, micros: 1_000_000, bytes: 1000 },
    ...{ errors: 0, p50: 100, p99: 900 },
  };
  const output = `Running 1s test\n{no}\n${JSON.stringify(load)}\n`;
  assertEquals(parseLoad(output), load);
  const message = 'there is no result in "unable to connect"';
  assertThrows(() => parseLoad("unable to connect"), Error, message);
});

Deno.test("speedTable() has the CPU time, and the ratio of the bare handler to it", () => {
  const rows = [["bare", 10], ["makeServer", 12.5]].map(([contender, cpu]) => {
    const sample = { perSecond: 1000, cpu, p99: 1, errors: 0 };
    return { contender, summary: { best: sample, median: sample } };
  });
  const result = { scenario: "hello", title: "13 bytes", rows, missing: [] };
  const table = speedTable({ results: [result] } as never);
  assertStringIncludes(table, "| hello | 10.0 | 12.5 (0.80) |");
});

Deno.test("docs/speed.md is up to date (deno task bench:publish)", async () => {
  const page = await Deno.readTextFile(new URL("docs/speed.md", ROOT));
  assertEquals(page, await createPage());
});
