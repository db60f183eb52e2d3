import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import type { Application } from "../mod.ts";
import { CheckedServer } from "./checked_server.ts";
import { curl } from "./curl.ts";
import { ask } from "./raw_client.ts";
import { missingTool, runTool, testsWith } from "./tool.ts";

const encoder = new TextEncoder();
const TEXT = ["Content-Type", "text/plain; charset=utf-8"] as const;
const test = testsWith(await missingTool("curl"));

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

/** The certificate of the tests, or its key. */
function localhost(part: string): URL {
  return new URL(`testdata/localhost_${part}.pem`, import.meta.url);
}

const SMALL = encoder.encode("a=1&b=\u00e9");
const LARGE = Uint8Array.from({ length: 3_000_000 }, (_, i) => i % 251);

/** Asserts as assertEquals(), which is slow for megabytes. */
function assertSameBytes(got: Uint8Array, expected: Uint8Array): void {
  assertEquals(got.length, expected.length);
  assert(got.every((byte, index) => byte === expected[index]));
}

/**
 * What curl speaks. `--http2` sends `Upgrade: h2c`, with a body too. The server
 * answers in HTTP/1.1, whatever the version of the request is.
 */
const OPTIONS = [
  { option: "--http1.0", isKept: false },
  { option: "--http1.1", isKept: true },
  { option: "--http2", isKept: true },
];

for (const { option, isKept } of OPTIONS) {
  const serves = (name: string, fn: () => Promise<void>): void =>
    test(`makeServer() serves curl ${option} ${name}`, fn);

  serves("status, headers and body, two times", async () => {
    await using server = new CheckedServer(show);
    const url = `${server.url}a%20b?c=d`;
    const got = await curl([option, "-o", "-", url, "-o", "-", url]);
    const page = `GET ${new URL(url).host} /a b c=d`;
    assertEquals([got.status, got.version, got.text], [
      404,
      "1.1",
      page + page,
    ]);
    assertEquals(got.connects, isKept ? 0 : 1);
    assertEquals(got.headers["content-type"], [TEXT[1]]);
    assertEquals(got.headers["content-length"], [String(page.length)]);
    assertEquals(got.headers["set-cookie"], ["a=1; Path=/", "b=2"]);
    await server.assertClean();
  });

  serves("the headers of HEAD", async () => {
    await using server = new CheckedServer(show);
    const got = await curl([option, "--head", server.url]);
    const page = `HEAD ${new URL(server.url).host} / `;
    assertEquals([got.status, got.version], [404, "1.1"]);
    assertEquals(got.headers["content-length"], [String(page.length)]);
    await server.assertClean();
  });

  serves("what it posts", async () => {
    await using server = new CheckedServer(echo);
    const got = await curl([option, "--data-binary", "@-", server.url], SMALL);
    assertEquals([got.status, got.version, got.body], [200, "1.1", SMALL]);
    const coding = got.headers["transfer-encoding"];
    assertEquals(coding, option === "--http1.0" ? undefined : ["chunked"]);
    await server.assertClean();
  });

  serves("a large body", async () => {
    await using server = new CheckedServer(echo);
    const args = [option, "-H", "Expect:", "--data-binary", "@-", server.url];
    const got = await curl(args, LARGE);
    assertEquals([got.status, got.version], [200, "1.1"]);
    assertSameBytes(got.body, LARGE);
    await server.assertClean();
  });

  serves("the page of an error", async () => {
    await using server = new CheckedServer(failing);
    const got = await curl([option, server.url]);
    assertEquals([got.status, got.version], [500, "1.1"]);
    assertEquals(got.text, "500 Internal Server Error\n");
    const { findings, log } = await server.verdict();
    assertEquals(findings, []);
    assertMatch(log, /^Error: on purpose\n/);
  });
}

for (const option of ["--http1.1", "--http2"]) {
  test(`makeServer() serves curl ${option} a body without a length`, async () => {
    await using server = new CheckedServer(echo);
    const args = [option, "-X", "POST", "-H", "Expect:", "-T", "-", server.url];
    const got = await curl(args, LARGE);
    assertEquals(got.status, 200);
    assertSameBytes(got.body, LARGE);
    await server.assertClean();
  });
}

test("makeServer() serves curl --http2 by HTTP/1.1 over TLS", async () => {
  const [cert, key] = await Promise.all(
    ["cert", "key"].map((part) => Deno.readTextFile(localhost(part))),
  );
  await using server = new CheckedServer(echo, { cert, key });
  const host = `localhost:${server.port}`;
  const args = ["--http2", "--cacert", localhost("cert").pathname];
  const resolve = ["--resolve", `${host}:127.0.0.1`];
  const got = await curl(
    [...args, ...resolve, "--data-binary", "@-", `https://${host}/`],
    SMALL,
  );
  assertEquals([got.status, got.version, got.body], [200, "1.1", SMALL]);
  await server.assertClean();
});

test("makeServer() refuses curl --http2-prior-knowledge with 505", async () => {
  await using server = new CheckedServer(show);
  // curl understands no answer in HTTP/1.1.
  const args = ["--silent", "--http2-prior-knowledge", server.url];
  assertNotEquals((await runTool("curl", args)).code, 0);
  const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  const { head, body, complete } = await ask(server, preface);
  assertEquals([head.status, complete], [505, true]);
  assertEquals(body, "505 HTTP Version Not Supported\n");
  const { findings, log } = await server.verdict();
  assertEquals(findings, []);
  assertMatch(log, /^(Refused a request from 127\.0\.0\.1 with 505: .+\n){2}$/);
});

const EXPECT = [
  "--http1.1",
  "--verbose",
  ...["--header", "Expect: 100-continue"],
  // Long enough that curl would not begin by itself.
  ...["--expect100-timeout", "60"],
  ...["--data-binary", "@-"],
];

test("makeServer() lets curl send a body that waits for 100", async () => {
  await using server = new CheckedServer(echo);
  const got = await curl([...EXPECT, server.url], LARGE);
  assertStringIncludes(got.stderr, "< HTTP/1.1 100 Continue");
  assertEquals([got.status, got.uploaded], [200, LARGE.length]);
  assertSameBytes(got.body, LARGE);
  await server.assertClean();
});

test("makeServer() sends curl --http1.0 no 100 that it asks for", async () => {
  await using server = new CheckedServer(echo);
  const args = ["--http1.0", "--verbose", "-H", "Expect: 100-continue"];
  const wait = ["--expect100-timeout", "0.01", "--data-binary", "@-"];
  const got = await curl([...args, ...wait, server.url], SMALL);
  assertEquals([got.status, got.body], [200, SMALL]);
  assert(!got.stderr.includes("100 Continue"), got.stderr);
  await server.assertClean();
});

test("makeServer() lets curl see an answer that needs no body", async () => {
  await using server = new CheckedServer(refuse);
  const got = await curl([...EXPECT, server.url], LARGE);
  assertEquals([got.status, got.text], [403, "no"]);
  await server.assertClean();
});
