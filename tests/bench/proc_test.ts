import { assert, assertEquals, assertGreater } from "@std/assert";
import {
  cpuBetween,
  cpuTimes,
  memoryOf,
  parseSchedstat,
  parseStatus,
  treeOf,
} from "../../bench/proc.ts";
import { testsWith } from "../tool.ts";

const isLinux = Deno.build.os === "linux";
const test = testsWith(isLinux ? "" : " (there is no /proc)");

Deno.test("parseSchedstat() reads the nanoseconds on a CPU", () => {
  assertEquals(parseSchedstat("1543261614 20733187 44\n"), 1_543_261_614);
  assertEquals(parseSchedstat(""), undefined);
});

Deno.test("parseStatus() reads kibibytes as bytes", () => {
  const status = "Name:\tVmRSS: 1 kB\nVmHWM:\t  2048 kB\nVmRSS:\t  1024 kB\n";
  assertEquals(parseStatus(status), { rss: 1_048_576, peak: 2_097_152 });
  assertEquals(parseStatus(""), { rss: 0, peak: 0 });
});

Deno.test("cpuBetween() counts new threads in full and omits those that have ended", () => {
  const before = new Map([["1", 100], ["2", 50]]);
  const after = new Map([["1", 130], ["3", 7]]);
  assertEquals(cpuBetween(before, after), 37);
});

test("cpuTimes() grows while a process works", async () => {
  const before = await cpuTimes(Deno.pid);
  let spent = 0;
  // It ends as soon as the kernel has accounted for anything.
  while (spent === 0) spent = cpuBetween(before, await cpuTimes(Deno.pid));
  assertGreater(spent, 0);
});

test("treeOf() finds the children of a process, memoryOf() adds them up", async () => {
  const child = new Deno.Command("cat", { stdin: "piped", stdout: "null" })
    .spawn();
  try {
    assert((await treeOf(Deno.pid)).includes(child.pid));
    const { rss, peak } = await memoryOf(Deno.pid);
    assertGreater(rss, 1_000_000);
    assert(peak >= rss - 1_048_576);
  } finally {
    await child.stdin.close();
    await child.status;
  }
});

test("memoryOf() and cpuTimes() of a process that has ended are empty", async () => {
  const child = new Deno.Command("true").spawn();
  await child.status;
  assertEquals(await memoryOf(child.pid), { rss: 0, peak: 0 });
  assertEquals(await cpuTimes(child.pid), new Map());
});
