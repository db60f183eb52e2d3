import { assert, assertEquals, assertNotMatch } from "@std/assert";
import fc from "npm:fast-check@^4";
import { toBytes } from "../wsgi/byte_string.ts";
import { goodHead } from "./gateway/head_model.ts";
import { anyRequests, anySpoiled } from "./http1/any_http_request.ts";
import type { Program } from "./program.ts";
import { ask, RawClient } from "./raw_client.ts";
import { startServer, stopServer } from "./server_program.ts";

const SERVER = "tests/testdata/fuzzed_server.ts";

/** Fixed, so that a failure can be repeated; set it to try other requests. */
const SEED = Number(Deno.env.get("WSGIREF_FUZZ_SEED") ?? 20_261_120);
const COUNT = Number(Deno.env.get("WSGIREF_FUZZ_COUNT") ?? 4000);

const BATCH = 200;
const AT_ONCE = 20;

/** Targets of different applications of the server. */
const TARGETS =
  "/array?a=1 /read /lines?x /generator /written /unread /caf%C3%A9/%2e%2E//x"
    .split(" ");

/** Odd targets. */
const ODD_TARGETS = [
  ..."http://h/absolute?q * ?q // ///../..//%2e%2e/\\ /% /%00%zz%FF foo/bar h:80 :0"
    .split(" "),
  ..."http:// http:///p http://h#f https://user:pass@h:1/x?y#z http://[::1 /#f"
    .split(" "),
  ...["", "http://a b/", "ftp://h:99999/", "http://\xff/", "/\xff", "/a b"],
  ...`X-A=b&x-b=%E9 X=%0d%0aSet-Cookie:a X=%01%0b%1f%7f X%20Y=1&%00=2
    Connection=close Content-Length=5 Content-Length=99999999999999999999
    Transfer-Encoding=chunked status=204%20 status=101%20Up status=999%20No
    status=200%20%07`.split(/\s+/).map((query) => `/reflect?${query}`),
  `/${"a".repeat(70_000)}`,
  `/?${"%".repeat(30_000)}`,
];

/** Header lines that are malformed, contradictory or malicious. */
const LINES = [
  ...["", "a/evil?x#y", "a:99999", "[::1", "\xff"].map((host) =>
    `Host: ${host}`
  ),
  ...["5", "0", "", "-1", "+5", "5, 5", "005", "0x5", "9".repeat(20)]
    .map((length) => `Content-Length: ${length}`),
  ...["chunked", "gzip, chunked", "identity", "\x0bchunked"]
    .map((coding) => `Transfer-Encoding: ${coding}`),
  ...["Content-Type: c/d", "Content-Type: a/b, c/d", "Set-Cookie: a"],
  ...["X_Forwarded_For: forged", "Content_Length: forged", "Proxy: forged"],
  ...["Script-Name: forged", "Remote-User: forged", "Upgrade: h2c"],
  ...["X-Forwarded-For: 1.2.3.4", "X-Forwarded-Proto: https", "TE: trailers"],
  ...["Connection: Upgrade, Host", "Trailer: Content-Length", "no colon"],
  ...["Expect: 100-continue", "Expect: everything", ": no name", " folded: a"],
  ...["Spaced : 1", "X\xe9: 1", "X: a\0b", "X: a\rb", "__proto__: 1"],
  `X-Long: ${"a".repeat(70_000)}`,
  `${"X".repeat(2_000)}: 1`,
  Array.from({ length: 150 }, (_, index) => `X-${index}: 1`).join("\r\n"),
];

/** The bytes that a client sends over one connection. */
const anyBytes = fc.record({
  text: fc.oneof(
    anySpoiled,
    anyRequests.map((sent) => sent.map(({ text }) => text).join("")),
  ),
  target: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...TARGETS) },
    { weight: 1, arbitrary: fc.constantFrom(...ODD_TARGETS) },
  ),
  line: fc.oneof(
    { weight: 2, arbitrary: fc.constant("Accept: */*") },
    { weight: 1, arbitrary: fc.constantFrom(...LINES) },
  ),
  end: fc.constantFrom(...Array<string>(18).fill("\r\n"), "\n", "\r"),
}).map(({ text, target, line, end }) =>
  text.replace(
    / \S+ (HTTP.*)/,
    (_, version) => ` ${target} ${version}\r\n${line}`,
  ).replaceAll("\r\n", end)
);

