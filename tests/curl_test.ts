import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
} from "@std/assert";
import type { Application } from "../mod.ts";
import { CheckedServer, streamBack } from "./checked_server.ts";
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
  /** The headers, with names in lower case. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly body: Uint8Array<ArrayBuffer>;
}

const REPORT = '%{stderr}\n{"info": %{json}, "headers": %{header_json}}';

/** Runs curl, which must end without an error. */
async function curl(
  args: readonly string[],
  input?: Uint8Array<ArrayBuffer>,
): Promise<Got> {
  const all = ["-sS", "--write-out", REPORT, ...args];
  const { code, bytes: body, stderr } = await runTool("curl", all, input);
  assertEquals(code, 0, stderr);
  const report = stderr.slice(stderr.lastIndexOf('\n{"info": '));
  const { info, headers } = JSON.parse(report);
  // The server answers in HTTP/1.1, whatever the version of the request is.
  assertEquals(info.http_version, "1.1");
  const { http_code: status, num_connects: connects } = info;
  return { status, connects, headers, body };
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

const SMALL = encoder.encode("a=1&b=\u00e9");
const LARGE = Uint8Array.from({ length: 3_000_000 }, (_, i) => i % 251);

/** Sends a body to a server that returns it, which breaks no rule. */
async function assertEchoed(
  args: readonly string[],
  body: Uint8Array<ArrayBuffer>,
): Promise<Got> {
  await using server = new CheckedServer(streamBack);
  const got = await curl([...args, server.url], body);
  assertEquals([got.status, got.body.length], [200, body.length]);
  // assertEquals() is slow for megabytes.
  assert(got.body.every((byte, index) => byte === body[index]));
  await server.assertClean();
  return got;
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
    const text = new TextDecoder().decode(got.body);
    assertEquals([got.status, text], [404, page + page]);
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
    const coding = isOld ? undefined : ["chunked"];
    const { headers } = await assertEchoed([option, ...DATA], SMALL);
    assertEquals(headers["transfer-encoding"], coding);
    await assertEchoed([option, "-H", "Expect:", ...DATA], LARGE);
    if (isOld) return;
    const chunked = ["-X", "POST", "-H", "Expect:", "-T", "-"];
    await assertEchoed([option, ...chunked], LARGE);
  });
}

test("makeServer() serves curl --http2 with HTTP/1.1 over TLS", async () => {
  await using server = new CheckedServer(streamBack, TLS);
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

test("makeServer() sends curl a response that does not need the body of the request", async () => {
  await using server = new CheckedServer((_environ, startResponse) => {
    startResponse("403 Forbidden", [TEXT]);
    return [encoder.encode("no")];
  });
  const { code, stdout } = await runTool(
    "curl",
    // It waits so long for 100 that it does not begin by itself.
    ["-sw", " %{http_code}", "--http1.1", "--expect100-timeout", "60"]
      .concat("-H", "Expect: 100-continue", ...DATA, server.url),
    LARGE,
  );
  assertEquals([code, stdout], [0, "no 403"]);
  await server.assertClean();
});
