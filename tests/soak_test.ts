import { assertEquals, assertMatch } from "@std/assert";
import { findings, type Report } from "../tools/soak.ts";
import { Program } from "./program.ts";

const MIB = 1024 * 1024;

function reportOf(facts: Partial<Report> = {}): Report {
  return {
    made: 5,
    closed: 5,
    entered: 3,
    left: 3,
    faults: [],
    memory: { resident: 100 * MIB, held: 10 * MIB },
    ...facts,
  };
}

function grown(resident: number, held: number): Report {
  return reportOf({ memory: { resident: resident * MIB, held: held * MIB } });
}

Deno.test.each<[string, number, Report, string[]]>([
  ["nothing if all went well", 300, grown(105, 9), []],
  ["an open body", 300, reportOf({ closed: 4 }), ["5 bodies, 4 closed"]],
  ["a generator", 300, reportOf({ left: 2 }), ["3 generators, 2 ended"]],
  ["a process that grows", 300, grown(111, 10), [
    `resident memory grows by ${11 * MIB} bytes`,
  ]],
  ["nothing in the heap of a short run", 8, grown(140, 10), []],
  ["objects that pile up in a short run", 8, grown(100, 11.5), [
    `held memory grows by ${1.5 * MIB} bytes`,
  ]],
  ["a fault of the server", 300, reportOf({ faults: ["twice"] }), ["twice"]],
])("findings() reports %s", (_what, seconds, after, expected) => {
  assertEquals(findings(seconds, reportOf(), after), expected);
});

Deno.test("makeServer() withstands a mixed load for some seconds", async () => {
  await using program = new Program("run", "-A", "tools/soak.ts", "8");
  const { code, stdout, stderr } = await program.outcome();
  assertMatch(stdout, /^ok: /, stderr);
  assertEquals(code, 0, stderr);
});
