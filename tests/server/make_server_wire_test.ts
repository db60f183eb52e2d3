import { assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import type { Application, HeaderTuple } from "../../wsgi/types.ts";
import { RawClient, type RawResponse } from "../raw_client.ts";
import { get, serve } from "./serving.ts";

const TEXT: readonly HeaderTuple[] = [["Content-Type", "text/plain"]];

/**
 * Gets a response, and another over the same connection: if it arrives, the
 * first had not a byte too many or too few.
 */
async function responseOf(
  app: Application,
  request = get(),
): Promise<RawResponse> {
  await using serving = serve((environ, startResponse) => {
    if (environ.PATH_INFO !== "/next") return app(environ, startResponse);
    startResponse("299 Next", TEXT);
    return [toBytes("next")];
  });
  using client = await RawClient.connect(serving);
  await client.send(request + get("/next"));
  const response = await client.response(request.split(" ")[0]);
  const next = await client.response();
  assertEquals([next.head.line, next.body], ["HTTP/1.1 299 ", "next"]);
  assertEquals(serving.log, []);
  return response;
}

/** An application with these chunks as an array. */
function array(
  chunks: string[],
  headers = TEXT,
  status = "200 OK",
): Application {
  return (_environ, startResponse) => {
    startResponse(status, headers);
    return chunks.map(toBytes);
  };
}

/** An application with these chunks one by one. */
function generator(
  chunks: string[],
  headers = TEXT,
  status = "200 OK",
): Application {
  return function* (_environ, startResponse): Generator<Uint8Array, void> {
    startResponse(status, headers);
    yield* chunks.map(toBytes);
  };
}

Deno.test.each<[string, Application]>([
  ["an array", array(["ab", "", "c"])],
  ["a long array", array(["a", "b".repeat(70_000)])],
  [
    "an array with a length of its own",
    array(["abc"], [["content-LENGTH", "3"]]),
  ],
  ["an empty array", array([])],
  [
    "a generator with a length",
    generator(["ab", "c"], [["Content-Length", "3"]]),
  ],
  ["an empty generator", generator([])],
])("makeServer() sends Content-Length for %s", async (_what, app) => {
  const { head, body } = await responseOf(app);
  assertEquals(head.all("content-length"), [String(body.length)]);
  assertEquals(head.get("transfer-encoding"), undefined);
});

// SPEC: length-framed
Deno.test.each<[string, Application]>([
  ["a generator", generator(["ab", "", "c"])],
  ["a generator with a single chunk", generator(["abc"])],
  [
    "an async generator",
    async function* (
      _environ,
      startResponse,
    ): AsyncGenerator<Uint8Array, void> {
      startResponse("200 OK", TEXT);
      yield toBytes("ab");
      await Promise.resolve();
      yield toBytes("c");
    },
  ],
  ["write()", (_environ, startResponse) => {
    const write = startResponse("200 OK", TEXT);
    write(toBytes("ab"));
    write(new Uint8Array());
    write(toBytes("c"));
    return [];
  }],
  ["write() and an array", (_environ, startResponse) => {
    startResponse("200 OK", TEXT)(toBytes("ab"));
    return [toBytes("c")];
  }],
])("makeServer() sends %s in chunks", async (_what, app) => {
  const { head, body, complete } = await responseOf(app);
  assertEquals(head.all("transfer-encoding"), ["chunked"]);
  assertEquals(head.get("content-length"), undefined);
  assertEquals([body, complete], ["abc", true]);
});

Deno.test("makeServer() sends a chunk before it asks for the next", async () => {
  const asked = Promise.withResolvers<void>();
  await using serving = serve(
    async function* (
      _environ,
      startResponse,
    ): AsyncGenerator<Uint8Array, void> {
      startResponse("200 OK", TEXT);
      yield toBytes("one");
      await asked.promise;
      yield toBytes("two");
    },
  );
  using client = await RawClient.connect(serving);
  await client.send(get());
  await client.head();
  assertEquals(await client.chunk(), "one");
  asked.resolve();
  assertEquals(await client.chunk(), "two");
  assertEquals(await client.chunk(), "");
});

// SPEC: server-headers-as-given, server-headers-added
Deno.test("makeServer() sends headers one by one, in their order and case", async () => {
  const headers: HeaderTuple[] = [
    ["X-One", "1"],
    ["Set-Cookie", "a=1"],
    ["content-TYPE", "text/plain"],
    ["Set-Cookie", "b=2, c"],
    ["X-One", "\xe9\tb\xff"],
    ["X-Empty", ""],
  ];
  const { head } = await responseOf(array(["a"], headers));
  assertEquals(head.headers.slice(0, headers.length), headers);
  assertEquals(head.all("date").length, 1);
});

Deno.test("makeServer() keeps the Date of the application", async () => {
  const date = "Sun, 06 Nov 1994 08:49:37 GMT";
  const { head } = await responseOf(array(["a"], [["Date", date]]));
  assertEquals(head.all("date"), [date]);
});

Deno.test("makeServer() sends the usual reason, for Deno can send no other", async () => {
  const { head } = await responseOf(array(["a"], TEXT, "404 Nothing Here"));
  assertEquals(head.line, "HTTP/1.1 404 Not Found");
});

Deno.test.each<[string, Application, string | undefined]>([
  ["an array", array(["abc"]), "3"],
  ["an array of nothing", array([]), undefined],
  ["a length and nothing", array([], [["Content-Length", "9"]]), "9"],
  ["a generator", generator(["abc"]), undefined],
  [
    "a generator with a length",
    generator(["x"], [["Content-Length", "9"]]),
    "9",
  ],
  [
    "a body without end",
    function* (_environ, startResponse): Generator<Uint8Array, void> {
      startResponse("200 OK", TEXT);
      for (;;) yield toBytes("x");
    },
    undefined,
  ],
  ["write()", (_environ, startResponse) => {
    startResponse("200 OK", TEXT)(toBytes("abc"));
    return [];
  }, undefined],
])(
  "makeServer() answers HEAD with the head alone for %s",
  async (_what, app, length) => {
    const request = "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n";
    const { head } = await responseOf(app, request);
    assertEquals(head.status, 200);
    assertEquals<unknown>(head.get("content-length"), length);
  },
);

// Deno drops the "Content-Length: 0" of a 205; SPEC.md names it as a deviation.
for (
  const status of ["204 No Content", "205 Reset Content", "304 Not Modified"]
) {
  Deno.test.each<[string, Application]>([
    ["an array", array(["abc"], TEXT, status)],
    ["an empty array", array([], TEXT, status)],
    ["a generator", generator(["abc"], TEXT, status)],
    ["a length", array([], [["Content-Length", "3"]], status)],
  ])(
    `makeServer() sends no content with ${status} for %s`,
    async (_what, app) => {
      const { head } = await responseOf(app);
      assertEquals(head.status, Number(status.slice(0, 3)));
      assertEquals(head.get("content-length"), undefined);
      assertEquals(head.get("transfer-encoding"), undefined);
    },
  );
}

// SPEC: length-framed
Deno.test("makeServer() ends a body without a length for HTTP/1.0 with the connection", async () => {
  await using serving = serve(generator(["ab", "c"]));
  using client = await RawClient.connect(serving);
  await client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const { head, body, complete } = await client.response();
  assertMatch(head.line, /^HTTP\/1\.[01] 200 OK$/);
  assertEquals(head.get("transfer-encoding"), undefined);
  assertEquals([body, complete], ["abc", true]);
});

Deno.test("makeServer() sends one header array for many requests, unchanged", async () => {
  const headers = Object.freeze(TEXT.map((pair) => Object.freeze(pair)));
  for (const app of [array(["ab"], headers), generator(["ab"], headers)]) {
    for (const method of ["GET", "HEAD", "GET"]) {
      const request = `${method} / HTTP/1.1\r\nHost: h\r\n\r\n`;
      const { body } = await responseOf(app, request);
      assertEquals(body, method === "GET" ? "ab" : "");
    }
  }
  assertEquals(headers, TEXT);
});

Deno.test("makeServer() says nothing of itself", async () => {
  const { head } = await responseOf(array(["a"]));
  assertEquals(head.get("server"), undefined);
  assertNotMatch(JSON.stringify(head.headers), /wsgi|deno/i);
});
