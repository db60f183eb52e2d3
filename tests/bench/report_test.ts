import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  alignTable,
  formatNumber,
  formatReport,
  formatResult,
} from "../../bench/report.ts";
import { report, result } from "./results.ts";

Deno.test("alignTable() puts names to the left and numbers to the right", () => {
  const table = alignTable([["name", "n"], ["a", "100"], ["longer", "7"]]);
  assertEquals(table, "name      n\na       100\nlonger    7");
});

Deno.test("formatNumber() keeps about three digits", () => {
  assertEquals(formatNumber(1.234), "1.23");
  assertEquals(formatNumber(12.34), "12.3");
  assertEquals(formatNumber(12345.6), "12,346");
  assertEquals(formatNumber(NaN), "-");
});

Deno.test("formatResult() gives each row its ratios to the bare handler", () => {
  const [, , , ours = ""] = formatResult(result).split("\n");
  assertEquals(
    ours.split(/\s+/).join(" "),
    "makeServer 50,000 50,000 0.50 20.0 21.0 0.50 1.50 50.0 60.0 1.00 0",
  );
});

Deno.test("formatResult() says who was left out, and why", () => {
  assertStringIncludes(
    formatResult(result),
    "\noak: left out (it <cannot> be had)",
  );
});

Deno.test("formatReport() begins with the machine and ends with the versions", () => {
  const text = formatReport(report);
  assertEquals(text.startsWith("a processor, 2 cores; best of 5 rounds"), true);
  assertEquals(text.endsWith("\n\nbare: Deno 2\noak: oak 14"), true);
});
