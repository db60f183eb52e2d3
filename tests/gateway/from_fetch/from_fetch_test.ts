import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { setupTestingDefaults } from "../../../gateway/environ/setup_testing_defaults.ts";
import {
  type FetchFunction,
  type FetchInfo,
  fromFetchHandler,
} from "../../../gateway/from_fetch/from_fetch.ts";
import { TestClient } from "../../../test_client/test_client.ts";
import { toBytes } from "../../../wsgi/byte_string.ts";
import type { StartResponse } from "../../../wsgi/types.ts";
import { CheckedServer } from "../../checked_server.ts";
import { RawClient, within } from "../../raw_client.ts";
import { never, send } from "../../server/serving.ts";
import { run } from "../fetch/run_fetch.ts";
import { fail } from "../recording_transport.ts";

/** A startResponse that does nothing. */
const ignore: StartResponse = () => () => Promise.resolve();

/** A client of a handler. Findings of the validator fail the test. */
function clientOf(handler: Parameters<typeof fromFetchHandler>[0]): TestClient {
  const validate = { profile: "paranoid" } as const;
  return new TestClient(fromFetchHandler(handler), { validate });
}

Deno.test("fromFetchHandler() calls fetch() of an object as its method", async () => {
  const client = clientOf({
    greeting: "Hello",
    fetch(request: Request): Response {
      return new Response(`${this.greeting} ${new URL(request.url).pathname}`);
    },
  } as { greeting: string; fetch: FetchFunction });
  assertEquals((await client.get("/a")).text(), "Hello /a");
});

Deno.test.each<[unknown, string]>([
  [undefined, "undefined"],
  [null, "null"],
  ["app", '"app"'],
  [{ fetch: 1 }, "an object"],
  [new Response(), "a Response"],
])("fromFetchHandler() rejects the handler %o", (handler, got) => {
  const message =
    `handler must be a function (request) or an object with fetch(), got ${got}`;
  const make = () => fromFetchHandler(handler as FetchFunction);
  assertThrows(make, TypeError, message);
});

Deno.test("fromFetchHandler() is sync if the body is null and the handler is sync", () => {
  const app = fromFetchHandler(() => new Response(null));
  let status = "";
  const body = app(setupTestingDefaults({}), (given) => {
    status = given;
    return () => Promise.resolve();
  });
  assertEquals([status, body], ["200 OK", []]);
});

Deno.test.each<[Record<string, string>, unknown]>([
  [
    { REMOTE_ADDR: "192.0.2.1", REMOTE_PORT: "4711" },
    { transport: "tcp", hostname: "192.0.2.1", port: 4711 },
  ],
  [{ REMOTE_ADDR: "::1" }, { transport: "tcp", hostname: "::1" }],
  [{}, undefined],
])(
  "fromFetchHandler() with %j passes on the client %j, and does not change the environ",
  async (variables, client) => {
    const environ = setupTestingDefaults({ ...variables });
    if (!("REMOTE_ADDR" in variables)) delete environ.REMOTE_ADDR;
    const before = { ...environ };
    let info: FetchInfo | undefined;
    const app = fromFetchHandler((_request, given) => {
      info = given;
      return new Response("a");
    });
    await app(environ, ignore);
    assertEquals<unknown>(info?.remoteAddr, client);
    assert(info?.environ === environ);
    assertEquals(Object.keys(environ), Object.keys(before));
    for (const key of Object.keys(before)) assert(environ[key] === before[key]);
  },
);

Deno.test("fromFetchHandler() answers methods that no Request can have with 501", async () => {
  for (const method of ["TRACE", "TRACK"]) {
    const response = await clientOf(() => fail()).request(method, "/");
    assertEquals(response.status, 501);
    assertEquals(response.text(), `No fetch handler can answer ${method}.\n`);
  }
});

