// Web servers that leave, or end their sending side, over SCGI and uwsgi.

import { assert, assertEquals } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import { ClientDisconnected } from "../../gateway/cancellation.ts";
import { RawClient, within } from "../raw_client.ts";
import { echo, request, serve, statusOf, test } from "./backend_gateway.ts";

const BLOCK = new Uint8Array(65_536);

test("answers a web server that has ended its sending side", async (gateway) => {
  await using serving = serve(gateway, echo);
  using client = await RawClient.connect(serving);
  const body = "x".repeat(100_000);
  await client.send(request(gateway, {}, body));
  await client.closeWrite();
  assertEquals(statusOf(await client.head()), 200);
  assertEquals(await client.rest(), body);
});

test("tells a waiting application that its web server has left", async (gateway) => {
  const called = Promise.withResolvers<AbortSignal>();
  const closed = Promise.withResolvers<void>();
  let closes = 0;
  await using serving = serve(gateway, async (environ, startResponse) => {
    const signal = environ["wsgiref.signal"]!();
    const aborted = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => aborted.resolve());
    called.resolve(signal);
    await aborted.promise;
    startResponse("200 OK", []);
    return Object.assign([toBytes("late")], {
      close: () => {
        closes++;
        closed.resolve();
      },
    });
  });
  using client = await RawClient.connect(serving);
  await client.send(request(gateway));
  const signal = await within(called.promise, "the application");
  client.close();
  await within(closed.promise, "close()");
  assert(signal.reason instanceof ClientDisconnected);
  await serving.server.shutdown();
  assertEquals([closes, serving.log], [1, []]);
});

test("stops a response whose web server leaves", async (gateway) => {
  const ended = Promise.withResolvers<void>();
  await using serving = serve(gateway, (_environ, startResponse) => {
    startResponse("200 OK", []);
    return (function* (): Generator<Uint8Array, void> {
      try {
        for (;;) yield BLOCK;
      } finally {
        ended.resolve();
      }
    })();
  });
  using client = await RawClient.connect(serving);
  await client.send(request(gateway));
  await client.head();
  client.close();
  await within(ended.promise, "finally");
  assertEquals(serving.log, []);
});

test("ends the read of a body whose web server leaves", async (gateway) => {
  const reading = Promise.withResolvers<void>();
  const failed = Promise.withResolvers<string>();
  await using serving = serve(gateway, async (environ, startResponse) => {
    const input = environ["wsgi.input"];
    await input.read(3);
    reading.resolve();
    await input.read().catch(({ name }) => failed.resolve(name));
    startResponse("200 OK", []);
    return [];
  });
  using client = await RawClient.connect(serving);
  await client.send(request(gateway, { CONTENT_LENGTH: "100" }, "abcdef"));
  await within(reading.promise, "the first read()");
  client.close();
  assertEquals(await within(failed.promise, "the second"), "RequestBodyError");
});

test("takes what a web server still sends after the response", async (gateway) => {
  await using serving = serve(gateway, (_environ, startResponse) => {
    startResponse("413 Content Too Large", []);
    return [toBytes("no")];
  });
  using client = await RawClient.connect(serving);
  const size = 4_000_000;
  await client.send(request(gateway, { CONTENT_LENGTH: String(size) }, "x"));
  await client.send(new Uint8Array(size - 1));
  assertEquals(statusOf(await client.head()), 413);
  assertEquals([await client.rest(), client.ending], ["no", "fin"]);
});

test("gives a place back although its web server keeps the connection", async (gateway) => {
  await using serving = serve(gateway, echo, { maxInFlight: 1 });
  using first = await RawClient.connect(serving);
  await first.send(request(gateway, {}, "one"));
  assertEquals(statusOf(await first.head()), 200);
  // Nothing tells the server that this one was read.
  using second = await RawClient.connect(serving, { deadline: 5_000 });
  await second.send(request(gateway, {}, "two"));
  assertEquals(statusOf(await second.head()), 200);
  assertEquals([await first.rest(), await second.rest()], ["one", "two"]);
});
