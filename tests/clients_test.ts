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
import { curl } from "./curl.ts";
import { missingTool, runTool } from "./tool.ts";

const encoder = new TextEncoder();
const TEXT = ["Content-Type", "text/plain; charset=utf-8"] as const;
const HTML = ["Content-Type", "text/html; charset=utf-8"] as const;

// curl ---------------------------------------------------------------------------

const noCurl = await missingTool("curl");

/** What `show` answers beyond its page. */
const COOKIES = [["Set-Cookie", "a=1; Path=/"], ["Set-Cookie", "b=2"]] as const;

const show: Application = (environ, startResponse) => {
  const { REQUEST_METHOD, PATH_INFO, QUERY_STRING, HTTP_HOST } = environ;
  const page = encoder.encode(
    `${REQUEST_METHOD} ${HTTP_HOST} ${PATH_INFO} ${QUERY_STRING}`,
  );
  const length = ["Content-Length", String(page.length)] as const;
  startResponse("404 Not There", [TEXT, length, ...COOKIES]);
  return REQUEST_METHOD === "HEAD" ? [] : [page];
};

const echo: Application = async function* (
  environ,
  startResponse,
): AsyncGenerator<Uint8Array, void> {
  startResponse("200 OK", [TEXT]);
  for (;;) {
    const chunk = await environ["wsgi.input"].read(65_536);
    if (chunk.length === 0) return;
    yield chunk;
  }
};

const refuse: Application = (_environ, startResponse) => {
  startResponse("403 Forbidden", [TEXT]);
  return [encoder.encode("no")];
};

const failing: Application = async () => {
  await Promise.resolve();
  throw new Error("on purpose");
};

const SMALL = encoder.encode("a=1&b=\u00e9");
const LARGE = Uint8Array.from({ length: 3_000_000 }, (_, i) => i % 251);
/** Asserts as assertEquals(), which is slow for megabytes. */
function assertSameBytes(got: Uint8Array, expected: Uint8Array): void {
  assertEquals(got.length, expected.length);
  assert(got.every((byte, index) => byte === expected[index]));
}

for (
  const { option, version } of [
    { option: "--http1.0", version: "1" },
    { option: "--http1.1", version: "1.1" },
    { option: "--http2-prior-knowledge", version: "2" },
  ]
) {
  const test = (name: string, fn: () => Promise<void>): void =>
    Deno.test({
      name: `makeServer() serves curl ${option} ${name}${noCurl}`,
      ignore: noCurl !== "",
      fn,
    });

  test("status, headers and body", async () => {
    await using server = new CheckedServer(show);
    const got = await curl([option, `${server.url}a%20b?c=d`]);
    const page = `GET ${new URL(server.url).host} /a b c=d`;
    assertEquals([got.status, got.version, got.text], [404, version, page]);
    assertEquals(got.headers["content-type"], [TEXT[1]]);
    assertEquals(got.headers["content-length"], [String(page.length)]);
    assertEquals(got.headers["set-cookie"], ["a=1; Path=/", "b=2"]);
    await server.assertClean();
  });

  test("the headers of HEAD", async () => {
    await using server = new CheckedServer(show);
    const got = await curl([option, "--head", server.url]);
    const page = `HEAD ${new URL(server.url).host} / `;
    assertEquals([got.status, got.version], [404, version]);
    assertEquals(got.headers["content-length"], [String(page.length)]);
    await server.assertClean();
  });

  test("what it posts", async () => {
    await using server = new CheckedServer(echo);
    const got = await curl([option, "--data-binary", "@-", server.url], SMALL);
    assertEquals([got.status, got.version, got.body], [200, version, SMALL]);
    await server.assertClean();
  });

  test("a large body", async () => {
    await using server = new CheckedServer(echo);
    const args = [option, "-H", "Expect:", "--data-binary", "@-", server.url];
    const got = await curl(args, LARGE);
    assertEquals([got.status, got.version], [200, version]);
    assertSameBytes(got.body, LARGE);
    await server.assertClean();
  });

  test("the page of an error", async () => {
    await using server = new CheckedServer(failing);
    const got = await curl([option, server.url]);
    assertEquals([got.status, got.version], [500, version]);
    assertEquals(got.text, "500 Internal Server Error\n");
    const { findings, log } = await server.verdict();
    assertEquals(findings, []);
    assertMatch(log, /^Error: on purpose\n/);
  });
}

for (const option of ["--http1.1", "--http2-prior-knowledge"]) {
  Deno.test({
    name: `makeServer() serves curl ${option} a body without a length${noCurl}`,
    ignore: noCurl !== "",
  }, async () => {
    await using server = new CheckedServer(echo);
    const args = [option, "-X", "POST", "-H", "Expect:", "-T", "-", server.url];
    const got = await curl(args, LARGE);
    assertEquals(got.status, 200);
    assertSameBytes(got.body, LARGE);
    await server.assertClean();
  });
}

// Deno sends 100 at once, over HTTP/1.0, too, and over HTTP/2 never.
const EXPECT = [
  "--http1.1",
  "--verbose",
  ...["--header", "Expect: 100-continue"],
  // Long enough that curl would not begin by itself.
  ...["--expect100-timeout", "60"],
  ...["--data-binary", "@-"],
];

Deno.test({
  name: `makeServer() lets curl send a body that waits for 100${noCurl}`,
  ignore: noCurl !== "",
}, async () => {
  await using server = new CheckedServer(echo);
  const got = await curl([...EXPECT, server.url], LARGE);
  assertStringIncludes(got.stderr, "< HTTP/1.1 100 Continue");
  assertEquals([got.status, got.uploaded], [200, LARGE.length]);
  assertSameBytes(got.body, LARGE);
  await server.assertClean();
});

Deno.test({
  name: `makeServer() lets curl see an answer that needs no body${noCurl}`,
  ignore: noCurl !== "",
}, async () => {
  await using server = new CheckedServer(refuse);
  const got = await curl([...EXPECT, server.url], LARGE);
  assertEquals([got.status, got.text], [403, "no"]);
  await server.assertClean();
});

// wrk ----------------------------------------------------------------------------

const noWrk = await missingTool("wrk");

const stream: Application = async function* (
  _environ,
  startResponse,
): AsyncGenerator<Uint8Array, void> {
  startResponse("200 OK", [TEXT]);
  yield encoder.encode("one ");
  yield await Promise.resolve(encoder.encode("two"));
};

for (const [kind, app] of Object.entries({ pages: demoApp, streams: stream })) {
  Deno.test({
    name: `makeServer() gives wrk nothing but good ${kind}${noWrk}`,
    ignore: noWrk !== "",
  }, async () => {
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

const noChromium = await missingTool("chromium");

Deno.test({
  name: `makeServer() shows Chromium the page of demoApp()${noChromium}`,
  ignore: noChromium !== "",
}, async () => {
  await using server = new CheckedServer(demoApp);
  const page = await dumpDom(`${server.url}caf%C3%A9?a=b`);
  assertMatch(page, /<pre[^>]*>Hello world!\n\n/);
  assertStringIncludes(page, '\nPATH_INFO = "/caf\u00c3\u00a9"\n');
  assertStringIncludes(page, '\nQUERY_STRING = "a=b"\n');
  await server.assertClean();
});

Deno.test({
  name: `makeServer() shows Chromium a page while it is made${noChromium}`,
  ignore: noChromium !== "",
}, async () => {
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
