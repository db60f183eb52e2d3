// A client that resets its connection leaves nothing behind.

import { assertEquals } from "@std/assert";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { Application } from "../../wsgi/types.ts";
import { Happenings } from "../happenings.ts";
import { ask, within } from "../raw_client.ts";
import { aborted, get, serve, type Serving, untilNext } from "./serving.ts";

const BLOCK = new Uint8Array(65_536);

/** Waits, reads or sends without end, as the path says. */
function application(events: Happenings): Application {
  return untilNext(async (environ, startResponse) => {
    const path = environ.PATH_INFO;
    const end = aborted(environ["wsgiref.signal"]!());
    end.then(() => events.happen("abort"));
    events.happen("called");
    if (path === "/wait") await end;
    if (path === "/upload") {
      const input = environ["wsgi.input"];
      await input.read(10).then(() => events.happen("read"));
      await input.read().catch(() => events.happen("read failed"));
    }
    startResponse("200 OK", []);
    const body = async function* (): AsyncGenerator<Uint8Array, void> {
      for (let blocks = 1;; blocks++) {
        if (path === "/stall") {
          events.happen("stalled");
          await end;
        }
        // The system accepts some blocks before the first one waits.
        if (blocks === 4) events.happen("sent");
        yield BLOCK;
      }
    };
    return Object.assign(body(), { close: () => events.happen("close") });
  });
}

/** Connects a client that can end its connection with a reset. */
async function connectTo({ port }: Serving, text: string): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.pause();
  await within(once(socket, "connect"), "the connection");
  if (text !== "") await new Promise((done) => socket.write(text, done));
  return socket;
}

async function reset(socket: Socket): Promise<void> {
  const closed = once(socket, "close");
  socket.resetAndDestroy();
  await within(closed, "the end of the connection");
}

/** Asserts that every body was closed once. */
function assertBalanced({ seen }: Happenings): void {
  const [called, closed] = ["called", "close"].map((event) =>
    seen.filter((other) => other === event).length
  );
  assertEquals(called, closed);
}

const upload = "POST /upload HTTP/1.1\r\nHost: h\r\n";

// The bytes sent before the client leaves, the event for which it waits, and the
// events in the application except the call, the abort and the one close().
Deno.test.each<[string, string, string, string[]]>([
  ["before a head", "", "", []],
  ["in a request line", "GET / HT", "", []],
  ["in a head", get().slice(0, -2), "", []],
  ["while the application waits", get("/wait"), "called", []],
  ["before a pipelined request", get("/wait") + get("/next"), "called", []],
  ["while the body waits", get("/stall"), "stalled", ["stalled"]],
  ["in a download", get("/download"), "sent", ["sent"]],
  [
    "in an upload",
    `${upload}Content-Length: 100\r\n\r\n0123456789abc`,
    "read",
    ["read", "read failed"],
  ],
  [
    "in a chunked upload",
    `${upload}Transfer-Encoding: chunked\r\n\r\nff\r\n0123456789abc`,
    "read",
    ["read", "read failed"],
  ],
])(
  "makeServer() keeps nothing for a client that resets %s",
  async (_, sent, event, seen) => {
    const events = new Happenings();
    // A request that is left behind makes shutdown() take too long.
    const options = { shutdownTimeout: 60_000 };
    await using serving = serve(application(events), options);
    const client = await connectTo(serving, sent);
    if (event !== "") await events.soon(event);
    await reset(client);
    if (event !== "") await events.soon("close");
    assertEquals((await ask(serving, get("/next"))).body, "hello");
    await within(serving.server.shutdown(), "shutdown()");
    const always = event === "" ? [] : ["called", "abort", "close"];
    assertEquals(events.seen.sort(), [...always, ...seen].sort());
    assertEquals(serving.log, []);
  },
);

Deno.test("makeServer() skips a client that resets while its request waits", async () => {
  const events = new Happenings();
  await using serving = serve(application(events), {
    maxInFlight: 1,
    shutdownTimeout: 60_000,
  });
  const running = await connectTo(serving, get("/wait"));
  await events.soon("called");
  const queued = await connectTo(serving, get("/wait"));
  await reset(queued);
  const next = ask(serving, get("/next"));
  await reset(running);
  assertEquals((await next).body, "hello");
  await within(serving.server.shutdown(), "shutdown()");
  assertBalanced(events);
  assertEquals(serving.log, []);
});

Deno.test("makeServer() closes each of 100 downloads once when their clients reset", async () => {
  const events = new Happenings();
  await using serving = serve(application(events), { shutdownTimeout: 60_000 });
  await Promise.all(Array.from({ length: 100 }, async () => {
    const client = await connectTo(serving, get("/download"));
    await events.soon("sent");
    await reset(client);
  }));
  await within(serving.server.shutdown(), "shutdown()");
  assertBalanced(events);
});
