import { assert, assertEquals } from "@std/assert";
import {
  type FetchFunction,
  fromFetchHandler,
} from "../../../gateway/from_fetch/from_fetch.ts";
import { setupTestingDefaults } from "../../../gateway/environ/setup_testing_defaults.ts";
import { TestClient } from "../../../test_client/test_client.ts";
import type { TestResponse } from "../../../test_client/test_response.ts";

const TEXT = { "Content-Type": "text/plain" };

/** The response of a handler; every finding of the validator fails the test. */
function answer(handler: FetchFunction, method = "GET"): Promise<TestResponse> {
  const validate = { profile: "paranoid" } as const;
  const client = new TestClient(fromFetchHandler(handler), { validate });
  return client.request(method, "/");
}

Deno.test.each([
  { status: 200, statusText: "", line: "200 OK" },
  { status: 404, statusText: "", line: "404 Not Found" },
  { status: 299, statusText: "", line: "299 Unknown" },
  { status: 200, statusText: "Very Well", line: "200 Very Well" },
  { status: 200, statusText: " a\tb ", line: "200 a b" },
  { status: 500, statusText: "Schl\xfcssel", line: "500 Schl\xfcssel" },
])("fromFetchHandler() answers with the status %j", async (row) => {
  const { status, statusText, line } = row;
  const response = await answer(() =>
    new Response(null, { status, statusText })
  );
  assertEquals(response.statusLine, line);
});

Deno.test.each([204, 205, 304])(
  "fromFetchHandler() answers with %d and no body",
  async (status) => {
    const response = await answer(() => new Response(null, { status }));
    assertEquals([response.status, response.text()], [status, ""]);
    assert(response.complete);
  },
);

Deno.test("fromFetchHandler() passes headers on, each Set-Cookie by itself", async () => {
  const response = await answer(() => {
    const headers = new Headers({ "X-Bytes": "caf\xe9", ...TEXT });
    headers.append("Set-Cookie", "a=1; Path=/");
    headers.append("Set-Cookie", "b=2, 3");
    headers.append("Vary", "Accept");
    headers.append("Vary", "Cookie");
    headers.append("X-Empty", "a");
    headers.append("X-Empty", "");
    return new Response(null, { headers });
  });
  assertEquals(response.headers, [
    ["content-type", "text/plain"],
    ["set-cookie", "a=1; Path=/"],
    ["set-cookie", "b=2, 3"],
    ["vary", "Accept, Cookie"],
    ["x-bytes", "caf\xe9"],
    ["x-empty", "a,"],
    ["Content-Length", "0"],
  ]);
});

Deno.test("fromFetchHandler() leaves out the headers that belong to the server", async () => {
  const headers = {
    ...TEXT,
    Connection: "close",
    "Keep-Alive": "timeout=5",
    "Proxy-Authenticate": "Basic",
    "Proxy-Connection": "close",
    TE: "trailers",
    Trailer: "X-Sum",
    "Transfer-Encoding": "chunked",
    Upgrade: "h2c",
    "X-Kept": "yes",
  };
  const response = await answer(() =>
    new Response("text", { status: 407, headers })
  );
  const names = response.headers.map(([name]) => name).join();
  assertEquals(names, "content-type,proxy-authenticate,x-kept,Content-Length");
});

Deno.test.each<[string, BodyInit | null, string | undefined, number]>([
  ["text", "Grüße", "7", 7],
  ["bytes", new Uint8Array(65_536), "65536", 65_536],
  ["a Blob", new Blob(["abc"]), "3", 3],
  ["a form", new URLSearchParams({ a: "b" }), "3", 3],
  ["no text", "", "0", 0],
  ["null", null, "0", 0],
  ["much text", "a".repeat(1 << 20), "1048576", 1 << 20],
  ["a stream", ReadableStream.from(slowly()), undefined, 2],
])(
  "fromFetchHandler() sends a body of %s",
  async (_what, body, length, size) => {
    const response = await answer(() => new Response(body, { headers: TEXT }));
    assert(response.complete);
    assertEquals(response.header("Content-Length"), length);
    assertEquals(response.bytes.length, size);
  },
);

async function* slowly(): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode("a");
  await new Promise((resolve) => setTimeout(resolve));
  yield new TextEncoder().encode("b");
}

Deno.test("fromFetchHandler() gives no chunks without bytes", async () => {
  const chunks = ["", "a", "", "", "b", ""].map((text) =>
    new TextEncoder().encode(text)
  );
  const app = fromFetchHandler(() => new Response(ReadableStream.from(chunks)));
  const body = await app(
    setupTestingDefaults({}),
    () => () => Promise.resolve(),
  );
  const texts: string[] = [];
  for await (const chunk of body) texts.push(new TextDecoder().decode(chunk));
  assertEquals(texts, ["a", "b"]);
});

Deno.test("fromFetchHandler() keeps the Content-Length of the handler", async () => {
  const headers = { ...TEXT, "Content-Length": "3" };
  const chunks = [new Uint8Array(1), new Uint8Array(2)];
  const response = await answer(() =>
    new Response(ReadableStream.from(chunks), { headers })
  );
  assertEquals(response.header("Content-Length"), "3");
  assertEquals(response.bytes.length, 3);
});

Deno.test("fromFetchHandler() answers HEAD with the headers of the body, which is cancelled", async () => {
  const cancelled = Promise.withResolvers<void>();
  const endless = new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(1)),
    cancel: () => cancelled.resolve(),
  });
  const stream = await answer(
    () => new Response(endless, { headers: TEXT }),
    "HEAD",
  );
  assertEquals([stream.status, stream.bytes.length], [200, 0]);
  await cancelled.promise;
  const text = await answer(() => new Response("text"), "HEAD");
  assertEquals(text.header("Content-Length"), "4");
  assertEquals(text.bytes.length, 0);
});

Deno.test("fromFetchHandler() takes the Response of another library", async () => {
  class OtherHeaders extends Headers {}
  const headers = new OtherHeaders({ "X-Other": "yes" });
  const other = { status: 201, statusText: "", headers, body: null };
  const response = await answer(() =>
    ({ ...other, bodyUsed: false }) as Response
  );
  assertEquals(response.statusLine, "201 Created");
  assertEquals(response.header("X-Other"), "yes");
});
