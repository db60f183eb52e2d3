// Clients from other projects: a table of programs that send the same requests,
// then others. curl_test.ts has curl, nginx_test.ts a proxy.

import {
  assert,
  assertEquals,
  assertMatch,
  assertNotMatch,
  assertStringIncludes,
} from "@std/assert";
import { type Application, demoApp } from "../mod.ts";
import { CheckedServer, streamBack } from "./checked_server.ts";
import { dumpDom } from "./chromium.ts";
import { missingTool, runTool, testsWith } from "./tool.ts";

const encoder = new TextEncoder();
const TEXT = ["Content-Type", "text/plain; charset=utf-8"] as const;
const HTML = ["Content-Type", "text/html; charset=utf-8"] as const;

// Programs that send the same requests -------------------------------------------

/** Shows the request line, returns the body, or fails, depending on the path. */
const requested: Application = (environ, startResponse) => {
  const { PATH_INFO, REQUEST_METHOD, REQUEST_URI } = environ;
  if (PATH_INFO === "/fail") throw new Error("on purpose");
  if (PATH_INFO === "/echo") return streamBack(environ, startResponse);
  const page = encoder.encode(`${REQUEST_METHOD} ${REQUEST_URI}`);
  const length = ["Content-Length", String(page.length)] as const;
  startResponse("404 Not There", [TEXT, length]);
  return REQUEST_METHOD === "HEAD" ? [] : [page];
};

/**
 * The output of each program for each request: its name, the status, and the
 * body or, for an upload, whether the same body has come back. A body has a
 * length, comes in chunks, or waits for 100 Continue. The last one is not read.
 */
const PRINTED = `get 404 GET /caf%C3%A9?a=b
head 404 10
small 200 true
large 200 true
chunked 200 true
expect 200 true
fail 500 500 Internal Server Error
again 404 GET /again
unread 404 POST /unread
`;

/**
 * Clients: a name, the program, its file, and another program that it needs. The
 * pool of fetch() opens another connection if the last is not yet free.
 */
const CLIENTS: readonly (readonly [string, string, string, string?])[] = [
  ["HttpClient of Java", "java", "Client.java", "javac"],
  ["http.client of Python", "python3", "client.py"],
  ["fetch() and node:http of Node.js", "node", "client.mjs"],
];

for (const [name, program, file, compiler = program] of CLIENTS) {
  const test = testsWith(await missingTool(compiler));
  test(`makeServer() serves the requests of ${name}`, async () => {
    const ports = new Set<string | undefined>();
    const upgrades = new Set<unknown>();
    await using server = new CheckedServer((environ, startResponse) => {
      ports.add(environ.REMOTE_PORT);
      upgrades.add(environ["HTTP_UPGRADE"]);
      return requested(environ, startResponse);
    });
    const { pathname } = new URL(`testdata/clients/${file}`, import.meta.url);
    const args = [pathname, server.url];
    const { code, stdout, stderr } = await runTool(program, args);
    assertEquals([stdout, code], [PRINTED, 0], stderr);
    if (program !== "node") assertEquals(ports.size, 1);
    assertEquals([...upgrades], [program === "java" ? "h2c" : undefined]);
    const { findings, log } = await server.verdict();
    assertEquals(findings, []);
    assertMatch(log, /^Error: on purpose\n( +at .*\n)+$/);
  });
}

// wrk ----------------------------------------------------------------------------

const stream: Application = async function* (
  _environ,
  startResponse,
): AsyncGenerator<Uint8Array, void> {
  startResponse("200 OK", [TEXT]);
  yield encoder.encode("one ");
  yield await Promise.resolve(encoder.encode("two"));
};

for (const [kind, app] of Object.entries({ pages: demoApp, streams: stream })) {
  const test = testsWith(await missingTool("wrk"));
  test(`makeServer() sends wrk only valid ${kind}`, async () => {
    await using server = new CheckedServer(app);
    const args = ["-t1", "-c8", "-d1s", server.url];
    const { code, stdout } = await runTool("wrk", args);
    const [, requests] = stdout.match(/([0-9]+) requests in /) ?? [];
    assertEquals(code, 0, stdout);
    assert(Number(requests) >= 100, stdout);
    assertNotMatch(stdout, /Socket errors|Non-2xx/);
    await server.assertClean();
  });
}

// Chromium -----------------------------------------------------------------------

const test = testsWith(await missingTool("chromium"));

test("makeServer() serves the page of demoApp() to Chromium", async () => {
  await using server = new CheckedServer(demoApp);
  const page = await dumpDom(`${server.url}caf%C3%A9?a=b`);
  assertMatch(page, /<pre[^>]*>Hello world!\n\n/);
  assertStringIncludes(page, '\nPATH_INFO = "/caf\u00c3\u00a9"\n');
  assertStringIncludes(page, '\nQUERY_STRING = "a=b"\n');
  await server.assertClean();
});

test("makeServer() streams a page to Chromium", async () => {
  const shown = Promise.withResolvers<void>();
  const app: Application = async function* (
    { PATH_INFO },
    startResponse,
  ): AsyncGenerator<Uint8Array, void> {
    if (PATH_INFO === "/script") {
      // Chromium requests it because it has the first half of the page.
      startResponse("200 OK", [["Content-Type", "text/javascript"]]);
      yield encoder.encode("document.title = 'in the middle'");
      shown.resolve();
    } else if (PATH_INFO === "/") {
      startResponse("200 OK", [HTML]);
      yield encoder.encode("<p>first</p><script src=script></script>");
      await shown.promise;
      yield encoder.encode("<p>café</p>");
    } else {
      startResponse("404 Not Found", [TEXT]);
    }
  };
  await using server = new CheckedServer(app);
  const page = await dumpDom(server.url);
  assertStringIncludes(page, "<title>in the middle</title>");
  assertMatch(page, /<p>first<\/p>[^]*<p>café<\/p>/);
  await server.assertClean();
});
