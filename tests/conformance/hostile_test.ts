import { assert, assertEquals, assertMatch } from "@std/assert";
import { checkServer } from "../../conformance/mod.ts";
import { Patience } from "../../conformance/patience.ts";
import { SERVER_CASES } from "../../conformance/server_cases.ts";
import type { ResponseBody } from "../../mod.ts";
import { serve } from "./broken/server.ts";
import { HOSTILE_SERVERS, type HostileServer } from "./hostile.ts";

/** Short, so that waiting in vain takes little time. */
const TIMEOUT_MS = 300;

Deno.test("checkServer() reports on servers with which no client can get on", async (t) => {
  const known = SERVER_CASES.filter(({ limit }) => limit === undefined).length;
  const step = ({ name, start, skipped }: HostileServer) =>
    t.step({
      name,
      sanitizeOps: false,
      sanitizeResources: false,
      sanitizeExit: false,
      fn: async () => {
        const report = await checkServer(start, { timeout: TIMEOUT_MS });
        assertEquals(report.cases.length, known);
        assert(report.failed > 0);
        assertMatch(report.about?.problem ?? "", skipped ?? /^$/);
        if (skipped === undefined) return;
        assertEquals([report.passed, report.failed], [0, 3]);
        assertMatch(report.cases.at(-1)?.message ?? "", /^not run: /);
      },
    });
  await Promise.all(HOSTILE_SERVERS.filter(({ isBusy }) => !isBusy).map(step));
  for (const one of HOSTILE_SERVERS.filter(({ isBusy }) => isBusy)) {
    await step(one);
  }
});

Deno.test("no body of the kit fills the memory of a server that collects bodies", async () => {
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

Deno.test("checkServer() says that reports of another process do not arrive", async () => {
  const { about } = await checkServer((app) =>
    // What the application reports goes nowhere.
    serve((environ, startResponse) => {
      const mark = environ.HTTP_WSGI_CASE?.replace(/\.[^.]*$/, ".lost");
      return app({ ...environ, HTTP_WSGI_CASE: mark }, startResponse);
    }), { cases: ["environ/*"], timeout: TIMEOUT_MS });
  assertMatch(about?.problem ?? "", /, or its reports do not arrive$/);
});

Deno.test("checkServer() says that a server hides the header of the kit", async () => {
  const { about } = await checkServer(
    (app) =>
      serve(({ HTTP_WSGI_CASE: _, ...environ }, startResponse) =>
        app(environ, startResponse)
      ),
    { cases: ["environ/*"], timeout: TIMEOUT_MS },
  );
  assertMatch(about?.problem ?? "", /without the header Wsgi-Case/);
});

Deno.test("Patience gives cases less time once much was lost, and none in the end", () => {
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
