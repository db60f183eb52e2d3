import {
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { toBytes } from "../../../wsgi/byte_string.ts";
import { ClientDisconnected } from "../../../gateway/cancellation.ts";
import { toFetchHandler } from "../../../gateway/fetch/fetch.ts";
import { StderrStream } from "../../../wsgi/error_stream.ts";
import { RawClient, within } from "../../raw_client.ts";
import { bodyOf, endless } from "../recording_body.ts";
import { answering, Events, PLAIN } from "../recording_transport.ts";
import { run } from "./run_fetch.ts";

Deno.test("toFetchHandler() closes the body when the response is cancelled", async () => {
  const events = new Events();
  let signal: AbortSignal | undefined;
  const { response, log } = await run(answering((environ) => {
    signal = environ["wsgiref.signal"]?.();
    return bodyOf("generator", endless("x"), events);
  }));
  assertEquals(events.count("close"), 0);
  await response.body?.cancel();
  assertEquals(events.list.slice(-2), ["return", "close"]);
  assertEquals(signal?.reason.name, "ClientDisconnected");
  assertEquals(log, []);
});

Deno.test("toFetchHandler() tells an application that its client has left", async () => {
  const client = new AbortController();
  let closed = 0;
  const { response, log } = await run(async (environ, startResponse) => {
    const signal = environ["wsgiref.signal"]!();
    const left = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => left.resolve());
    client.abort();
    await left.promise;
    startResponse("200 OK", PLAIN);
    return Object.assign([toBytes("x")], { close: () => void closed++ });
  }, { signal: client.signal });
  // Nobody sees it, but the runtime gets its response.
  assertEquals(response.status, 503);
  await response.body?.cancel();
  assertEquals([closed, log], [1, []]);
});

Deno.test("toFetchHandler() tells it at once when the client has left before", async () => {
  let reason: unknown;
  const { response } = await run(async (environ, startResponse) => {
    await Promise.resolve();
    reason = environ["wsgiref.signal"]?.().reason;
    startResponse("200 OK", PLAIN);
    return [];
  }, { signal: AbortSignal.abort() });
  assertEquals(response.status, 503);
  assertInstanceOf(reason, ClientDisconnected);
});

Deno.test("toFetchHandler() answers an error before the first chunk with 500", async () => {
  const seen: unknown[] = [];
  const failure = new Error("secret");
  const body = async function* (): AsyncGenerator<Uint8Array, void> {
    yield await Promise.resolve(new Uint8Array());
    throw failure;
  };
  const onError = (error: unknown) => void seen.push(error);
  const app = answering(body, [["X-A", "1"]]);
  const { response, log } = await run(app, {}, { onError });
  assertEquals(response.status, 500);
  assertEquals(response.headers.get("x-a"), null);
  assertEquals(await response.text(), "500 Internal Server Error\n");
  assertStringIncludes(log.join(""), "Error: secret\n    at ");
  assertEquals(seen, [failure]);
});

Deno.test("toFetchHandler() breaks the response at an error after the first chunk", async () => {
  const { response, log } = await run(
    answering(function* (): Generator<Uint8Array, void> {
      yield toBytes("abc");
      throw new Error("too late");
    }),
  );
  assertEquals(response.status, 200);
  await assertRejects(() => response.text(), Error, "too late");
  assertStringIncludes(log.join(""), "too late");
});

Deno.test("toFetchHandler() answers a body over the limit with 413", async () => {
  const { response, log } = await run(
    answering(async (environ) => [await environ["wsgi.input"].read()]),
    { method: "POST", body: ReadableStream.from([new Uint8Array(11)]) },
    { maxRequestBodySize: 10 },
  );
  assertEquals(response.status, 413);
  assertEquals(await response.text(), "413 Content Too Large\n");
  assertEquals(log, [
    "Cannot read the request body: it must be at most 10 bytes, got at least 11\n",
  ]);
});

Deno.test.each([
  ["with a length", "Content-Length: 5\r\n\r\nHello"],
  ["in chunks", "Transfer-Encoding: chunked\r\n\r\n5\r\nHello\r\n0\r\n\r\n"],
])("toFetchHandler() gives a complete body %s whose client has left", async (
  _how,
  rest,
) => {
  for (const leave of ["close", "closeWrite"] as const) {
    const called = Promise.withResolvers<void>();
    const seen = Promise.withResolvers<Uint8Array>();
    const handler = toFetchHandler(answering(async (environ) => {
      const left = Promise.withResolvers<void>();
      const signal = environ["wsgiref.signal"]!();
      signal.addEventListener("abort", () => left.resolve());
      called.resolve();
      await left.promise;
      const reading = environ["wsgi.input"].read();
      await reading.then(seen.resolve, seen.reject);
      return [];
    }));
    const settings = { port: 0, hostname: "127.0.0.1", onListen: () => {} };
    await using server = Deno.serve(settings, handler);
    using client = await RawClient.connect(server.addr);
    await client.send(`POST / HTTP/1.1\r\nHost: h\r\n${rest}`);
    await within(called.promise, "the call of the application");
    await client[leave]();
    const body = await within(seen.promise, "the body");
    assertEquals(new TextDecoder().decode(body), "Hello");
  }
});

Deno.test("toFetchHandler() fails with 500 if the body was read before", async () => {
  const app = answering(async (
    environ,
  ) => [await environ["wsgi.input"].read()]);
  const errors: unknown[] = [];
  const onError = (error: unknown): void => void errors.push(error);
  const environ = { "wsgi.errors": new StderrStream(() => {}) };
  const handler = toFetchHandler(app, { onError, environ });
  for (const begin of ["text", "getReader"] as const) {
    const request = new Request("http://h/", { method: "POST", body: "Hello" });
    if (begin === "text") await request.text();
    else request.body?.getReader();
    const response = await handler(request);
    assertEquals(response.status, 500);
    assertEquals(await response.text(), "500 Internal Server Error\n");
    assertMatch(`${errors.pop()}`, /it was read before, or is being read\. /);
  }
});

Deno.test("toFetchHandler() lets the runtime stop although an application never ends after its client has left", async () => {
  const left = Promise.withResolvers<void>();
  const called = Promise.withResolvers<void>();
  const handler = toFetchHandler((environ) => {
    const signal = environ["wsgiref.signal"]!();
    signal.addEventListener("abort", () => left.resolve());
    called.resolve();
    return new Promise(() => {});
  });
  const settings = { port: 0, hostname: "127.0.0.1", onListen: () => {} };
  const server = Deno.serve(settings, handler);
  using client = await RawClient.connect(server.addr);
  await client.send(
    "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab",
  );
  await within(called.promise, "the call of the application");
  client.close();
  await within(left.promise, "the signal");
  await within(server.shutdown(), "the server to stop");
});
