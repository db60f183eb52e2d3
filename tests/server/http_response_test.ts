// Responses byte by byte: status line, framing, and how a broken one shows.

import { assertEquals, assertMatch } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import type {
  Application,
  HeaderTuple,
  ResponseBody,
} from "../../wsgi/types.ts";
import { RawClient } from "../raw_client.ts";
import { serve } from "./serving.ts";

const DATE = /Date: [A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} [\d:]{8} GMT\r\n/;

function answer(
  status: string,
  headers: readonly HeaderTuple[],
  body: () => ResponseBody,
): Application {
  return (_environ, startResponse) => {
    startResponse(status, headers);
    return body();
  };
}

/** All that comes back, with a Date of its own in its place. */
async function exchange(app: Application, request: string): Promise<string> {
  await using serving = serve(app);
  using client = await RawClient.connect(serving);
  await client.send(request);
  await client.closeWrite();
  return (await client.rest()).replace(DATE, "Date: *\r\n");
}

const array = () => [toBytes("abc")];
const none = () => [];

function* generate(): Generator<Uint8Array, void> {
  yield toBytes("ab");
  yield toBytes("c");
}

function* fail(): Generator<Uint8Array, void> {
  yield toBytes("ab");
  throw new Error("on purpose");
}

const LENGTH: HeaderTuple = ["Content-Length", "3"];
const H = "HTTP/1.1\r\nHost: h\r\n\r\n";
const OLD = "HTTP/1.0\r\n\r\n";

Deno.test.each<
  [
    string,
    [string, readonly HeaderTuple[], () => ResponseBody],
    string,
    string,
  ]
>([
  [
    "a reason of its own, headers in order, case and latin-1",
    [
      "299 Caf\xe9 au lait",
      [["x-B", "2"], ["X-a", "\xe9"], ["x-B", "1"]],
      array,
    ],
    `GET / ${H}`,
    "HTTP/1.1 299 Caf\xe9 au lait\r\nx-B: 2\r\nX-a: \xe9\r\nx-B: 1\r\n" +
    "Content-Length: 3\r\nDate: *\r\n\r\nabc",
  ],
  [
    "a body of unknown length in chunks",
    ["200 OK", [], generate],
    `GET / ${H}`,
    "HTTP/1.1 200 OK\r\nDate: *\r\nTransfer-Encoding: chunked\r\n\r\n" +
    "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
  ],
  [
    "a body of unknown length up to the end for HTTP/1.0",
    ["200 OK", [], generate],
    `GET / ${OLD}`,
    "HTTP/1.1 200 OK\r\nDate: *\r\nConnection: close\r\n\r\nabc",
  ],
  [
    "a length, and no body, for HEAD",
    ["200 OK", [], array],
    `HEAD / ${H}`,
    "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nDate: *\r\n\r\n",
  ],
  [
    "no length with 204",
    ["204 No Content", [LENGTH], array],
    `GET / ${H}`,
    "HTTP/1.1 204 No Content\r\nDate: *\r\n\r\n",
  ],
  [
    "a length of 0 with 205",
    ["205 Reset Content", [LENGTH], array],
    `GET / ${H}`,
    "HTTP/1.1 205 Reset Content\r\nDate: *\r\nContent-Length: 0\r\n\r\n",
  ],
  [
    "the length of another response with 304",
    ["304 Not Modified", [LENGTH], none],
    `GET / ${H}`,
    "HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\nDate: *\r\n\r\n",
  ],
  [
    "no framing with 2xx to CONNECT",
    ["200 OK", [LENGTH], array],
    `CONNECT h:1 ${H}`,
    "HTTP/1.1 200 OK\r\nDate: *\r\nConnection: close\r\n\r\n",
  ],
  [
    "no bytes of a generator with 2xx to CONNECT",
    ["200 OK", [], generate],
    `CONNECT h:1 ${H}`,
    "HTTP/1.1 200 OK\r\nDate: *\r\nConnection: close\r\n\r\n",
  ],
  [
    "a body with 4xx to CONNECT",
    ["405 Method Not Allowed", [], array],
    `CONNECT h:1 ${H}`,
    "HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 3\r\nDate: *\r\n\r\nabc",
  ],
])("makeServer() sends %s", async (_what, parts, request, expected) => {
  const received = await exchange(answer(...parts), request);
  // Whether a further request may follow is up to how fast the end has come.
  const isOptional = !expected.includes("Connection: close");
  assertEquals(
    isOptional ? received.replace("Connection: close\r\n", "") : received,
    expected,
  );
});

Deno.test.each<[string, readonly HeaderTuple[], string, RegExp]>([
  ["its last chunk", [], H, /\r\n\r\n2\r\nab\r\n$/],
  ["bytes", [LENGTH], H, /\r\n\r\nab$/],
  ["bytes", [LENGTH], OLD, /\r\n\r\nab$/],
])(
  "a response that broke misses %s",
  async (_what, headers, version, expected) => {
    const text = await exchange(
      answer("200 OK", headers, fail),
      `GET / ${version}`,
    );
    assertMatch(text, expected);
  },
);

Deno.test("a connection takes no further request after a response that broke", async () => {
  const paths: string[] = [];
  await using serving = serve((environ, startResponse) => {
    paths.push(environ.PATH_INFO);
    startResponse("200 OK", []);
    return fail();
  });
  using client = await RawClient.connect(serving);
  await client.send(`GET /1 ${H}GET /2 ${H}`);
  assertEquals((await client.response()).complete, false);
  assertEquals([await client.rest(), paths], ["", ["/1"]]);
});

// SPEC: server-expect, server-expect-old
Deno.test.each([
  ["is not read", "/unread", "1.1", "close"],
  ["comes with HTTP/1.0", "/read", "1.0", "close"],
])(
  "makeServer() does not ask for a body that %s",
  async (_what, target, version, connection) => {
    await using serving = serve(async (environ, startResponse) => {
      const { length } = environ.PATH_INFO === "/read"
        ? await environ["wsgi.input"].read()
        : "";
      startResponse("200 OK", []);
      return [toBytes(String(length))];
    });
    using client = await RawClient.connect(serving);
    await client.send(
      `PUT ${target} HTTP/${version}\r\nHost: h\r\nExpect: 100-continue\r\n` +
        "Content-Length: 3\r\n\r\n",
    );
    if (version === "1.0") await client.send("abc");
    const head = await client.head();
    assertEquals([head.status, head.get("connection")], [200, connection]);
    assertEquals(await client.rest(), version === "1.0" ? "3" : "0");
  },
);
