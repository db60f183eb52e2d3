/** `TestClient` builds the environ of `makeServer()`. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "npm:fast-check@^4";
import { TestClient } from "../../test_client/test_client.ts";
import { fromBytes, toBytes } from "../../wsgi/byte_string.ts";
import type { Application } from "../../wsgi/types.ts";
import { answering, PLAIN } from "../gateway/recording_transport.ts";
import { ask } from "../raw_client.ts";
import { serve } from "../server/serving.ts";

/** Responds with all variables that are data, and the body. */
const show = answering(async (environ) => {
  const body = await environ["wsgi.input"].read();
  const data = Object.entries(environ)
    .filter(([, value]) => !/^(?:object|function)$/.test(typeof value))
    // The port of each client is its own.
    .filter(([name]) => name !== "REMOTE_PORT")
    .toSorted();
  return [toBytes(JSON.stringify([data, [...body]]))];
});

/** One of the words of a text, with `|` between them. */
const oneOf = (words: string) => fc.constantFrom(...words.split("|"));

const goodHeader = fc.tuple(
  oneOf(
    "X-A|x-a|X_A|Cookie|cookie|Proxy|Accept|TE|Connection|Script-Name|" +
      "Content-Type",
  ),
  oneOf("1|| a |\ta\t|a, b|a=b; c=d|\xe9\xa0|close"),
);
const goodHost = fc.tuple(
  oneOf("Host|host"),
  oneOf("shop.example|SHOP.example:81|[::1]:8|"),
);
const anyHeader = fc.tuple(
  oneOf(
    "X-A ||X-\xe9|X A|Host|Expect|Content-Length|Transfer-Encoding|" +
      "Content-Type|X-A",
  ),
  oneOf(
    `\x01|\0|\x7f|a b|0|3|other|chunked|gzip|h|text/plain|${
      "x".repeat(17_000)
    }`,
  ),
);
const anyHeaders = fc.tuple(
  fc.array(goodHost, { maxLength: 1 }),
  fc.array(fc.oneof({ arbitrary: goodHeader, weight: 8 }, anyHeader), {
    maxLength: 4,
  }),
).map((parts) => parts.flat());

const anyPath = fc.string({ unit: fc.constantFrom(..."/%41?&=.\\") })
  .map((text) => `/${text}`);
const goodTarget = oneOf(
  "/|/a/../b%2F?x=%20&y|//a//b/|/caf%C3%A9|/%zz|/;a=b|/?|/??|HTTP://H/x|" +
    "http://other.example/x?y|https://other.example:8/|http://other.example",
);
const anyTarget = oneOf(
  "*|ftp://x/|http://user@other.example/|http:///x|http://a b/|/a#b|/é|/€|" +
    `/a b|/a\tb|/"<>|/\x7f|/${"x".repeat(9000)}`,
);
const anyRequest = fc.record({
  method: oneOf("GET|POST|PUT|HEAD|OPTIONS|DELETE|get|X-Y"),
  target: fc.oneof(
    { arbitrary: fc.oneof(goodTarget, anyPath), weight: 5 },
    anyTarget,
  ),
  headers: anyHeaders,
  body: fc.constantFrom(undefined, "", "abc"),
});

type Sent = typeof anyRequest extends fc.Arbitrary<infer T> ? T : never;

/** The bytes of a request, with the headers that the test client adds. */
function encode({ method, target, headers, body }: Sent, host: string): string {
  const has = (name: string): boolean =>
    headers.some(([other]) => other.toLowerCase() === name);
  const all = [...has("host") ? [] : [["Host", host]], ...headers];
  if (body !== undefined && !has("content-type")) {
    all.push(["Content-Type", "text/plain;charset=UTF-8"]);
  }
  const isCoded = has("transfer-encoding");
  const needsLength = body !== undefined || /^(?:POST|PUT)$/.test(method);
  if (needsLength && !isCoded && !has("content-length")) {
    all.push(["Content-Length", String(body?.length ?? 0)]);
  }
  const lines = all.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const line = fromBytes(new TextEncoder().encode(`${method} ${target}`));
  const chunk = body ? `${body.length}\r\n${body}\r\n` : "";
  const sent = isCoded ? `${chunk}0\r\n\r\n` : body ?? "";
  return `${line} HTTP/1.1\r\n${lines}\r\n${sent}`;
}

Deno.test("TestClient builds the environ of makeServer(), or its rejection", async () => {
  await using serving = serve(show);
  const host = `127.0.0.1:${serving.port}`;
  const baseUrl = `http://${host}`;
  const client = new TestClient(show, { baseUrl, validate: false });
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(anyRequest, async (sent) => {
      const { method, target, headers, body } = sent;
      // With a wrong length the server would wait, or see another request.
      fc.pre(
        headers.every(([name, value]) =>
          name.toLowerCase() !== "content-length" || !/^\d+$/.test(value) ||
          Number(value) === (body ?? "").length
        ),
      );
      const expected = await ask(serving, encode(sent, host));
      const response = await client.request(method, target, { headers, body });
      assertEquals(`HTTP/1.1 ${response.statusLine}`, expected.head.line);
      if (response.status >= 400) refused++;
      if (method !== "HEAD") {
        assertEquals(fromBytes(response.bytes), expected.body);
      }
    }),
    { numRuns: 600 },
  );
  assert(refused > 100 && refused < 400, `${refused} were refused`);
});

Deno.test("TestClient says why a server would reject the request", async () => {
  const client = new TestClient(show);
  const headers = { Host: "a/b" };
  assertEquals(
    (await client.get("/", { headers })).errors,
    'Rejected the request with 400: Host must be a host with an optional port, got "a/b"\n',
  );
  assertEquals((await client.head("/", { headers })).chunks, []);
});

Deno.test("TestClient does not send a header that would become another one", async () => {
  const values = ["a\r\nX-B: b", "€", 7 as unknown as string];
  const headers = values.map((value) => ["X-A", value] as const);
  for (const header of [...headers, ["X-A\nX", "b"], ["X-A:X", "b"]] as const) {
    const ask = () => new TestClient(show).get("/", { headers: [header] });
    await assertRejects(ask, TypeError, "a header must be two strings");
  }
});

Deno.test("TestClient uses the Host of a request in its URL", async () => {
  const app: Application = ({ PATH_INFO, HTTP_HOST }, startResponse) => {
    const location = [["Location", `http://${HTTP_HOST}/x`]] as const;
    if (PATH_INFO === "/x") startResponse("200 OK", PLAIN);
    else startResponse("302 Found", [...PLAIN, ...location]);
    return [toBytes(`${HTTP_HOST}`)];
  };
  const client = new TestClient(app, { followRedirects: true });
  const headers = { Host: "shop.example:81" };
  const one = await client.get("/", { headers });
  const other = await client.get("http://other.example/");
  assertEquals([one.url, one.text()], [
    `http://${headers.Host}/x`,
    headers.Host,
  ]);
  const found = [other.url, other.text()];
  assertEquals(found, ["http://other.example/x", "other.example"]);
});