Deno.test("fromFetchHandler() answers a Host that no URL can have with 400", async () => {
  const app = fromFetchHandler(() => new Response());
  for (const HTTP_HOST of ["999.999.999.999", "a b", "%00"]) {
    let status = "";
    const start: StartResponse = (given) => (status = given, ignore("", []));
    await app(setupTestingDefaults({ HTTP_HOST }), start);
    assertEquals(status, "400 Bad Request");
  }
});

Deno.test("fromFetchHandler() answers 500 if the handler rejects or its headers are invalid", async () => {
  const rejected = await run(fromFetchHandler(() => Promise.try(fail)));
  assertStringIncludes(rejected.log.join(""), "on purpose");
  const cancelled = Promise.withResolvers<void>();
  const body = new ReadableStream({ cancel: () => cancelled.resolve() });
  const headers = { "X-Control": "\x01" };
  const handler = () => new Response(body, { headers });
  const invalid = await run(fromFetchHandler(handler));
  assertStringIncludes(invalid.log.join(""), "x-control");
  for (const { response } of [rejected, invalid]) {
    assertEquals(response.status, 500);
  }
  await cancelled.promise;
});

Deno.test("fromFetchHandler() gives copies of the request the same signal, and its reason to a late response", async () => {
  const left = new AbortController();
  const signals: AbortSignal[] = [];
  const cancelled: unknown[] = [];
  const cancel = (reason: unknown) => void cancelled.push(reason);
  const aborted = Promise.withResolvers<void>();
  const app = fromFetchHandler(async (request) => {
    const copies = [request, new Request(request), request.clone()];
    signals.push(...copies.map(({ signal }) => signal));
    request.signal.addEventListener("abort", () => aborted.resolve());
    await aborted.promise;
    return new Response(new ReadableStream({ cancel }));
  });
  const environ = { "wsgiref.signal": () => left.signal };
  const body = app(setupTestingDefaults(environ), ignore);
  assertEquals(signals.map(({ aborted }) => aborted), [false, false, false]);
  const reason = new Error("gone");
  left.abort(reason);
  await (await body).close?.();
  assertEquals(signals.map(({ aborted }) => aborted), [true, true, true]);
  for (const { reason: error } of signals) {
    assert(error instanceof DOMException && error.cause === reason);
    assertEquals([error.name, error.message], ["AbortError", "gone"]);
  }
  assert(cancelled.length === 1 && cancelled[0] === signals[0]?.reason);
});

Deno.test("fromFetchHandler() does not ask for the signal of a quick request", async () => {
  let asked = 0;
  const app = fromFetchHandler(async (request) => {
    await request.text();
    return new Response("quick");
  });
  const signal = () => (asked++, new AbortController().signal);
  await app(setupTestingDefaults({ "wsgiref.signal": signal }), ignore);
  assertEquals(asked, 0);
});

Deno.test("fromFetchHandler() works on a server without wsgiref.signal", async () => {
  const environ = setupTestingDefaults({});
  delete environ["wsgiref.signal"];
  let cancelled = false;
  const stream = new ReadableStream({ cancel: () => void (cancelled = true) });
  const app = fromFetchHandler(async (request) => {
    await null;
    assert(request.signal instanceof AbortSignal);
    return new Response(stream);
  });
  const body = await app(environ, ignore);
  await body.close?.();
  assert(cancelled);
});

const HEADERS = { "Content-Type": "application/octet-stream" };

/** A Response with the chunks of `next()`, one for each pull. */
function streaming(
  next: () => unknown,
  cancel?: (reason: unknown) => void,
): Response {
  const stream = new ReadableStream({
    async pull(controller): Promise<void> {
      const chunk = await next();
      if (chunk === undefined) controller.close();
      else controller.enqueue(chunk);
    },
    cancel: (reason) => cancel?.(reason),
  }, { highWaterMark: 0 });
  return new Response(stream, { headers: HEADERS });
}

function server(handler: FetchFunction): CheckedServer {
  return new CheckedServer(fromFetchHandler(handler));
}

