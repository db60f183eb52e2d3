// How much a connection holds, whatever its client does.

import { assert, assertEquals } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import type { Application } from "../../wsgi/types.ts";
import { within } from "../raw_client.ts";
import { serveFake, settle } from "./fake_serving.ts";
import { get } from "./serving.ts";

const MIB = 1_048_576;
const BUFFER = 65_536;

Deno.test("a connection begins no further request while its client takes nothing", async () => {
  let calls = 0;
  const block = new Uint8Array(MIB);
  const app: Application = (_environ, startResponse) => {
    calls++;
    startResponse("200 OK", []);
    return [block];
  };
  await using serving = serveFake(app);
  const socket = serving.connect();
  socket.take(0);
  socket.send(get().repeat(20));
  await settle();
  assertEquals(calls, 1);
  socket.take(Infinity);
  await settle();
  assertEquals(calls, 20);
  assertEquals(socket.received.split("HTTP/1.1 200 OK").length - 1, 20);
});

Deno.test("a connection that has ended still gets all that it has asked for", async () => {
  let calls = 0;
  await using serving = serveFake((_environ, startResponse) => {
    calls++;
    startResponse("200 OK", []);
    return [new Uint8Array(MIB)];
  });
  const socket = serving.connect();
  socket.take(0);
  socket.send(get().repeat(3));
  socket.end();
  await settle();
  assertEquals(calls, 1);
  socket.take(Infinity);
  await within(socket.closed, "close()");
  assertEquals(calls, 3);
});

Deno.test.each<[string, string, string]>([
  ["a body that is not read", "", `Content-Length: ${16 * MIB}`],
  ["requests that wait", get(), "X: y"],
])(
  "a connection reads no more than one buffer while a request is handled: %s",
  async (_what, further, header) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    await using serving = serveFake(async (_environ, startResponse) => {
      await promise;
      startResponse("200 OK", []);
      return [];
    });
    const socket = serving.connect();
    const rest = further === ""
      ? new Uint8Array(MIB)
      : toBytes(further.repeat(MIB / further.length));
    socket.send(`PUT / HTTP/1.1\r\nHost: h\r\n${header}\r\n\r\n`);
    socket.send(rest);
    await settle();
    // The head came with a part of the body, into a small buffer.
    assert(socket.taken <= BUFFER + 4_096, `${socket.taken} bytes were read`);
    assert(socket.unread > 0);
    resolve();
  },
);

Deno.test("a client that does not read stops the application", async () => {
  let made = 0;
  await using serving = serveFake((_environ, startResponse) => {
    startResponse("200 OK", []);
    return (function* (): Generator<Uint8Array, void> {
      for (; made < 1000; made++) yield new Uint8Array(8_192);
    })();
  });
  const socket = serving.connect();
  socket.take(1);
  socket.send(get());
  await settle();
  assert(made * 8_192 <= 3 * BUFFER, `${made} blocks were made`);
  socket.take(Infinity);
  await settle();
  assertEquals(made, 1000);
});

Deno.test.each([["whole", 1], ["broken", 2]])(
  "a connection whose client takes nothing for keepAliveTimeout is closed: a %s response",
  async (_what, factor) => {
    const block = new Uint8Array(MIB);
    await using serving = serveFake((_environ, startResponse) => {
      startResponse("200 OK", [["Content-Length", `${factor * MIB}`]]);
      return [block.subarray(0, MIB / 2), block.subarray(0, MIB / 2)];
    }, { keepAliveTimeout: 100, requestTimeout: 200 });
    const socket = serving.connect();
    socket.take(1_000);
    socket.send(get());
    await within(socket.closed, "close()");
    assertEquals(socket.received.length, 1_000);
  },
);

Deno.test("a connection whose client takes a little now and then stays open", async () => {
  const block = new Uint8Array(MIB);
  await using serving = serveFake((_environ, startResponse) => {
    startResponse("200 OK", []);
    return [block];
  }, { keepAliveTimeout: 100 });
  const { server } = serving;
  const socket = serving.connect();
  socket.take(1_000);
  socket.send(get());
  // Longer than the limit, which counts from the last byte that was taken, on
  // the clock of the server.
  const end = server.now + 2 * server.limits.keepAlive;
  for (let last = server.now; server.now < end;) {
    await settle();
    if (server.now > last) socket.take(1_000);
    last = server.now;
  }
  assertEquals(socket.isClosed, false);
  socket.take(Infinity);
  await settle();
  assert(socket.received.length > MIB);
  // Then it is idle.
  await within(socket.closed, "close()");
});

Deno.test("the last chunk of a body leaves as it was, whatever happens to it later", async () => {
  const block = new Uint8Array(BUFFER).fill(97);
  await using serving = serveFake((_environ, startResponse) => {
    startResponse("200 OK", [["Content-Length", `${BUFFER}`]]);
    return (function* (): Generator<Uint8Array, void> {
      yield block;
      block.fill(35);
    })();
  });
  const socket = serving.connect();
  socket.take(1);
  socket.send(get());
  await settle();
  socket.take(Infinity);
  await settle();
  const [, body = ""] = socket.received.split("\r\n\r\n");
  assertEquals(body === "a".repeat(BUFFER), true);
});
