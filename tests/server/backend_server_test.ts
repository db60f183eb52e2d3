// Servers of SCGI and uwsgi: web servers that leave, limits, and shutdown.

import {
  assert,
  assertEquals,
  assertFalse,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { ClientDisconnected } from "../../gateway/cancellation.ts";
import type { BackendOptions } from "../../server/scgi.ts";
import { toBytes } from "../../wsgi/byte_string.ts";
import type { Application } from "../../wsgi/types.ts";
import { RawClient, within } from "../raw_client.ts";
import {
  ask,
  connect,
  request,
  serve,
  show,
  statusOf,
  test,
} from "./backend_gateway.ts";
import { aborted, answer, never, Waiting, WatchedBody } from "./serving.ts";

const BLOCK = new Uint8Array(65_536);
const POST = { REQUEST_METHOD: "POST" };

// Web servers that leave ----------------------------------------------------------

test("notifies a waiting application when the web server leaves", async (gateway) => {
  const called = Promise.withResolvers<AbortSignal>();
  const late = new WatchedBody(() => undefined);
  await using serving = serve(gateway, async (environ, startResponse) => {
    const signal = environ["wsgiref.signal"]!();
    called.resolve(signal);
    await aborted(signal);
    return await late.app(environ, startResponse);
  });
  using client = await connect(serving);
  const signal = await within(called.promise, "the application");
  client.close();
  await within(late.closed, "close()");
  assert(signal.reason instanceof ClientDisconnected);
  assertEquals([late.events.at(-1), serving.log], ["close", []]);
});

test("closes the body when the web server leaves, even while a chunk is awaited", async (gateway) => {
  for (const next of [() => BLOCK, (i: number) => i > 0 ? never() : BLOCK]) {
    const { app, events, closed } = new WatchedBody(next);
    await using serving = serve(gateway, app);
    using client = await connect(serving, POST, "unread");
    await client.head();
    client.close();
    await within(closed, "close()");
    assertEquals([events, serving.log], [["return", "close"], []]);
  }
});

test("accepts what a web server still sends after the response", async (gateway) => {
  await using serving = serve(gateway, answer("no", "413 Content Too Large"));
  const size = 4_000_000;
  using client = await connect(serving, { CONTENT_LENGTH: String(size) }, "x");
  await client.send(new Uint8Array(size - 1));
  assertEquals(statusOf(await client.head()), 413);
  assertEquals([await client.rest(), client.ending], ["no", "fin"]);
});

test("does not mistake an end after Content-Length for a client that leaves", async (gateway) => {
  let signal: AbortSignal | undefined;
  const gone = Promise.withResolvers<void>();
  const { body, closed } = new WatchedBody(() => undefined);
  await using serving = serve(gateway, async (environ, startResponse) => {
    signal = environ["wsgiref.signal"]?.();
    await startResponse("200 OK", [["Content-Length", "2"]])(toBytes("ok"));
    // nginx closes as soon as it has the two bytes.
    await gone.promise;
    return body;
  });
  {
    using client = await connect(serving);
    await client.head();
    await client.bytes(2);
  }
  // The server has seen the end once another request is over.
  using other = await RawClient.connect(serving);
  await other.closeWrite();
  await other.rest();
  gone.resolve();
  await within(closed, "close()");
  assertFalse(signal?.aborted);
  assertEquals(serving.log, []);
});

// The life of a server -------------------------------------------------------------

test("serves immediately, by default on a free port of 127.0.0.1, until shutdown()", async (gateway) => {
  for (const hostname of [undefined, "::1"]) {
    await using serving = serve(gateway, show, { hostname });
    const { server, port } = serving;
    const host = hostname === undefined ? "127.0.0.1" : "[::1]";
    assertEquals(server.url, `${gateway.name}://${host}:${port}/`);
    using _client = await RawClient.connect(server);
    const served = server.serveForever();
    assertEquals(served, server.finished);
    await server.shutdown();
    await served;
    const { ConnectionRefused } = Deno.errors;
    await assertRejects(() => RawClient.connect(server), ConnectionRefused);
  }
});

test("listens on a Unix socket, and removes it at the end", async (gateway) => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/app.sock`;
  try {
    // A server that was killed leaves this behind.
    Deno.listen({ transport: "unix", path }).close();
    await using serving = serve(gateway, show, { path, mode: 0o660 });
    const { port, server } = serving;
    assertEquals(port, 0);
    assertStringIncludes(server.url, `+unix://${encodeURIComponent(path)}/`);
    assertEquals(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o660);
    using conn = await Deno.connect({ transport: "unix", path });
    await conn.write(toBytes(request(gateway)));
    const text = await new Response(conn.readable).text();
    assertStringIncludes(text, `${gateway.prefix} 200 OK\r\n`);
    await server.shutdown();
    await assertRejects(() => Deno.stat(path), Deno.errors.NotFound);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

test("says why it cannot listen, and refuses invalid options", async (gateway) => {
  await using serving = serve(gateway, show);
  const wrong: readonly [unknown, string][] = [
    [{ port: serving.port }, "the port is in use"],
    [{ port: 70_000 }, "port must be"],
    [{ hostname: "" }, "hostname must be"],
    [{ maxInFlight: 0 }, "maxInFlight must be"],
    [{ mode: 0o660 }, "mode must come with path"],
    [{ signal: 1 }, "signal must be"],
  ];
  for (const [options, part] of wrong) {
    const start = () => gateway.serve(show, options as BackendOptions);
    assertThrows(start, Error, part);
  }
  const start = () => gateway.serve("app" as unknown as Application);
  assertThrows(start, TypeError, "Cannot run the application");
});

test("answers 503 at the deadline of a request, and of a shutdown", async (gateway) => {
  const waiting = new Waiting();
  const stop = new AbortController();
  const options = { shutdownTimeout: 0, signal: stop.signal };
  const limited = { ...options, requestTimeout: 20 };
  await using serving = serve(gateway, waiting.app, limited);
  const { head, complete } = await ask(serving);
  assertEquals([statusOf(head), complete], [503, true]);
  assertStringIncludes(serving.log.join(""), "not complete at its deadline");
  await using stopped = serve(gateway, waiting.app, options);
  using client = await connect(stopped);
  while (waiting.calls < 2) await new Promise((done) => setTimeout(done));
  stop.abort();
  assertEquals(statusOf(await client.head()), 503);
  await within(stopped.server.finished, "the shutdown");
  waiting.go();
});

test("runs no more requests at once than maxInFlight, even if web servers keep their connections", async (gateway) => {
  const waiting = new Waiting();
  await using serving = serve(gateway, waiting.app, { maxInFlight: 1 });
  using first = await connect(serving);
  await waiting.called();
  const second = ask(serving);
  // Long enough for the other one to be accepted by mistake.
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(waiting.calls, 1);
  waiting.go();
  assertEquals(statusOf(await first.head()), 200);
  // The server cannot know that the first response was read.
  assertEquals((await second).body, "hello");
  assertEquals(waiting.calls, 2);
  assertEquals(await first.rest(), "hello");
});

test("continues when its log fails", async (gateway) => {
  const write = () => {
    throw new Error("on purpose");
  };
  const errors = { write, writelines: write, flush: write };
  const environ = { "wsgi.errors": errors };
  await using serving = serve(gateway, show, { environ });
  using stranger = await RawClient.connect(serving);
  await stranger.send("x");
  await stranger.closeWrite();
  assertEquals(await stranger.rest(), "");
  const { head } = await ask(serving, { REQUEST_METHOD: "" });
  assertEquals(statusOf(head), 500);
  assertEquals(statusOf((await ask(serving)).head), 200);
});
