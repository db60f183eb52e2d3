import { assertEquals, assertRejects } from "@std/assert";
import { fromResponse } from "../../../gateway/from_fetch/from_response.ts";
import { TestClient } from "../../../test_client/test_client.ts";
import type { TestResponse } from "../../../test_client/test_response.ts";
import type { Application } from "../../../wsgi/types.ts";
import { CheckedServer } from "../../checked_server.ts";
import { RawClient, within } from "../../raw_client.ts";
import { get } from "../../server/serving.ts";

const TEXT = { "Content-Type": "text/plain" };

function answering(make: () => unknown): Application {
  return (_environ, startResponse) =>
    fromResponse(make() as Response, startResponse);
}

/** The response of an application; every finding of the validator fails it. */
function request(make: () => Response, method = "GET"): Promise<TestResponse> {
  return new TestClient(answering(make)).request(method, "/");
}

Deno.test.each<[string, () => Response, string, string]>([
  ["JSON", () => Response.json({ a: 1 }, { status: 201 }), "201 Created", "7"],
  ["text", () => new Response("Grüße", { headers: TEXT }), "200 OK", "7"],
  ["no text", () => new Response("", { headers: TEXT }), "200 OK", "0"],
  ["null", () => new Response(null, { statusText: "Fine" }), "200 Fine", "0"],
  [
    "a redirect",
    () => Response.redirect("http://h/", 303),
    "303 See Other",
    "0",
  ],
])("fromResponse() answers with %s", async (_what, make, status, length) => {
  const response = await request(make);
  assertEquals(response.statusLine, status);
  assertEquals(response.header("Content-Length"), length);
  assertEquals(response.bytes.length, Number(length));
});

Deno.test("fromResponse() keeps several Set-Cookie headers apart", async () => {
  const response = await request(() => {
    const headers = new Headers([
      ["Set-Cookie", "a=1; Path=/"],
      ["Set-Cookie", "b=2; Expires=Thu, 01 Jan 1970 00:00:00 GMT"],
      ["Connection", "close"],
    ]);
    return new Response(null, { headers });
  });
  assertEquals(response.headers, [
    ["set-cookie", "a=1; Path=/"],
    ["set-cookie", "b=2; Expires=Thu, 01 Jan 1970 00:00:00 GMT"],
    ["Content-Length", "0"],
  ]);
});

Deno.test("fromResponse() sends no body in answer to HEAD", async () => {
  const response = await request(() => Response.json([1, 2, 3]), "HEAD");
  assertEquals(response.header("Content-Length"), "7");
  assertEquals(response.bytes.length, 0);
});

Deno.test("fromResponse() streams, and cancels the stream when the client leaves", async () => {
  const cancelled = Promise.withResolvers<void>();
  const stream = new ReadableStream({
    start: (controller) => controller.enqueue(new TextEncoder().encode("one")),
    cancel: () => cancelled.resolve(),
  });
  await using served = new CheckedServer(
    answering(() => new Response(stream, { headers: TEXT })),
  );
  using client = await RawClient.connect(served);
  await client.send(get());
  await client.head();
  assertEquals(await client.chunk(), "one");
  client.close();
  await within(cancelled.promise, "the stream to be cancelled");
  await served.verdict();
});

Deno.test.each<[string, () => unknown, string]>([
  [
    "a promise",
    () => Promise.resolve(new Response()),
    "Cannot answer the request: response must be a Response, got a Promise (is an await missing?)",
  ],
  [
    "a string",
    () => "hello",
    'Cannot answer the request: response must be a Response, got "hello"',
  ],
  [
    "an error response",
    () => Response.error(),
    "Cannot answer with the Response: status must be from 200 to 599, got 0",
  ],
  [
    "a body that is in use",
    () => {
      const response = new Response("text");
      response.body?.getReader();
      return response;
    },
    "Cannot answer with the Response: its body must be unread, got one that is in use",
  ],
])("fromResponse() rejects %s", async (_what, make, message) => {
  await assertRejects(
    async () => await request(make as () => Response),
    TypeError,
    message,
  );
});

Deno.test("fromResponse() cancels the body if startResponse throws", async () => {
  const cancelled = Promise.withResolvers<unknown>();
  const body = new ReadableStream({
    cancel: (reason) => cancelled.resolve(reason),
  });
  const problem = new Error("No start");
  await assertRejects(
    async () =>
      await fromResponse(new Response(body), () => {
        throw problem;
      }),
    Error,
    "No start",
  );
  assertEquals(await cancelled.promise, problem);
});
