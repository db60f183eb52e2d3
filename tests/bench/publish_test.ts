import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Report } from "../../bench/report.ts";
import { createPage, speedTable } from "../../bench/publish.ts";

const ROOT = new URL("../../", import.meta.url);

function row(contender: string, cpu: number): Report["results"][0]["rows"][0] {
  const sample = { perSecond: 1000, cpu, p99: 1, errors: 0 };
  return {
    contender,
    summary: { best: sample, median: sample },
    memory: { rss: 1, peak: 1 },
  } as unknown as Report["results"][0]["rows"][0];
}

Deno.test("speedTable() gives CPU time, and how much more the bare handler needs", () => {
  const table = speedTable(
    {
      results: [{
        scenario: "hello",
        title: "13 bytes",
        rows: [row("bare", 10), row("makeServer", 12.5)],
        missing: [],
      }],
    } as unknown as Report,
  );
  assertStringIncludes(table, "| hello | 10.0 | 12.5 (0.80) |");
});

Deno.test("deno task bench:publish wrote what docs/speed.md shows", async () => {
  const page = await Deno.readTextFile(new URL("docs/speed.md", ROOT));
  assertEquals(page, await createPage());
});
