import { assertEquals } from "@std/assert";
import { countTests, formatCounts } from "../../tools/count_tests.ts";
import { runTool } from "../tool.ts";

Deno.test.each([
  ["ok | 12 passed | 0 failed (150ms)", "12 passed, 0 failed"],
  [
    "FAILED | 10 passed (1 step) | 2 failed (4 steps) | 1 ignored (2 steps) (3s)",
    "10 passed, 2 failed, 1 skipped",
  ],
  ["ok | 4 passed | 0 failed | 9 measured (1m2s)", "4 passed, 0 failed"],
  ["\x1b[32mok\x1b[0m | 7 passed | 0 failed (9ms)", "7 passed, 0 failed"],
  ["ok | 3 passed | 0 failed (1s)\r", "3 passed, 0 failed"],
  ["a test: ok | 3 passed | 0 failed (1s) ... ok", "0 passed, 0 failed"],
  [
    "ok | 2 passed | 0 failed (1s)\n\nFAILED | 3 passed | 1 failed (1s)",
    "5 passed, 1 failed",
  ],
])("countTests() reads %j", (log, expected) => {
  assertEquals(formatCounts(countTests(`noise\n${log}\nnoise\n`)), expected);
});

/** Tests of every outcome, some of which print what looks like a result. */
const SOURCE = `
  console.log("ok | 50 passed | 0 failed (1s)");
  addEventListener("unload", () => console.log("ok | 50 passed | 0 failed"));
  Deno.test("prints a line", () => console.log("ok | 50 passed | 0 failed"));
  Deno.test("prints no newline", () => {
    Deno.stdout.writeSync(new TextEncoder().encode("no newline"));
  });
  Deno.test("has steps", async (t) => {
    await t.step("one", () => {});
    await t.step("two", () => {});
  });
  Deno.test("fails", () => { throw new Error("on purpose"); });
  Deno.test.ignore("is left out", () => {});
`;

Deno.test.each([
  ["with colors", "pretty", ["FORCE_COLOR=1", "NO_COLOR="]],
  ["without colors", "pretty", ["NO_COLOR=1"]],
  ["as dots", "dot", ["NO_COLOR=1"]],
])("countTests() reads what deno test prints %s", async (...row) => {
  const [, reporter, env] = row;
  const file = await Deno.makeTempFile({ suffix: "_test.ts" });
  try {
    await Deno.writeTextFile(file, SOURCE);
    const flags = ["--no-config", "--no-check", `--reporter=${reporter}`];
    const command = [Deno.execPath(), "test", ...flags, file];
    const { stdout } = await runTool("env", [...env, ...command]);
    const expected = { passed: 3, failed: 1, skipped: 1 };
    assertEquals(countTests(stdout), expected, stdout);
  } finally {
    await Deno.remove(file);
  }
});

Deno.test.each([
  ["ok | 2 passed | 0 failed (1s)\n", 0, "2 passed, 0 failed\n"],
  ["FAILED | 2 passed | 1 failed (1s)\n", 1, "2 passed, 1 failed\n"],
  ["error: Type checking failed.\n", 1, "0 passed, 0 failed\n"],
])("count_tests.ts with %j exits with %i", async (log, expected, counts) => {
  const args = ["run", "-q", "tools/count_tests.ts"];
  const input = new TextEncoder().encode(log);
  const { code, stdout } = await runTool(Deno.execPath(), args, input);
  assertEquals([code, stdout], [expected, counts]);
});
