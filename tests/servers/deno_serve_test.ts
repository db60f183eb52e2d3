import { assertEquals, assertMatch } from "@std/assert";
import { startDenoServe } from "../../tools/matrix/fetch_server.ts";
import { ask } from "../raw_client.ts";
import { SUBJECT, testRuntime } from "./fetch_suite.ts";
import { to } from "./shown.ts";

testRuntime({
  name: "deno serve",
  missing: undefined,
  start: () => startDenoServe(SUBJECT),
  statusLine: "HTTP/1.1 404 Not Found",
  latin: "caf\xe9",
  client: "127.0.0.1",
  tellsEarly: true,
});

/** Asks until as many isolates have answered as there should be. */
async function isolatesOf(
  server: { port: number },
  count: number,
  limit = 2000,
): Promise<string[]> {
  const seen = new Set<string>();
  for (let tries = 0; seen.size < count && tries < limit; tries++) {
    seen.add((await ask(server, to("isolate"))).body);
  }
  return [...seen];
}

Deno.test("toFetchHandler() under deno serve --parallel tells the application of the other isolates", async () => {
  await using server = await startDenoServe(SUBJECT, 2);
  const isolates = await isolatesOf(server, 2);
  assertEquals(isolates.length, 2);
  for (const isolate of isolates) assertMatch(isolate, /^0\.[0-9e-]+ true$/);
});

Deno.test("toFetchHandler() under deno serve tells the application that it is alone", async () => {
  await using server = await startDenoServe(SUBJECT);
  const [first = "", ...others] = await isolatesOf(server, 2, 100);
  assertMatch(first, /^0\.[0-9e-]+ false$/);
  assertEquals(others, []);
});

Deno.test("examples/deploy/deno_serve.ts answers from every isolate", async () => {
  const module = new URL(
    "../../examples/deploy/deno_serve.ts",
    import.meta.url,
  );
  await using server = await startDenoServe({ module, name: "app" }, 2);
  const isolates = await isolatesOf(server, 2);
  assertEquals(isolates.length, 2);
  for (const isolate of isolates) {
    assertMatch(isolate, /^isolate [0-9a-f-]{36}, one of several\n$/);
  }
});