Deno.test("fromFetchHandler() passes the bytes of a request on while they arrive", async () => {
  await using served = server(({ body }) =>
    new Response(body, { headers: HEADERS })
  );
  // Full blocks: wsgi.input returns no less before the end.
  const block = "b".repeat(65_536);
  using client = await send(
    served,
    `POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n10000\r\n${block}\r\n`,
  );
  await client.head();
  let echoed = 0;
  while (echoed < block.length) echoed += (await client.chunk())!.length;
  await client.send("3\r\nend\r\n0\r\n\r\n");
  assertEquals(await client.chunks(), { body: "end", complete: true });
  await served.assertClean();
});

Deno.test("fromFetchHandler() requests no chunk that the client cannot accept", async () => {
  const block = new Uint8Array(1 << 20);
  const ended = Promise.withResolvers<void>();
  let made = 0;
  await using served = server(() =>
    streaming(() => ++made > 1000 ? undefined : block, () => ended.resolve())
  );
  using client = await send(served);
  await client.head();
  assertEquals(await client.skip(8 << 20), 8 << 20);
  client.close();
  await within(ended.promise, "the stream to be cancelled");
  assert(made < 200, `${made} blocks of 1 MiB were made for 8`);
  await served.verdict();
});

Deno.test("fromFetchHandler() cancels the stream and aborts the signal when the client leaves", async () => {
  const cancelled = Promise.withResolvers<unknown>();
  let signal: AbortSignal | undefined;
  const chunks = [toBytes("first")];
  await using served = server((request) => {
    signal = new Request(request).signal;
    return streaming(() => chunks.shift() ?? never(), cancelled.resolve);
  });
  using client = await send(served);
  await client.head();
  assertEquals(await client.chunk(), "first");
  assertEquals(signal?.aborted, false);
  client.close();
  const reason = await within(cancelled.promise, "the stream to be cancelled");
  assert(signal?.aborted && reason === signal.reason);
  assertEquals((reason as Error).name, "AbortError");
  await served.assertClean();
});

Deno.test("fromFetchHandler() does not abort the signal after success", async () => {
  const signals: AbortSignal[] = [];
  await using served = server(async ({ signal, method }) => {
    signals.push(signal);
    // Longer than the time after which the server is asked for its signal.
    await new Promise((resolve) => setTimeout(resolve, 25));
    return streaming(method === "HEAD" ? never : () => undefined);
  });
  using client = await RawClient.connect(served);
  for (const method of ["GET", "HEAD"]) {
    await client.send(`${method} / HTTP/1.1\r\nHost: h\r\n\r\n`);
    assert((await client.response(method)).complete);
  }
  await served.assertClean();
  assertEquals(signals.map(({ aborted }) => aborted), [false, false]);
});

Deno.test("fromFetchHandler() breaks off a response whose stream fails", async () => {
  let made = 0;
  await using served = server(() =>
    streaming(() => {
      if (++made === 3) throw new Error("disk on fire");
      return toBytes("a");
    })
  );
  using client = await send(served);
  assertEquals((await client.response()).complete, false);
  const { findings, log } = await served.verdict();
  // Logged once: closing the body says nothing new.
  assertEquals([findings, log.match(/disk on fire/g)?.length], [[], 1]);
});

Deno.test.each<[string, () => unknown, string]>([
  ["fails", () => Promise.reject(new Error("disk on fire")), "disk on fire"],
  [
    "has text",
    () => "text",
    'the stream of a Response must contain Uint8Array chunks, got "text"',
  ],
])(
  "fromFetchHandler() answers 500 if the first chunk of the stream %s",
  async (what, next, message) => {
    const cancelled = Promise.withResolvers<void>();
    const stream = () => streaming(next, () => cancelled.resolve());
    const { response, log } = await run(fromFetchHandler(stream));
    assertEquals(response.status, 500);
    await response.body?.cancel();
    assertStringIncludes(log.join(""), message);
    if (what === "has text") await cancelled.promise;
  },
);
