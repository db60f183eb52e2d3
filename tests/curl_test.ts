import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import type { Application } from "../mod.ts";
import { CheckedServer } from "./checked_server.ts";
import { ask } from "./raw_client.ts";
import { TLS } from "./server/serving.ts";
import { missingTool, runTool, testsWith } from "./tool.ts";

const encoder = new TextEncoder();
const TEXT = ["Content-Type", "text/plain; charset=utf-8"] as const;
const COOKIES = [["Set-Cookie", "a=1; Path=/"], ["Set-Cookie", "b=2"]] as const;
const test = testsWith(await missingTool("curl"));

/** The result of curl. */
interface Got {
  readonly status: number;
  /** The number of connections that the last request has opened. */
  readonly connects: number;
  readonly uploaded: number;
  /** The headers, with names in lower case. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly text: string;
  /** The output of --verbose. */
  readonly stderr: string;
}

const REPORT = '%{stderr}\n{"info": %{json}, "headers": %{header_json}}';

/** Runs curl, which must end without an error. */
async function curl(
  args: readonly string[],
  input?: Uint8Array<ArrayBuffer>,
): Promise<Got> {
  const all = ["-sS", "--write-out", REPORT, ...args];
  const { code, bytes, stdout, stderr } = await runTool("curl", all, input);
  assertEquals(code, 0, stderr);
  const report = stderr.slice(stderr.lastIndexOf('\n{"info": '));
  const { info, headers } = JSON.parse(report);
  // The server answers in HTTP/1.1, whatever the version of the request is.
  assertEquals(info.http_version, "1.1");
  const { http_code: status, num_connects: connects } = info;
  const uploaded = info.size_upload;
  return {
    status,
    connects,
    uploaded,
    headers,
    body: bytes,
    text: stdout,
    stderr,
  };
}

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

const SMALL = encoder.encode("a=1&b=\u00e9");
const LARGE = Uint8Array.from({ length: 3_000_000 }, (_, i) => i % 251);

/** Sends a body to a server that returns it, which breaks no rule. */
async function assertEchoed(
  args: readonly string[],
  body: Uint8Array<ArrayBuffer>,
  check: (got: Got) => void = () => {},
): Promise<void> {
  await using server = new CheckedServer(echo);
  const got = await curl([...args, server.url], body);
  assertEquals([got.status, got.body.length], [200, body.length]);
  // assertEquals() is slow for megabytes.
  assert(got.body.every((byte, index) => byte === body[index]));
  check(got);
  await server.assertClean();
}

const DATA = ["--data-binary", "@-"];

// With --http2, curl sends `Upgrade: h2c`, with a body too.
for (const option of ["--http1.0", "--http1.1", "--http2"]) {
  const isOld = option === "--http1.0";
  const serves = (name: string, fn: () => Promise<void>): void =>
    test(`makeServer() serves curl ${option} ${name}`, fn);

  serves("status, headers and body, two times, and HEAD", async () => {
    await using server = new CheckedServer(show);
    const url = `${server.url}a%20b?c=d`;
    const got = await curl([option, "-o", "-", url, "-o", "-", url]);
    const page = `GET ${new URL(url).host} /a b c=d`;
    assertEquals([got.status, got.text], [404, page + page]);
    assertEquals(got.connects, isOld ? 1 : 0);
    assertEquals(got.headers["content-type"], [TEXT[1]]);
    assertEquals(got.headers["content-length"], [String(page.length)]);
    assertEquals(got.headers["set-cookie"], ["a=1; Path=/", "b=2"]);
    const head = await curl([option, "--head", url]);
    assertEquals(head.status, 404);
    assertEquals(head.headers["content-length"], [String(page.length + 1)]);
    await server.assertClean();
  });

  serves("a small and a large body, without a length too", async () => {
    await assertEchoed([option, ...DATA], SMALL, ({ headers }) => {
      const coding = headers["transfer-encoding"];
      assertEquals(coding, isOld ? undefined : ["chunked"]);
    });
    await assertEchoed([option, "-H", "Expect:", ...DATA], LARGE);
    if (isOld) return;
    const chunked = ["-X", "POST", "-H", "Expect:", "-T", "-"];
    await assertEchoed([option, ...chunked], LARGE);
  });

  serves("the page of an error", async () => {
    await using server = new CheckedServer(async () => {
      await Promise.resolve();
      throw new Error("on purpose");
    });
    const got = await curl([option, server.url]);
    assertEquals([got.status, got.text], [500, "500 Internal Server Error\n"]);
    const { findings, log } = await server.verdict();
    assertEquals(findings, []);
    assertMatch(log, /^Error: on purpose\n/);
  });
}

test("makeServer() serves curl --http2 with HTTP/1.1 over TLS", async () => {
  await using server = new CheckedServer(echo, TLS);
  const host = `localhost:${server.port}`;
  const cert = new URL("testdata/localhost_cert.pem", import.meta.url).pathname;
  const args = ["--http2", "--cacert", cert, "--resolve", `${host}:127.0.0.1`];
  const got = await curl([...args, ...DATA, `https://${host}/`], SMALL);
  assertEquals([got.status, got.body], [200, SMALL]);
  await server.assertClean();
});

test("makeServer() refuses curl --http2-prior-knowledge with 505", async () => {
  await using server = new CheckedServer(show);
  // curl does not understand a response in HTTP/1.1.
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

const EXPECT = ["--verbose", "-H", "Expect: 100-continue", ...DATA];
/** So long that curl does not begin by itself. */
const PATIENT = ["--http1.1", "--expect100-timeout", "60", ...EXPECT];

test("makeServer() lets curl send a body that waits for 100", async () => {
  await assertEchoed(PATIENT, LARGE, ({ stderr, uploaded }) => {
    assertStringIncludes(stderr, "< HTTP/1.1 100 Continue");
    assertEquals(uploaded, LARGE.length);
  });
});

test("makeServer() sends no 100 to curl --http1.0, even if it expects one", async () => {
  await assertEchoed(
    ["--http1.0", "--expect100-timeout", "0.01", ...EXPECT],
    SMALL,
    ({ stderr }) => assert(!stderr.includes("100 Continue"), stderr),
  );
});

test("makeServer() sends curl a response that does not need the body of the request", async () => {
  await using server = new CheckedServer((_environ, startResponse) => {
    startResponse("403 Forbidden", [TEXT]);
    return [encoder.encode("no")];
  });
  const { code, stdout } = await runTool(
    "curl",
    ["-s", "-w", " %{http_code}", ...PATIENT, server.url],
    LARGE,
  );
  assertEquals([code, stdout], [0, "no 403"]);
  await server.assertClean();
});
