import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Application } from "../../../wsgi/types.ts";
import { ask, RawClient } from "../../raw_client.ts";
import { serveNode } from "./node_serving.ts";
import { get } from "../../server/serving.ts";

const BYTES = new TextEncoder().encode("Hello");

function failing(headers: [string, string][] = []): Application {
  return (_environ, startResponse) => {
    startResponse("200 OK", headers);
    return (async function* (): AsyncGenerator<Uint8Array, void> {
      yield BYTES;
      throw new Error("late");
    })();
  };
}

Deno.test("toNodeListener() breaks a chunked response that fails", async () => {
  await using serving = await serveNode(failing());
  const { head, body, complete } = await ask(serving, get());
  assertEquals([head.status, body, complete], [200, "Hello", false]);
  assertStringIncludes(serving.log.join(""), "Error: late");
});

Deno.test("toNodeListener() breaks a response with a length that fails", async () => {
  await using serving = await serveNode(failing([["Content-Length", "9"]]));
  const { head, body, complete } = await ask(serving, get());
  assertEquals([head.status, body, complete], [200, "Hello", false]);
});

Deno.test("toNodeListener() resets the connection of an HTTP/1.0 response that fails", async () => {
  await using serving = await serveNode(failing());
  using client = await RawClient.connect(serving);
  await client.send("GET / HTTP/1.0\r\n\r\n");
  assertEquals((await client.response()).complete, false);
  assertEquals(client.ending, "reset");
});

Deno.test.each([["HelloHello", ["Hello", "Hello"]], ["", []]])(
  "toNodeListener() breaks a response whose length is too long: %o",
  async (expected, chunks) => {
    await using serving = await serveNode((_environ, startResponse) => {
      startResponse("200 OK", [["Content-Length", "11"]]);
      return chunks.map((text) => new TextEncoder().encode(text)).values();
    });
    const { head, body, complete } = await ask(serving, get());
    assertEquals([head.status, body, complete], [200, expected, false]);
    assertStringIncludes(serving.log.join(""), "its Content-Length is 11");
  },
);

Deno.test("toNodeListener() sends no more than Content-Length says", async () => {
  await using serving = await serveNode((_environ, startResponse) => {
    startResponse("200 OK", [["Content-Length", "7"]]);
    return [BYTES, BYTES].values();
  });
  using client = await RawClient.connect(serving);
  await client.send(get() + get());
  assertEquals((await client.response()).body, "HelloHe");
  assertEquals((await client.response()).body, "HelloHe");
});

Deno.test.each(
  [
    ["a status with a line feed", "200 a\nb", []],
    ["a status above 599", "600 OK", []],
    ["a value with a line feed", "200 OK", [["X-A", "a\r\nX-B: b"]]],
    ["a value with NUL", "200 OK", [["X-A", "\0"]]],
    ["a name that is no token", "200 OK", [["X A", "a"]]],
    ["a wide character", "200 OK", [["X-A", "\u20ac"]]],
    ["a hop-by-hop header", "200 OK", [["Connection", "close"]]],
  ] as [string, string, [string, string][]][],
)("toNodeListener() answers %s with 500", async (_what, status, headers) => {
  await using serving = await serveNode((environ, startResponse) => {
    if (environ.PATH_INFO === "/bad") startResponse(status, headers);
    else startResponse("200 OK", []);
    return [BYTES];
  });
  using client = await RawClient.connect(serving);
  await client.send(get("/bad"));
  const { head, body } = await client.response();
  assertEquals(head.line, "HTTP/1.1 500 Internal Server Error");
  assertEquals(body, "500 Internal Server Error\n");
  assertEquals(head.headers.some(([name]) => name.startsWith("X")), false);
  await client.send(get());
  assertEquals((await client.response()).body, "Hello");
});

Deno.test("toNodeListener() breaks the connection where even the error page fails", async () => {
  await using serving = await serveNode(() => {
    throw new Error("early");
  }, {
    errorPage: () => {
      throw new Error("page");
    },
  });
  using client = await RawClient.connect(serving);
  await client.send(get());
  assertEquals(await client.rest(), "");
  assertStringIncludes(serving.log.join(""), "Error: page");
});
