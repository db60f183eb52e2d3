import { assert, assertEquals, assertRejects } from "@std/assert";
import { assertStrictEquals, assertStringIncludes } from "@std/assert";
import { fromBytes, toBytes } from "../../wsgi/byte_string.ts";
import type { Application, Environ } from "../../wsgi/types.ts";
import {
  TestClient,
  type TestRequestOptions,
} from "../../test_client/test_client.ts";
import { answering } from "./answering.ts";

/** Sends back the body, and keeps the environ. */
function echo(): { app: Application; seen: Environ[] } {
  const seen: Environ[] = [];
  const app: Application = async (environ, startResponse) => {
    seen.push(environ);
    const body = await environ["wsgi.input"].read();
    startResponse("200 OK", [["Content-Type", "application/octet-stream"]]);
    return [body];
  };
  return { app, seen };
}

function streamOf(...chunks: string[]): ReadableStream<Uint8Array> {
  return ReadableStream.from(chunks.map(toBytes));
}

Deno.test.each<[string, TestRequestOptions, string, string | undefined]>([
  ["a string", { body: "é" }, "\xc3\xa9", "text/plain;charset=UTF-8"],
  ["bytes", { body: toBytes("\xff\0") }, "\xff\0", undefined],
  ["an empty string", { body: "" }, "", "text/plain;charset=UTF-8"],
  [
    "a form",
    { body: new URLSearchParams({ a: "b c" }) },
    "a=b+c",
    "application/x-www-form-urlencoded;charset=UTF-8",
  ],
  ["a Blob", { body: new Blob(["x"], { type: "a/b" }) }, "x", "a/b"],
  ["JSON", { json: { a: [1] } }, '{"a":[1]}', "application/json"],
  ["null as JSON", { json: null }, "null", "application/json"],
  [
    "JSON of another type",
    { json: 1, headers: { "content-type": "application/x+json" } },
    "1",
    "application/x+json",
  ],
])("TestClient sends %s", async (_what, options, text, type) => {
  const { app, seen } = echo();
  const response = await new TestClient(app).post("/", options);
  assertEquals(fromBytes(response.bytes), text);
  assertEquals(seen[0]?.CONTENT_TYPE, type);
  assertEquals(seen[0]?.CONTENT_LENGTH, String(text.length));
  assertEquals(response.violations, []);
});

Deno.test("TestClient sends a FormData with its boundary", async () => {
  const { app, seen } = echo();
  const body = new FormData();
  body.append("file", new File(["content"], "a.txt"));
  const response = await new TestClient(app).post("/", { body });
  const type = seen[0]?.CONTENT_TYPE ?? "";
  const parsed = new Response(response.bytes as BodyInit, {
    headers: { "Content-Type": type },
  });
  const file = (await parsed.formData()).get("file");
  assert(file instanceof File);
  assertEquals([file.name, await file.text()], ["a.txt", "content"]);
});

Deno.test("TestClient sends a stream without a length", async () => {
  const { app, seen } = echo();
  const client = new TestClient(app);
  const response = await client.put("/", { body: streamOf("a", "bc") });
  assertEquals(response.text(), "abc");
  assertEquals(seen[0]?.CONTENT_LENGTH, undefined);
  assertEquals(seen[0]?.["wsgi.input_terminated"], true);
});

Deno.test("TestClient sends a stream with a length when the headers have one", async () => {
  const { app, seen } = echo();
  const headers = { "Content-Length": "2" };
  const options = { body: streamOf("a", "bc"), headers };
  const response = await new TestClient(app).put("/", options);
  assertEquals([response.text(), seen[0]?.CONTENT_LENGTH], ["ab", "2"]);
});

Deno.test("TestClient responds with 400 if a body is cut short", async () => {
  const { app } = echo();
  const headers = { "Content-Length": "5" };
  const response = await new TestClient(app).put("/", { body: "abc", headers });
  assertEquals(response.status, 400);
  assertStringIncludes(response.errors, "Cannot read the request body");
});

