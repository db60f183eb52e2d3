// The responses that fromFetchHandler() and fromResponse() send alike.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { assertStringIncludes } from "@std/assert";
import {
  type FetchFunction,
  fromFetchHandler,
} from "../../../gateway/from_fetch/from_fetch.ts";
import { fromResponse } from "../../../gateway/from_fetch/from_response.ts";
import { TestClient } from "../../../test_client/test_client.ts";
import type { TestResponse } from "../../../test_client/test_response.ts";
import type { Application } from "../../../wsgi/types.ts";
import { run } from "../fetch/run_fetch.ts";
import { fail } from "../recording_transport.ts";

const TEXT = { "Content-Type": "text/plain" };

/** Applications that answer with a Response. */
const WAYS: ((make: () => unknown) => Application)[] = [
  (make) => fromFetchHandler(make as FetchFunction),
  (make) => (_environ, start) => fromResponse(make() as Response, start),
];

/** The same response from both. Findings of the validator fail the test. */
async function answer(
  make: () => unknown,
  method = "GET",
): Promise<TestResponse> {
  const [first, second] = await Promise.all(WAYS.map((way) => {
    const validate = { profile: "paranoid" } as const;
    return new TestClient(way(make), { validate }).request(method, "/");
  }));
  assertEquals(second!.statusLine, first!.statusLine);
  assertEquals(second!.headers, first!.headers);
  assertEquals(second!.bytes, first!.bytes);
  assert(first!.complete && second!.complete);
  return first!;
}

Deno.test.each([
  [200, "", "200 OK"],
  [299, "", "299 Unknown"],
  [200, " a\tb ", "200 a b"],
  [304, "", "304 Not Modified"],
])(
  "fromResponse() answers status %d and statusText %j with %s",
  async (status, statusText, line) => {
    const init = { status, statusText };
    const response = await answer(() => new Response(null, init));
    assertEquals([response.statusLine, response.text()], [line, ""]);
  },
);

Deno.test("fromResponse() leaves out the headers that belong to the server", async () => {
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
  const init = { status: 407, headers };
  const response = await answer(() => new Response("text", init));
  const names = response.headers.map(([name]) => name).join();
  assertEquals(names, "content-type,proxy-authenticate,x-kept,Content-Length");
});

async function* slowly(): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode("a");
  await new Promise((resolve) => setTimeout(resolve));
  yield new TextEncoder().encode("b");
}

Deno.test.each<[string, () => BodyInit | null, string | undefined, number]>([
  ["text", () => "Grüße", "7", 7],
  ["a Blob", () => new Blob(["abc"]), "3", 3],
  ["no text", () => "", "0", 0],
  ["null", () => null, "0", 0],
  ["much text", () => "a".repeat(1 << 20), "1048576", 1 << 20],
  ["a stream", () => ReadableStream.from(slowly()), undefined, 2],
])("fromResponse() sends a body of %s", async (_what, body, length, size) => {
  const response = await answer(() => new Response(body(), { headers: TEXT }));
  assertEquals(response.header("Content-Length"), length);
  assertEquals(response.bytes.length, size);
});

Deno.test("fromResponse() keeps a Content-Length, and sends no empty chunks", async () => {
  const headers = { ...TEXT, "Content-Length": "2" };
  const response = await answer(() => {
    const chunks = ["", "a", "", "", "b", ""].map((text) =>
      new TextEncoder().encode(text)
    );
    return new Response(ReadableStream.from(chunks), { headers });
  });
  assertEquals(response.header("Content-Length"), "2");
  assertEquals(response.chunks.map(({ length }) => length), [1, 1]);
});

Deno.test("fromResponse() accepts the Response of another library", async () => {
  class OtherHeaders extends Headers {}
  const headers = new OtherHeaders({ "X-Other": "yes" });
  const other = { status: 201, statusText: "", headers, body: null };
  const response = await answer(() => ({ ...other, bodyUsed: false }));
  assertEquals(response.statusLine, "201 Created");
  assertEquals(response.header("X-Other"), "yes");
});

Deno.test("fromResponse() and fromFetchHandler() answer HEAD with the headers of the body", async () => {
  const response = await answer(() => Response.json([1, 2, 3]), "HEAD");
  assertEquals(response.header("Content-Length"), "7");
  assertEquals(response.bytes.length, 0);
});

Deno.test("fromResponse() and fromFetchHandler() cancel the body of a response to HEAD", async () => {
  let cancelled = 0;
  const response = await answer(() => {
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(1)),
      cancel: () => void cancelled++,
    });
    return new Response(endless, { headers: TEXT });
  }, "HEAD");
  assertEquals([response.status, response.bytes.length], [200, 0]);
  assertEquals(cancelled, WAYS.length);
});

/** A Response that was used before. */
function used(use: (response: Response) => unknown): Response {
  const response = new Response("text");
  use(response);
  return response;
}

const KIND = "Cannot answer the request: @ must return a Response, got";
const PLACE = "Cannot answer with the Response:";
const STATUS = `${PLACE} status must be from 200 to 599, got`;
const IN_USE = `${PLACE} its body must be unread, got one that is in use`;
const SWITCHING = { status: 101, headers: new Headers(), body: null };

Deno.test.each<[string, () => unknown, string]>([
  ["undefined", () => undefined, `${KIND} undefined`],
  ["null", () => null, `${KIND} null`],
  ["text", () => "text", `${KIND} "text"`],
  ["an object", () => ({ status: 200 }), `${KIND} an object`],
  ["a Request", () => new Request("http://h"), `${KIND} a Request`],
  ["status 0", () => Response.error(), `${STATUS} 0`],
  ["an upgrade", () => SWITCHING, "got 101: WSGI has no place for an upgrade"],
  ["a body that was read", () => used((it) => it.text()), IN_USE],
  ["a locked body", () => used((it) => void it.body?.getReader()), IN_USE],
  ["an error", () => fail("sync failure"), "sync failure"],
])(
  "fromResponse() and fromFetchHandler() reject %s",
  async (_what, make, template) => {
    const [handler, direct] = WAYS.map((way) => way(make));
    const { response, log } = await run(handler!);
    assertEquals(response.status, 500);
    assertEquals(await response.text(), "500 Internal Server Error\n");
    const message = template.replace("@", "handler");
    assertStringIncludes(log.join(""), message);
    await assertRejects(
      () => new TestClient(direct!).get("/"),
      Error,
      template.replace("@ must return", "response must be"),
    );
  },
);

Deno.test("fromResponse() rejects a promise", async () => {
  const app = WAYS[1]!(() => Promise.resolve(new Response()));
  const message =
    "Cannot answer the request: response must be a Response, got a Promise (is an await missing?)";
  await assertRejects(() => new TestClient(app).get("/"), TypeError, message);
});

Deno.test("fromResponse() cancels the body if startResponse throws", async () => {
  const cancelled = Promise.withResolvers<unknown>();
  const body = new ReadableStream({ cancel: cancelled.resolve });
  const problem = new Error("No start");
  const call = async () =>
    await fromResponse(new Response(body), () => {
      throw problem;
    });
  assert(await assertRejects(call) === problem);
  assert(await cancelled.promise === problem);
});
