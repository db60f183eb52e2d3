import { assertEquals, assertThrows } from "@std/assert";
import { toNodeListener } from "../../../gateway/node/node.ts";
import type { Application, Environ } from "../../../wsgi/types.ts";
import { ask, RawClient } from "../../raw_client.ts";
import { serveNode } from "./node_serving.ts";
import { get } from "../../server/serving.ts";

const BYTES = new TextEncoder().encode("Hello");

/** What of the head came from the application. */
function own(headers: readonly (readonly [string, string])[]): string[] {
  const added = ["Date", "Connection", "Keep-Alive"];
  return headers.filter(([name]) => !added.includes(name))
    .map(([name, value]) => `${name}: ${value}`);
}

function answering(
  status: string,
  headers: [string, string][] = [],
  body: Iterable<Uint8Array, void> = [BYTES],
): Application {
  return (_environ, startResponse) => {
    startResponse(status, headers);
    return body;
  };
}

Deno.test("toNodeListener() refuses what is no application", () => {
  assertThrows(
    () => toNodeListener({} as Application),
    TypeError,
    "must be a function (environ, startResponse)",
  );
});

Deno.test("toNodeListener() sends the reason phrase", async () => {
  await using serving = await serveNode(answering("299 Qu\xe9 Odd"));
  const { head, body } = await ask(serving, get());
  assertEquals(head.line, "HTTP/1.1 299 Qu\xe9 Odd");
  assertEquals(body, "Hello");
});

Deno.test("toNodeListener() keeps case, order, repetition and bytes of headers", async () => {
  const headers: [string, string][] = [
    ["X-b", "1"],
    ["x-A", "caf\xe9"],
    ["X-b", "2"],
    ["Set-Cookie", "a=1"],
    ["Set-Cookie", "b=2"],
  ];
  await using serving = await serveNode(answering("200 OK", headers));
  const { head } = await ask(serving, get());
  assertEquals(own(head.headers), [
    "X-b: 1",
    "x-A: caf\xe9",
    "X-b: 2",
    "Set-Cookie: a=1",
    "Set-Cookie: b=2",
    "Content-Length: 5",
  ]);
});

Deno.test("toNodeListener() leaves Date to node:http", async () => {
  await using serving = await serveNode((environ, startResponse) => {
    const headers: [string, string][] = environ.PATH_INFO === "/own"
      ? [["Date", "Thu, 01 Jan 1970 00:00:00 GMT"]]
      : [];
    startResponse("200 OK", headers);
    return [];
  });
  const { head } = await ask(serving, get());
  assertEquals(head.all("date").length, 1);
  const other = await ask(serving, get("/own"));
  assertEquals(other.head.all("date"), ["Thu, 01 Jan 1970 00:00:00 GMT"]);
});

Deno.test.each([
  ["204 No Content", [], []],
  ["205 Reset Content", [], ["Content-Length: 0"]],
  ["304 Not Modified", [["Content-Length", "7"]], ["Content-Length: 7"]],
] as [string, [string, string][], string[]][])(
  "toNodeListener() sends no body with %s",
  async (status, headers, expected) => {
    await using serving = await serveNode(answering(status, headers));
    using client = await RawClient.connect(serving);
    await client.send(get() + get());
    assertEquals(own((await client.head()).headers), expected);
    // Not a byte lies between the two.
    assertEquals((await client.head()).line, `HTTP/1.1 ${status}`);
  },
);

Deno.test("toNodeListener() answers HEAD without a body", async () => {
  function* generate(): Generator<Uint8Array, void> {
    yield BYTES;
  }
  await using serving = await serveNode((environ, startResponse) => {
    startResponse("200 OK", []);
    return environ.PATH_INFO === "/array" ? [BYTES] : generate();
  });
  const head = (path: string) =>
    `HEAD ${path} HTTP/1.1\r\nHost: h\r\nX: y\r\n\r\n`;
  using client = await RawClient.connect(serving);
  await client.send(head("/array") + head("/generator") + head("/array"));
  assertEquals(own((await client.head()).headers), ["Content-Length: 5"]);
  assertEquals(own((await client.head()).headers), []);
  assertEquals(own((await client.head()).headers), ["Content-Length: 5"]);
});

Deno.test("toNodeListener() sends a body without a length in chunks", async () => {
  const body = [new Uint8Array(), BYTES, BYTES].values();
  await using serving = await serveNode(answering("200 OK", [], body));
  using client = await RawClient.connect(serving);
  await client.send(get());
  assertEquals((await client.head()).get("transfer-encoding"), "chunked");
  assertEquals(await client.chunk(), "Hello");
  assertEquals(await client.chunk(), "Hello");
  assertEquals(await client.chunk(), "");
});

Deno.test("toNodeListener() ends a body without a length by closing for HTTP/1.0", async () => {
  const body = [BYTES, BYTES].values();
  await using serving = await serveNode(answering("200 OK", [], body));
  using client = await RawClient.connect(serving);
  await client.send("GET / HTTP/1.0\r\n\r\n");
  const { head, body: text, complete } = await client.response();
  assertEquals(head.all("transfer-encoding"), []);
  assertEquals([text, complete], ["HelloHello", true]);
});

Deno.test("toNodeListener() holds no chunk back", async () => {
  const read = Promise.withResolvers<void>();
  await using serving = await serveNode((_environ, startResponse) => {
    startResponse("200 OK", []);
    return (async function* (): AsyncGenerator<Uint8Array, void> {
      yield BYTES;
      await read.promise;
      yield BYTES;
    })();
  });
  using client = await RawClient.connect(serving);
  await client.send(get());
  await client.head();
  assertEquals(await client.chunk(), "Hello");
  read.resolve();
  assertEquals(await client.chunks(), { body: "Hello", complete: true });
});

Deno.test("toNodeListener() copies what it sends", async () => {
  const chunk = new Uint8Array(1 << 20);
  await using serving = await serveNode((_environ, startResponse) => {
    startResponse("200 OK", []);
    return (function* (): Generator<Uint8Array, void> {
      for (const letter of "abcd") {
        chunk.fill(letter.charCodeAt(0));
        yield chunk;
      }
    })();
  });
  const { body } = await ask(serving, get());
  const counts = Array.from("abcd", (letter) => body.split(letter).length - 1);
  assertEquals(counts, Array(4).fill(1 << 20));
});

Deno.test("toNodeListener() answers pipelined requests in order", async () => {
  const slow = Promise.withResolvers<void>();
  await using serving = await serveNode(async (environ, startResponse) => {
    if (environ.PATH_INFO === "/1") await slow.promise;
    else slow.resolve();
    startResponse("200 OK", []);
    return [new TextEncoder().encode(environ.PATH_INFO)];
  });
  using client = await RawClient.connect(serving);
  await client.send(get("/1") + get("/2") + get("/3"));
  const bodies: string[] = [];
  for (let i = 0; i < 3; i++) bodies.push((await client.response()).body);
  assertEquals(bodies, ["/1", "/2", "/3"]);
});

Deno.test("toNodeListener() calls onError and answers 500", async () => {
  const seen: [unknown, Environ][] = [];
  const error = new Error("<secret>");
  await using serving = await serveNode(() => {
    throw error;
  }, { onError: (error, environ) => void seen.push([error, environ]) });
  const { head, body } = await ask(serving, get("/x"));
  assertEquals(head.line, "HTTP/1.1 500 Internal Server Error");
  assertEquals(body, "500 Internal Server Error\n");
  assertEquals(seen.map(([e, { PATH_INFO }]) => [e, PATH_INFO]), [[
    error,
    "/x",
  ]]);
});
