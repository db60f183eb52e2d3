// The kit tests it under Deno.serve; this is about Request and Response.

import { assert, assertEquals } from "@std/assert";
import { assertMatch } from "@std/assert";
import { toBytes } from "../../../wsgi/byte_string.ts";
import { ClientDisconnected } from "../../../gateway/cancellation.ts";
import { toFetchHandler } from "../../../gateway/fetch/fetch.ts";
import { StderrStream } from "../../../wsgi/error_stream.ts";
import type { HeaderTuple } from "../../../wsgi/types.ts";
import { within } from "../../raw_client.ts";
import { bodyOf, endless } from "../recording_body.ts";
import { answering, Events, PLAIN } from "../recording_transport.ts";
import { serveFetch, untilAborted } from "../left_client.ts";
import { run } from "./run_fetch.ts";
import { post, send } from "../../server/serving.ts";

Deno.test("toFetchHandler() answers an array synchronously, with its headers and the reason", async () => {
  const headers: HeaderTuple[] = [
    ["X-A", "\xe9"],
    ["Set-Cookie", "a=1"],
    ["Set-Cookie", "b=2"],
  ];
  const shared = new Uint8Array(new SharedArrayBuffer(3));
  shared.set(toBytes("abc"));
  const app = answering(() => [shared], headers, "299 Fair Enough");
  const response = toFetchHandler(app)(new Request("http://h/"));
  assert(response instanceof Response);
  assertEquals([response.status, response.statusText], [299, "Fair Enough"]);
  assertEquals(response.headers.get("x-a"), "\xe9");
  assertEquals(response.headers.getSetCookie(), ["a=1", "b=2"]);
  assertEquals(await response.text(), "abc");
});

Deno.test("toFetchHandler() requests a chunk when the previous one has been read, and closes the body when it is cancelled", async () => {
  const events = new Events();
  let signal: AbortSignal | undefined;
  const { response, log } = await run(answering((environ) => {
    signal = environ["wsgiref.signal"]?.();
    return bodyOf("generator", endless("x"), events);
  }));
  const reader = response.body!.getReader();
  for (let count = 1; count < 4; count++) {
    assertEquals((await reader.read()).value, toBytes("x"));
    assertEquals(events.list, Array(count).fill("next"));
  }
  await reader.cancel();
  assertEquals(events.list.slice(3), ["return", "close"]);
  assertEquals([signal?.reason.name, log], ["ClientDisconnected", []]);
});

Deno.test("toFetchHandler() serves several reads at once", async () => {
  const body = async function* (): AsyncGenerator<Uint8Array, void> {
    for (const digit of "1234") {
      yield toBytes(digit);
      // Until the pending reads have asked for more.
      for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    }
  };
  const { response } = await run(answering(body));
  const reader = response.body!.getReader();
  const results = await Promise.all([1, 2, 3, 4, 5].map(() => reader.read()));
  const bytes = results.map(({ done, value }) => done ? "end" : value?.[0]);
  assertEquals(bytes, [0x31, 0x32, 0x33, 0x34, "end"]);
});

Deno.test.each(["before the call", "during the call"])(
  "toFetchHandler() aborts wsgiref.signal if the client leaves %s",
  async (moment) => {
    const client = new AbortController();
    if (moment === "before the call") client.abort();
    const events = new Events();
    const { response, log } = await run(async (environ, startResponse) => {
      await Promise.resolve();
      const aborted = untilAborted(environ);
      client.abort();
      await aborted;
      const { reason } = environ["wsgiref.signal"]!();
      assert(reason instanceof ClientDisconnected);
      startResponse("200 OK", PLAIN);
      return bodyOf("array", ["x"], events);
    }, { signal: client.signal });
    // The client is gone, but the runtime needs a response.
    assertEquals(response.status, 503);
    await response.body?.cancel();
    assertEquals([events.list, log], [["close"], []]);
  },
);

/** A request that its runtime closes when the client leaves, as Deno does. */
class ClosedRequest extends Request {
  override get body(): Request["body"] {
    if (this.signal.aborted) throw new TypeError("Request closed");
    return super.body;
  }
}

Deno.test("toFetchHandler() answers 503 if the runtime has closed the request of a client that left", async () => {
  const client = new AbortController();
  const handler = toFetchHandler(async (environ, startResponse) => {
    const aborted = untilAborted(environ);
    client.abort();
    await aborted;
    startResponse("200 OK", PLAIN);
    return [];
  });
  const { signal } = client;
  const response = await handler(new ClosedRequest("http://h/", { signal }));
  assertEquals(response.status, 503);
});

Deno.test("toFetchHandler() answers 500 if the body was read before", async () => {
  const errors: unknown[] = [];
  const app = answering(async (environ) => [
    await environ["wsgi.input"].read(),
  ]);
  const handler = toFetchHandler(app, {
    onError: (error) => void errors.push(error),
    environ: { "wsgi.errors": new StderrStream(() => {}) },
  });
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

Deno.test("toFetchHandler() lets the runtime stop if an application never ends after its client has left", async () => {
  const left = Promise.withResolvers<void>();
  const called = Promise.withResolvers<void>();
  await using server = serveFetch((environ) => {
    untilAborted(environ).then(() => left.resolve());
    called.resolve();
    return new Promise(() => {});
  });
  using client = await send(server, post("ab"));
  await within(called.promise, "the call to the application");
  client.close();
  await within(left.promise, "the signal");
  await within(server[Symbol.asyncDispose](), "the server to stop");
});
