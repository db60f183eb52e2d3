import { assertEquals, assertMatch } from "@std/assert";
import { judge, type Report, type Soak } from "../tools/soak/report.ts";
import { Program } from "./program.ts";

const MIB = 1024 * 1024;

function reportOf(facts: Partial<Report> = {}): Report {
  return {
    bodies: { made: 5, closed: 5 },
    work: { entered: 3, left: 3 },
    faults: [],
    memory: { resident: 100 * MIB, held: 10 * MIB },
    ...facts,
  };
}

function soakOf(facts: Partial<Soak> = {}): Soak {
  return {
    seconds: 300,
    requests: 6,
    surprises: [],
    before: reportOf(),
    after: reportOf(),
    alarm: undefined,
    isAlive: true,
    ...facts,
  };
}

function grown(resident: number, held: number): Report {
  return reportOf({ memory: { resident: resident * MIB, held: held * MIB } });
}

Deno.test("judge() says in one line that all went well", () => {
  assertEquals(judge(soakOf({ after: grown(105, 9) })), {
    isGood: true,
    line:
      "ok: 6 requests in 300 s, 5 bodies, 5 closed, process 100.0 → 105.0 MiB (+5.0 %), held 10.0 → 9.0 MiB (-10.0 %)",
  });
});

Deno.test.each<[string, Partial<Soak>, string]>([
  [
    "a body that was not closed",
    { after: reportOf({ bodies: { made: 5, closed: 4 } }) },
    "5 bodies, 4 closed",
  ],
  [
    "a generator that did not end",
    { after: reportOf({ work: { entered: 3, left: 2 } }) },
    "3 generators, 2 ended",
  ],
  ["a process that grows", { after: grown(111, 10) }, "the process grows"],
  ["objects that pile up", { after: grown(100, 11.5) }, "objects pile up"],
  [
    "objects that pile up in a short run",
    { seconds: 8, after: grown(100, 11.5) },
    "objects pile up",
  ],
  [
    "answers that nobody expects",
    { surprises: ["/a gave 1", "/b gave 2"] },
    "2 times like: /a gave 1",
  ],
  [
    "what the server has seen itself",
    { after: reportOf({ faults: ["close() twice"] }) },
    "1 times like: close() twice",
  ],
  [
    "an unhandled rejection",
    {
      alarm: "error: Uncaught (in promise) Error: a",
      isAlive: false,
    },
    "the server has ended; the server has printed: error: Uncaught (in promise) Error: a",
  ],
])("judge() finds %s", (_what, facts, words) => {
  const { isGood, line } = judge(soakOf(facts));
  assertEquals(isGood, false);
  assertEquals(line.slice(0, line.indexOf(" (6 requests")), `FAILED: ${words}`);
});

Deno.test("judge() lets the heap of a short run find its size", () => {
  const after = grown(140, 10);
  assertEquals(judge(soakOf({ seconds: 8, after })).isGood, true);
  assertEquals(judge(soakOf({ seconds: 300, after })).isGood, false);
});

Deno.test("makeServer() stands a mixed load for some seconds", async () => {
  await using program = new Program(
    "run",
    "-A",
    "tools/soak.ts",
    "--seconds",
    "8",
  );
  const { code, stdout, stderr } = await program.outcome();
  assertMatch(stdout, /^ok: .*\n$/, stderr);
  assertEquals(code, 0, stderr);
});

Deno.test("soak.ts says what is wrong with an option", async () => {
  await using program = new Program("run", "-A", "tools/soak.ts", "--minutes");
  const { code, stderr } = await program.outcome();
  assertMatch(stderr, /Cannot soak: options are --seconds, --rate and --seed/);
  assertEquals(code, 1);
});
