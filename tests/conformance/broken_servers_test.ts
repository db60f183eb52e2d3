import { assertEquals } from "@std/assert";
import { checkServer, denoServeDeviations } from "../../conformance/mod.ts";
import { denoServe } from "./broken/server.ts";
import { BROKEN_CALLS, BROKEN_WIRES, wronglyFound } from "./broken_servers.ts";

// The other half is in broken_calls_test.ts, so that two cores share the work.
Deno.test("checkServer() finds every server that is wrong on the wire, only with the cases about its fault", async () => {
  assertEquals(await wronglyFound(BROKEN_WIRES), []);
});

Deno.test("there are at least 55 broken servers, each with a unique name", () => {
  const all = [...BROKEN_CALLS, ...BROKEN_WIRES];
  const names = new Set(all.map(({ name }) => name));
  assertEquals(names.size, all.length);
  assertEquals(names.size >= 55, true);
  assertEquals(all.filter(({ found }) => found.trim() === ""), []);
});

Deno.test("denoServeDeviations names cases that Deno.serve fails", async () => {
  const ids = Object.keys(denoServeDeviations);
  const options = { cases: ids, timeout: 10_000 };
  const { cases } = await checkServer((app) => denoServe(app), options);
  const deviations = cases.filter(({ outcome }) => outcome === "deviation");
  assertEquals(deviations.map(({ id }) => id).toSorted(), ids.toSorted());
});
