import { assert, assertEquals } from "@std/assert";
import { checkServer } from "../../conformance/mod.ts";
import { Patience } from "../../conformance/patience.ts";
import { SERVER_CASES } from "../../conformance/server_cases.ts";
import type { ResponseBody } from "../../mod.ts";
import { serve } from "./broken/server.ts";
import { HOSTILE_SERVERS, type HostileServer } from "./hostile.ts";

/** Short, so that waiting in vain takes little time. */
const TIMEOUT_MS = 300;

/** On a busy machine, even a server that answers needs more than that. */
const PATIENT_TIMEOUT_MS = 10_000;

const CASES = SERVER_CASES.filter(({ limit }) => limit === undefined).length;

/** Checks a server, and returns the mistakes in its report. */
async function wrongly(
  server: HostileServer,
  timeout = TIMEOUT_MS,
): Promise<string[]> {
  const { name, start, skipped } = server;
  const report = await checkServer(start, { timeout });
  const { passed, failed, about: { problem = "" } = {} } = report;
  const shown = `${name}: ${passed} passed, ${failed} failed, "${problem}"`;
  const isRight = skipped === undefined
    ? failed > 0 && problem === ""
    : passed === 0 && failed === 3 && skipped.test(problem) &&
      report.cases.at(-1)?.message === `not run: ${problem}`;
  if (isRight && report.cases.length === CASES) return [];
  return timeout === TIMEOUT_MS
    ? await wrongly(server, PATIENT_TIMEOUT_MS)
    : [shown];
}

Deno.test("checkServer() reports why no client can work with a hostile server", async () => {
  const [busy, idle] = [true, false].map((kind) =>
    HOSTILE_SERVERS.filter(({ isBusy = false }) => isBusy === kind)
  );
  const wrong = (await Promise.all((idle ?? []).map((one) => wrongly(one))))
    .flat();
  for (const one of busy ?? []) wrong.push(...await wrongly(one));
  assertEquals(wrong, []);
});

Deno.test("checkServer() sends and requests no body that would fill the memory of a server", async () => {
  let largest = 0;
  async function* collect(body: ResponseBody): AsyncGenerator<Uint8Array> {
    let size = 0;
    try {
      for await (const chunk of body) size += chunk.length ?? 0;
    } finally {
      await body.close?.();
    }
    largest = Math.max(largest, size);
    yield new Uint8Array(1);
  }
  await checkServer((app) =>
    serve(async (...args) => {
      const body = await app(...args);
      return collect(body) as ResponseBody;
    }), { timeout: TIMEOUT_MS });
  assert(largest <= 32 << 20, `${largest} bytes`);
});

Deno.test("Patience gives cases less time after long waits, and finally none", () => {
  const patience = new Patience(1000);
  const lose = (count: number, duration: number, isLate: boolean) => {
    for (let index = 0; index < count; index++) patience.add(duration, isLate);
    return [patience.timeout, patience.isSpent];
  };
  assertEquals(lose(1000, 250, false), [1000, false]);
  assertEquals(lose(5, 1000, true), [1000, false]);
  assertEquals(lose(1, 1000, true), [100, false]);
  assertEquals(lose(49, 100, true), [100, false]);
  assertEquals(patience.lost, "11 s");
  assertEquals(lose(2, 1250, false), [100, true]);
});
