import { assert, assertEquals, assertRejects } from "@std/assert";
import { assertStringIncludes } from "@std/assert";
import { fromBytes, toBytes } from "../../wsgi/byte_string.ts";
import type { Application } from "../../wsgi/types.ts";
import { TestClient } from "../../test_client/test_client.ts";
import type { TestRequestOptions } from "../../test_client/test_client.ts";
import { answering } from "../gateway/recording_transport.ts";
import { echo } from "./recorded_app.ts";

function streamOf(...chunks: string[]): ReadableStream<Uint8Array> {
  return ReadableStream.from(chunks.map(toBytes));
}

const FORM = "application/x-www-form-urlencoded;charset=UTF-8";

Deno.test.each<[string, TestRequestOptions, string, string | undefined]>([
  ["a string", { body: "é" }, "\xc3\xa9", "text/plain;charset=UTF-8"],
  ["bytes", { body: toBytes("\xff\0") }, "\xff\0", undefined],
  ["an empty string", { body: "" }, "", "text/plain;charset=UTF-8"],
  ["a form", { body: new URLSearchParams({ a: "b c" }) }, "a=b+c", FORM],
  ["a Blob", { body: new Blob(["x"], { type: "a/b" }) }, "x", "a/b"],
  ["JSON", { json: { a: [1] } }, '{"a":[1]}', "application/json"],
  ["null as JSON", { json: null }, "null", "application/json"],
  ["typed JSON", { json: 1, headers: { "content-type": "a/b" } }, "1", "a/b"],
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
  const headers = { "Content-Type": seen[0]?.CONTENT_TYPE ?? "" };
  const parsed = new Response(response.bytes as BodyInit, { headers });
  const file = (await parsed.formData()).get("file");
  assert(file instanceof File);
  assertEquals([file.name, await file.text()], ["a.txt", "content"]);
});

Deno.test("TestClient sends a stream, with a length only if the headers have one", async () => {
  const { app, seen } = echo();
  const texts: string[] = [];
  for (const headers of [{}, { "Content-Length": "2" }]) {
    const options = { body: streamOf("a", "bc"), headers };
    texts.push((await new TestClient(app).put("/", options)).text());
  }
  assertEquals(texts, ["abc", "ab"]);
  const lengths = seen.map(({ CONTENT_LENGTH }) => CONTENT_LENGTH);
  assertEquals(lengths, [undefined, "2"]);
  assert(seen.every((environ) => environ["wsgi.input_terminated"]));
});

Deno.test("TestClient responds with 400 if a body is cut short", async () => {
  const options = { body: "abc", headers: { "Content-Length": "5" } };
  const response = await new TestClient(echo().app).put("/", options);
  assertEquals(response.status, 400);
  assertStringIncludes(response.errors, "Cannot read the request body");
});

Deno.test("TestClient cancels a stream that was not read to its end", async () => {
  const cancelled = Promise.withResolvers<void>();
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(toBytes("a")),
    cancel: () => cancelled.resolve(),
  });
  const app = answering(async (environ) => {
    await environ["wsgi.input"].read(1);
    return [];
  });
  assertEquals((await new TestClient(app).post("/", { body })).status, 200);
  await cancelled.promise;
});

Deno.test("TestClient sends a length of 0 only with POST and PUT, and any body with GET", async () => {
  const { app, seen } = echo();
  const client = new TestClient(app);
  for (const method of ["GET", "POST", "PUT", "DELETE"]) {
    await client.request(method, "/");
  }
  const lengths = seen.map((environ) => environ.CONTENT_LENGTH);
  assertEquals(lengths, [undefined, "0", "0", undefined]);
  assertEquals((await client.get("/", { body: "a" })).text(), "a");
});

Deno.test("TestClient keeps its body if the application changes the bytes it reads", async () => {
  const body = toBytes("abc");
  const app = answering(async (environ) => {
    (await environ["wsgi.input"].read()).fill(0);
    return [];
  });
  await new TestClient(app).post("/", { body });
  assertEquals(body, toBytes("abc"));
});

Deno.test("TestClient rejects two bodies and values that JSON cannot express", async () => {
  const client = new TestClient(echo().app);
  const twice = () => client.post("/", { body: "a", json: 1 });
  await assertRejects(twice, TypeError, "must not both be given");
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
  const app = answering(() =>
    ["a", "b"].values().map((text) => {
      events.push(`make ${text}`);
      return toBytes(text);
    })
  );
  const onChunk = async (chunk: Uint8Array): Promise<void> => {
    await Promise.resolve();
    events.push(`take ${fromBytes(chunk)}`);
  };
  await new TestClient(app).get("/", { onChunk });
  assertEquals(events, ["make a", "take a", "make b", "take b"]);
});

Deno.test("TestClient stops reading an endless response when its signal aborts", async () => {
  const controller = new AbortController();
  let stopped = false;
  const app = answering((environ) => {
    const signal = environ["wsgiref.signal"]?.();
    signal?.addEventListener("abort", () => stopped = true);
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(toBytes("data: 1\n\n")),
    });
    return Object.assign(body, { close: () => {} });
  });
  let chunks = 0;
  const { signal } = controller;
  const onChunk = () => void (++chunks === 3 && controller.abort());
  const response = await new TestClient(app).get("/", { signal, onChunk });
  assertEquals([response.chunks.length, response.complete], [3, false]);
  assert(response.closed && stopped);
});

Deno.test("TestClient rejects when its signal aborts before there is a status", async () => {
  const controller = new AbortController();
  const app: Application = (environ) => {
    const { promise, reject } = Promise.withResolvers<never>();
    const signal = environ["wsgiref.signal"]?.();
    signal?.addEventListener("abort", () => reject(signal.reason));
    controller.abort(new Error("enough"));
    return promise;
  };
  const { signal } = controller;
  const ask = () => new TestClient(app).get("/", { signal });
  assert(await assertRejects(ask) === signal.reason);
});
