// Connections leave nothing behind: no descriptor, no body, no memory.

import { assert, assertEquals, assertLess } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import type { ServerOptions } from "../../server/make_server.ts";
import { ask, RawClient, within } from "../raw_client.ts";
import { startServer, stopServer } from "../server_program.ts";
import { answer, dial, get, post, send, serve, TLS } from "./serving.ts";

/** Only Linux shows the sockets of a port. */
const ignore = Deno.build.os !== "linux";

/**
 * Lists the open sockets with a port on one of their sides, by the bytes that
 * wait in them. Those of the whole process would include other tests.
 */
function socketsOf(port: number): string[] {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  return Deno.readTextFileSync("/proc/net/tcp").split("\n").flatMap((line) => {
    const columns = line.trim().split(/\s+/);
    const [, local = "", remote = "", , queues = "", , , , , inode] = columns;
    const isOurs = local.endsWith(`:${hex}`) || remote.endsWith(`:${hex}`);
    // Without an inode no descriptor belongs to it.
    return isOurs && inode !== "0" ? [queues] : [];
  });
}

/** Only the listener is left, and no client waits to be accepted. */
const LISTENER = ["00000000:00000000"];

const KINDS: readonly [string, number, ServerOptions][] = [
  ["HTTP/1.1", 1_000, {}],
  ["HTTP/1.0", 200, {}],
  ["TLS", 100, TLS],
];

const AT_ONCE = 100;
const SERVER = "tests/testdata/leaving_server.ts";
const UPLOADS = "tests/testdata/upload_server.ts";

for (const [name, count, options] of KINDS) {
  Deno.test({
    name:
      `makeServer() keeps nothing for ${count} clients that leave over ${name}`,
    ignore,
    async fn(): Promise<void> {
      let calls = 0;
      let closes = 0;
      const app = answer(async (environ) => {
        calls++;
        await environ["wsgi.input"].read().catch(() => {});
        const block = new Uint8Array(65_536);
        async function* body(): AsyncGenerator<Uint8Array, void> {
          for (;;) yield block;
        }
        return Object.assign(body(), { close: () => void closes++ });
      });
      await using serving = serve(app, options);
      assertEquals(socketsOf(serving.port), LISTENER);
      let next = 0;
      async function leave(): Promise<void> {
        for (let i = next++; i < count; i = next++) {
          const conn = await dial(serving, options);
          const version = name === "TLS" ? "HTTP/1.1" : name;
          const request = post("abcdefghi").replace("HTTP/1.1", version);
          const end = [20, -9, -6, undefined][i % 4];
          await conn.write(toBytes(request.slice(0, end)));
          // Unread bytes turn the end into a reset.
          if (i % 4 === 3) await conn.read(new Uint8Array(100));
          conn.close();
        }
      }
      const leaving = Promise.all(Array.from({ length: AT_ONCE }, leave));
      await within(leaving, "the clients", 60_000);
      const areGone = async (): Promise<void> => {
        while (`${socketsOf(serving.port)}` !== `${LISTENER}`) {
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        // A socket is closed before its application is notified.
        while (closes < calls) {
          await new Promise((resolve) => setTimeout(resolve));
        }
      };
      await within(areGone(), "the sockets to be closed", 30_000);
      assertEquals(closes, calls);
      // Otherwise the clients were not there.
      assert(calls >= count / 4, `${calls} calls`);
    },
  });
}

Deno.test("makeServer() lets V8 collect the blocks of an upload early", async () => {
  const { program, port } = await startServer(UPLOADS);
  await using _ = program;
  const size = 256 * 1024 * 1024;
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  await conn.write(toBytes(
    `PUT / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: ${size}\r\n\r\n`,
  ));
  const block = new Uint8Array(1_048_576);
  for (let sent = 0; sent < size;) {
    sent += await conn.write(block.subarray(0, size - sent));
  }
  const held = Number(/\d+$/.exec(await new Response(conn.readable).text()));
  // With a collection every few MiB, it is about 8 MiB.
  assert(held > 0);
  assertLess(held, 24 * 1024 * 1024);
  await stopServer(program);
});

/** Starts a server; returns how many bytes more it holds after more work. */
async function growth(
  first: number,
  more: number,
  work: (server: { port: number }, count: number) => Promise<void>,
): Promise<number> {
  const { program, port } = await startServer(SERVER);
  await using _ = program;
  const held: number[] = [];
  for (const count of [first, more]) {
    await work({ port }, count);
    const { body } = await ask({ port }, get("/report"));
    held.push(JSON.parse(body).memory.held);
  }
  assertEquals((await stopServer(program)).alarm, undefined);
  return held[1]! - held[0]!;
}

Deno.test("makeServer() holds no more memory after 10,000 requests", async () => {
  const bytes = await growth(1_000, 10_000, async (server, count) => {
    using client = await RawClient.connect(server);
    for (let i = 0; i < count; i++) {
      // The bodies are long; most are left out to save time.
      const method = i % 8 === 0 ? "GET" : "HEAD";
      await client.send(get("/array").replace("GET", method));
      assertEquals((await client.response(method)).head.status, 200);
    }
  });
  assertLess(bytes, 512 * 1024);
});

Deno.test("makeServer() holds less than 12 KiB for an idle connection", async () => {
  using clients = new DisposableStack();
  const bytes = await growth(100, 500, async (server, count) => {
    for (let i = 0; i < count; i++) {
      const client = clients.use(await send(server, get("/array")));
      await client.response();
    }
  });
  assertLess(bytes / 500, 12 * 1024);
});