/** The time in ms after which a client that keeps its side open leaves. */
const PATIENCE = 20;

/** Sends bytes and reads the responses, however the connection ends. */
async function exchange(
  port: number,
  request: string,
  isPatient: boolean,
): Promise<string> {
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  const timer = isPatient
    ? setTimeout(() => conn.close(), PATIENCE)
    : undefined;
  const buffer = new Uint8Array(4096);
  let answer = "";
  try {
    let bytes = toBytes(request);
    while (bytes.length > 0) bytes = bytes.subarray(await conn.write(bytes));
    if (!isPatient) await conn.closeWrite();
    for (let count; (count = await conn.read(buffer)) !== null;) {
      answer += new TextDecoder().decode(buffer.subarray(0, count));
    }
    return answer;
  } catch {
    // The server may close at once, and so does the timer.
    return answer;
  } finally {
    clearTimeout(timer);
  }
}

function requestOf(seed: number): string {
  return fc.sample(anyBytes, { seed, numRuns: 1 })[0]!;
}

/** Sends concurrent requests, and returns the responses that none may cause. */
async function sendBatch(
  port: number,
  first: number,
  end: number,
): Promise<string[]> {
  const faults: string[] = [];
  let next = first;
  async function send(): Promise<void> {
    while (next < end) {
      const seed = next++;
      const answer = await exchange(port, requestOf(seed), seed % 3 === 0);
      // An unknown version or coding is not a fault of the server.
      const line = /^HTTP\/1\.[01] 5(?!01|05).*/m.exec(answer)?.[0];
      if (line !== undefined) faults.push(`request ${seed}: ${line.trim()}`);
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, send));
  return faults;
}

/** Sends a correct request, and gets the list of faults from the server. */
async function examine(
  port: number,
): Promise<{ calls: number; faults: string[] }> {
  const normal = await ask(
    { port },
    "GET /normal?q HTTP/1.1\r\nHost: h\r\n\r\n",
  );
  assertEquals([normal.head.status, normal.body], [200, "normal \nq"]);
  const report = await ask({ port }, "GET /report HTTP/1.1\r\nHost: h\r\n\r\n");
  return JSON.parse(report.body);
}

/** Ends a server that must still be alive, without an alarm. */
async function assertWell(program: Program): Promise<void> {
  const { alarm, stderr, wasAlive } = await stopServer(program);
  assertEquals([alarm, wasAlive], [undefined, true]);
  // The access log is there, too: no client can break its lines.
  // deno-lint-ignore no-control-regex -- the test looks for them
  assertNotMatch(stderr, /[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
}

Deno.test("makeServer() survives any bytes from clients, and none causes a 500", async () => {
  const { program, port } = await startServer(SERVER);
  await using _ = program;
  let calls = 0;
  for (let first = SEED; first < SEED + COUNT; first += BATCH) {
    const end = Math.min(first + BATCH, SEED + COUNT);
    const again = `with WSGIREF_FUZZ_SEED=${first} WSGIREF_FUZZ_COUNT=${BATCH}`;
    try {
      const answers = await sendBatch(port, first, end);
      const report = await examine(port);
      assertEquals([...answers, ...report.faults], [], again);
      calls = report.calls;
    } catch (cause) {
      const { alarm = "alive" } = await stopServer(program);
      throw new Error(`Run it again ${again}; server: ${alarm}`, { cause });
    }
  }
  // Requests that no application gets would prove little.
  assert(calls > COUNT / 4, `the application was called ${calls} times`);
  await assertWell(program);
});

Deno.test("makeServer() survives every head that createHead() accepts, and sends it", async () => {
  const { program, port } = await startServer(SERVER);
  await using _ = program;
  using client = await RawClient.connect({ port });
  const heads = fc.sample(goodHead, { seed: SEED, numRuns: 1000 });
  for (const { status, headers } of heads) {
    const lines = headers.map(([name, value]) => `${name}:${value}`);
    const text = [status, ...lines].join("\n");
    const query = toBytes(text).toHex().replace(/../g, "%$&");
    // The body needs no length that fits.
    await client.send(`HEAD /head?${query} HTTP/1.1\r\nHost: h\r\n\r\n`);
    const head = await client.head();
    assertEquals(head.status, Number(status.slice(0, 3)), text);
  }
  await assertWell(program);
});
