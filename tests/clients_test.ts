// Clients of other people: a table of programs and requests, then those that
// ask in their own way. curl_test.ts has curl, nginx_test.ts a proxy.

import {
  assert,
  assertEquals,
  assertMatch,
  assertNotMatch,
  assertStringIncludes,
} from "@std/assert";
import { type Application, demoApp } from "../mod.ts";
import { CheckedServer } from "./checked_server.ts";
import { dumpDom } from "./chromium.ts";
import { missingTool, runTool, testsWith } from "./tool.ts";

const encoder = new TextEncoder();
const TEXT = ["Content-Type", "text/plain; charset=utf-8"] as const;
const HTML = ["Content-Type", "text/html; charset=utf-8"] as const;

// Programs that send the same requests -------------------------------------------

async function* generateEcho(
  read: (size: number) => Promise<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  for (;;) {
    const chunk = await read(65_536);
    if (chunk.length === 0) return;
    yield chunk;
  }
}

/** Shows the request line; or sends the body back, or fails, as the path says. */
const requested: Application = (environ, startResponse) => {
  const { PATH_INFO, REQUEST_METHOD, REQUEST_URI } = environ;
  if (PATH_INFO === "/fail") throw new Error("on purpose");
  if (PATH_INFO === "/echo") {
    startResponse("200 OK", [TEXT]);
    return generateEcho((size) => environ["wsgi.input"].read(size));
  }
  const page = encoder.encode(`${REQUEST_METHOD} ${REQUEST_URI}`);
  const length = ["Content-Length", String(page.length)] as const;
  startResponse("404 Not There", [TEXT, length]);
  return REQUEST_METHOD === "HEAD" ? [] : [page];
};

/**
 * What each program prints of each request: its name, the status, and the body
 * or, where it was sent, whether the same has come back. A body has a length,
 * comes in chunks, or waits for 100 Continue.
 */
const PRINTED = `get 404 GET /caf%C3%A9?a=b
head 404 10
small 200 true
large 200 true
chunked 200 true
expect 200 true
fail 500 500 Internal Server Error
again 404 GET /again
`;

interface Client {
  readonly name: string;
  readonly program: string;
  /** Another program that it needs. */
  readonly compiler?: string;
  readonly file: string;
  /** How many connections it opens, if that is always the same. */
  readonly connections?: number;
  /** What it asks to be upgraded to. */
  readonly upgrade?: string;
}

const CLIENTS: readonly Client[] = [
  {
    name: "HttpClient of Java",
    program: "java",
    compiler: "javac",
    file: "Client.java",
    connections: 1,
    upgrade: "h2c",
  },
  {
    name: "http.client of Python",
    program: "python3",
    file: "client.py",
    connections: 1,
  },
  {
    name: "fetch() and node:http of Node.js",
    program: "node",
    // The pool of fetch() opens another one where the last is not yet free.
    file: "client.mjs",
  },
];

for (const client of CLIENTS) {
  const test = testsWith(await missingTool(client.compiler ?? client.program));
  test(`makeServer() serves the requests of ${client.name}`, async () => {
    const ports = new Set<string | undefined>();
    const upgrades = new Set<unknown>();
    await using server = new CheckedServer((environ, startResponse) => {
      ports.add(environ.REMOTE_PORT);
      upgrades.add(environ["HTTP_UPGRADE"]);
      return requested(environ, startResponse);
    });
    const file = new URL(`testdata/clients/${client.file}`, import.meta.url);
    const args = [file.pathname, server.url];
    const { code, stdout, stderr } = await runTool(client.program, args);
    assertEquals([stdout, code], [PRINTED, 0], stderr);
    assertEquals(ports.size, client.connections ?? ports.size);
    assertEquals([...upgrades], [client.upgrade]);
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
  test(`makeServer() gives wrk nothing but good ${kind}`, async () => {
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

test("makeServer() shows Chromium the page of demoApp()", async () => {
  await using server = new CheckedServer(demoApp);
  const page = await dumpDom(`${server.url}caf%C3%A9?a=b`);
  assertMatch(page, /<pre[^>]*>Hello world!\n\n/);
  assertStringIncludes(page, '\nPATH_INFO = "/caf\u00c3\u00a9"\n');
  assertStringIncludes(page, '\nQUERY_STRING = "a=b"\n');
  await server.assertClean();
});

test("makeServer() shows Chromium a page while it is made", async () => {
  const shown = Promise.withResolvers<void>();
  const app: Application = async function* (
    { PATH_INFO },
    startResponse,
  ): AsyncGenerator<Uint8Array, void> {
    if (PATH_INFO === "/script") {
      // Chromium asks for it because it has the first half of the page.
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
