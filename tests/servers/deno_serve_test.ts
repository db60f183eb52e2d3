import { assert, assertEquals, assertMatch } from "@std/assert";
import { startDenoServe } from "../../tools/matrix/fetch_server.ts";
import {
  makeFolder,
  ServerProcess,
} from "../../tools/matrix/server_process.ts";
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
});

/** Repeats a request until all isolates have answered. */
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

Deno.test("toFetchHandler() under deno serve --parallel tells the application about the other isolates", async () => {
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

const ROOT = new URL("../../", import.meta.url);

/** Reads the first match in a page. */
async function shownIn(page: string, pattern: RegExp): Promise<string> {
  const text = await Deno.readTextFile(new URL(page, ROOT));
  const shown = pattern.exec(text)?.[0];
  assert(shown !== undefined, `${page} has no ${pattern}`);
  return shown;
}

const COMMAND = await shownIn("docs/deploy.md", /^deno serve .*$/m);

Deno.test.each(["README.md", "docs/deploy.md"])(
  "Deno prints no warning if a program follows %s",
  async (page) => {
    const folder = await makeFolder({
      "deno.json": `{ ${await shownIn(page, /"unstable": \[.*\]/)} }`,
      "main.ts": `
import { toFetchHandler } from "${new URL("mod.ts", ROOT)}";
const app = (environ, startResponse) => {
  // Deno warns as soon as the response is sent.
  environ["wsgiref.signal"]();
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  return [new TextEncoder().encode("hello")];
};
export default { fetch: toFetchHandler(app) };
`,
    });
    const [, ...args] = COMMAND.replace("8000", "0").split(" ");
    await using server = await ServerProcess.start({
      program: Deno.execPath(),
      args,
      folder,
      ready: /http:\/\/127\.0\.0\.1:([0-9]+)\//,
    });
    assertEquals((await ask(server, to("x"))).body, "hello");
    await server.stop();
    assertEquals(/.*request\.signal.*/.exec(server.log), null);
  },
);
