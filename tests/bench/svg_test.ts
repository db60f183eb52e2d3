import { assertEquals, assertStringIncludes } from "@std/assert";
import { plotReport } from "../../bench/plot.ts";
import { plotScale } from "../../bench/scale_plot.ts";
import { formatBytes, formatShort } from "../../bench/scale_report.ts";
import { barPanel, escapeXml, picture } from "../../bench/svg.ts";
import { report, result } from "./results.ts";

const sample = { perSecond: 1000, cpu: 10, p99: 1, errors: 0 };
const curve = (contender: string, scale: readonly number[]) => ({
  contender,
  points: scale.map((at) => ({ at, sample })),
});

/** Fails if tags do not nest, or a bare `<` or `&` is left. */
function checkWellFormed(xml: string): void {
  const open: string[] = [];
  const text = xml.replace(
    /<(\/?)([a-z]+)((?: [\w:-]+="[^"<&]*")*)(\/?)>/gi,
    (_tag, closing, name, _attributes, empty) => {
      if (closing) assertEquals(name, open.pop());
      else if (!empty) open.push(name);
      return "";
    },
  );
  assertEquals(open, []);
  assertEquals(text.match(/<|&(?!(?:amp|lt|gt|quot);)/), null);
}

Deno.test("escapeXml() escapes what would be markup", () => {
  assertEquals(escapeXml(`<a b="c">&`), "&lt;a b=&quot;c&quot;&gt;&amp;");
});

Deno.test("plotReport() draws well-formed bars, light and dark", () => {
  const svg = plotReport(report);
  checkWellFormed(svg);
  assertEquals(svg.match(/class="ours"/g)?.length, 2);
  assertStringIncludes(svg, "prefers-color-scheme: dark");
});

Deno.test("plotReport() without the bare handler draws nothing", () => {
  const svg = plotReport({
    ...report,
    results: [{ ...result, rows: result.rows.slice(1) }],
  });
  checkWellFormed(svg);
  assertEquals(svg.includes("<rect"), false);
});

Deno.test("barPanel() draws no bar beyond the picture", () => {
  const { content } = barPanel("<title>", "a & b", [
    { name: "one", value: 5 },
    { name: "none", value: 0 },
  ]);
  checkWellFormed(picture("a < b", [{ height: 1, content }]));
  const ends = [...content.matchAll(/x="(\d+)" y="\d+" width="([\d.]+)"/g)]
    .map(([, x, width]) => Number(x) + Number(width));
  assertEquals(ends, [700, 140]);
});

Deno.test("plotScale() draws a line for each contender and scale", () => {
  const svg = plotScale({
    date: "",
    machine: {},
    connections: [curve("bare", [1, 10]), curve("makeServer", [1, 10])],
    sizes: [curve("bare", [1024]), curve("makeServer", [1024])],
    holding: [],
    parallel: [],
  });
  checkWellFormed(svg);
  assertEquals(svg.match(/<polyline/g)?.length, 4);
  assertEquals(svg.includes("NaN"), false);
});

Deno.test("formatBytes() and formatShort() are short", () => {
  assertEquals(formatBytes(1024), "1 KiB");
  assertEquals(formatBytes(104_857_600), "100 MiB");
  assertEquals(formatShort(999), "999");
  assertEquals(formatShort(56_035), "56k");
});
