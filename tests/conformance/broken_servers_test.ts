import { assertEquals } from "@std/assert";
import { checkServer, denoServeDeviations } from "../../conformance/mod.ts";
import { StderrStream } from "../../wsgi/error_stream.ts";
import { toFetchHandler } from "../../mod.ts";
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
  const { cases } = await checkServer((app) => {
    const server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      toFetchHandler(app, {
        environ: { "wsgi.errors": new StderrStream(() => {}) },
      }),
    );
    return {
      hostname: "127.0.0.1",
      port: server.addr.port,
      deviations: denoServeDeviations,
      stop: () => server.shutdown(),
    };
  }, { cases: ids, timeout: 10_000 });
  const deviations = cases.filter(({ outcome }) => outcome === "deviation");
  assertEquals(deviations.map(({ id }) => id).toSorted(), ids.toSorted());
});