Deno.test("TestClient cancels a stream that was not read to its end", async () => {
  const cancelled = Promise.withResolvers<void>();
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(toBytes("a")),
    cancel: () => cancelled.resolve(),
  });
  const app: Application = async (environ, startResponse) => {
    await environ["wsgi.input"].read(1);
    startResponse("200 OK", [["Content-Type", "text/plain"]]);
    return [];
  };
  assertEquals((await new TestClient(app).post("/", { body })).status, 200);
  await cancelled.promise;
});

Deno.test("TestClient sends a length of 0 only with POST and PUT", async () => {
  const { app, seen } = echo();
  const client = new TestClient(app);
  for (const method of ["GET", "POST", "PUT", "DELETE"]) {
    await client.request(method, "/");
  }
  const lengths = seen.map((environ) => environ.CONTENT_LENGTH);
  assertEquals(lengths, [undefined, "0", "0", undefined]);
});

Deno.test("TestClient sends a body with GET, too", async () => {
  const response = await new TestClient(echo().app).get("/", { body: "a" });
  assertEquals(response.text(), "a");
});

Deno.test("TestClient keeps its body if the application changes the bytes it reads", async () => {
  const body = toBytes("abc");
  const app: Application = async (environ, startResponse) => {
    (await environ["wsgi.input"].read()).fill(0);
    startResponse("200 OK", [["Content-Type", "text/plain"]]);
    return [];
  };
  await new TestClient(app).post("/", { body });
  assertEquals(body, toBytes("abc"));
});

Deno.test("TestClient rejects two bodies and values that JSON cannot express", async () => {
  const client = new TestClient(echo().app);
  await assertRejects(
    () => client.post("/", { body: "a", json: 1 }),
    TypeError,
    "must not be given both",
  );
  await assertRejects(() => client.post("/", { json: () => {} }), TypeError);
});

Deno.test("TestClient keeps the chunks of a response separate", async () => {
  const buffer = new Uint8Array(1);
  const app = answering(function* (): Generator<Uint8Array, void> {
    for (const code of [97, 98, 99]) {
      // A buffer may be used again once its chunk is sent.
      buffer[0] = code;
      yield buffer;
      yield new Uint8Array();
    }
  });
  const response = await new TestClient(app).get("/");
  assertEquals(response.chunks.map(fromBytes), ["a", "b", "c"]);
  assertEquals(response.text(), "abc");
  assertEquals(response.header("Content-Length"), undefined);
});

Deno.test("TestClient requests the next chunk after onChunk has finished", async () => {
  const events: string[] = [];
  const app = answering(function* (): Generator<Uint8Array, void> {
    for (const text of ["a", "b"]) {
      events.push(`make ${text}`);
      yield toBytes(text);
    }
  });
  await new TestClient(app).get("/", {
    onChunk: async (chunk) => {
      await Promise.resolve();
      events.push(`take ${fromBytes(chunk)}`);
    },
  });
  assertEquals(events, ["make a", "take a", "make b", "take b"]);
});

Deno.test("TestClient leaves an endless response when its signal aborts", async () => {
  const controller = new AbortController();
  let stopped = false;
  const app: Application = (environ, startResponse) => {
    const signal = environ["wsgiref.signal"]?.();
    signal?.addEventListener("abort", () => stopped = true);
    startResponse("200 OK", [["Content-Type", "text/event-stream"]]);
    const body = (async function* (): AsyncGenerator<Uint8Array, void> {
      for (;;) yield await Promise.resolve(toBytes("data: 1\n\n"));
    })();
    return Object.assign(body, { close: (): void => {} });
  };
  let chunks = 0;
  const response = await new TestClient(app).get("/", {
    signal: controller.signal,
    onChunk: () => void (++chunks === 3 && controller.abort()),
  });
  assertEquals(response.chunks.length, 3);
  assertEquals([response.complete, response.closed], [false, true]);
  assert(stopped);
});

Deno.test("TestClient rejects when it leaves before there is a status", async () => {
  const controller = new AbortController();
  const app: Application = (environ) => {
    const { promise, reject } = Promise.withResolvers<never>();
    const signal = environ["wsgiref.signal"]?.();
    signal?.addEventListener("abort", () => reject(signal.reason));
    controller.abort(new Error("enough"));
    return promise;
  };
  const { signal } = controller;
  const thrown = await assertRejects(() =>
    new TestClient(app).get("/", { signal })
  );
  assertStrictEquals(thrown, signal.reason);
});
