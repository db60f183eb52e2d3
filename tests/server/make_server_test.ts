// makeServer() and serve(): arguments, options, the address, the life of a server.

import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { getEventListeners } from "node:events";
import { listening } from "../../server/listen.ts";
import { toUrlHost } from "../../wsgi/ip_address.ts";
import { makeServer, type ServerOptions } from "../../server/make_server.ts";
import { serve as serveNow } from "../../server/serve.ts";
import { toBytes } from "../../wsgi/byte_string.ts";
import type { Application } from "../../wsgi/types.ts";
import { ask, RawClient, within } from "../raw_client.ts";
import {
  answer,
  get,
  hello,
  listen,
  send,
  serve,
  untilNext,
  Waiting,
} from "./serving.ts";

const SILENT = { port: 0, log: false } as const;

async function assertNobodyListens(port: number): Promise<void> {
  await assertRejects(
    () => RawClient.connect({ port }),
    Deno.errors.ConnectionRefused,
  );
}

Deno.test.each([
  ["127.0.0.1 example.com 0.0.0.1 00.example", ""],
  ["0.0.0.0 :: [::] 0:0::0 ::0 0:0:0:0:0:0:0:0 ::%0 0 0x0.0", "localhost"],
  ["::ffff:0.0.0.0 ::FFFF:0:0 ::0.0.0.0", "localhost"],
  ["::ffff:0:1", "[::ffff:0:1]"],
  ["::1 [::1]", "[::1]"],
])(
  "toUrlHost() turns %s into hosts that a client can use: %s",
  (hosts, expected) => {
    for (const host of hosts.split(" ")) {
      assertEquals(toUrlHost(host), expected || host);
    }
  },
);

// Refused arguments ---------------------------------------------------------------

const PEM = "-----BEGIN x";
const COUNT = "R be a positive integer, got";
const PORT = "R be an integer from 0 to 65535, got";
const TIME = "R be a time in milliseconds from 1 to 2147483647, got";

/** The error for the last option of each row: a TypeError or a RangeError. */
Deno.test.each<[Record<string, unknown>, string]>([
  [{ log: "common" }, 'T be a boolean or a function, got "common"'],
  [{ onError: true }, "T be a function, got true"],
  [{ environ: null }, "T be an object, got null"],
  [{ multiprocess: 1 }, "T be a boolean, got 1"],
  [{ serverSoftware: 1 }, "T be a string, got 1"],
  [{ signal: {} }, "T be an AbortSignal, got an object"],
  [{ cert: "x" }, "T come with key"],
  [{ key: "x" }, "T come with cert"],
  [
    { key: "x", cert: new Uint8Array(1) },
    "T be a string in PEM, got a Uint8Array of 1 byte",
  ],
  [
    { cert: PEM, key: "secret" },
    "T be PEM, with a line -----BEGIN …, not the name of a file",
  ],
  [{ mode: 0o660 }, "T come with path"],
  [{ path: "" }, 'T be the path of a socket, got ""'],
  [{ path: "/x", mode: 512 }, "R be a file mode from 0 to 0o777, got 512"],
  [{ maxInFlight: 0 }, `${COUNT} 0`],
  [{ maxInFlight: 1.5 }, `${COUNT} 1.5`],
  [{ maxRequestBodySize: -1 }, "R be 0 or a positive integer, got -1"],
  [{ requestTimeout: 0 }, `${TIME} 0`],
  [{ requestTimeout: 2 ** 31 }, `${TIME} 2147483648`],
  [{ requestTimeout: "9" }, `${TIME} "9"`],
  [{ shutdownTimeout: NaN }, `${TIME.replace("1 to", "0 to")} NaN`],
  [{ port: -1 }, `${PORT} -1`],
  [{ port: 65536 }, `${PORT} 65536`],
  [{ port: 1.5 }, `${PORT} 1.5`],
  [{ port: NaN }, `${PORT} NaN`],
  [{ port: "8000" }, `${PORT} 8000`],
  [{ hostname: "" }, "T be a string"],
  [{ hostname: "*" }, "T be a string"],
  [{ hostname: null }, "T be a string"],
  [{ hostname: 127 }, "T be a string"],
])("makeServer() and serve() refuse the options %o", (options, expected) => {
  const { hostname = "127.0.0.1", port = 0, ...others } = options;
  const type = expected[0] === "T" ? TypeError : RangeError;
  const name = Object.keys(options).at(-1);
  const message = `Cannot make the server: ${name} must ${expected.slice(2)}`;
  for (
    const make of [
      () => makeServer(hostname as string, port as number, hello, others),
      () => serveNow(hello, { ...SILENT, ...options as ServerOptions }),
    ]
  ) assert(assertThrows(make, type).message.startsWith(message));
});

Deno.test.each<[string, Application, ServerOptions, string]>([
  [
    "a value that is not an application",
    {} as Application,
    {},
    "Cannot run the application: it must be a function",
  ],
  [
    "a certificate of a Unix socket",
    hello,
    { path: "/tmp/x", cert: PEM, key: PEM },
    "Cannot make the server: a Unix socket must not have a certificate, because Deno has no TLS there",
  ],
])("makeServer() refuses %s", (_, app, options, message) => {
  const make = () => makeServer("127.0.0.1", 0, app, options);
  assertThrows(make, TypeError, message);
});

// TEST-NET-1 of RFC 5737 belongs to nobody.
Deno.test.each<[string, string, ErrorConstructor]>([
  ["a b", "", TypeError],
  ["no_such-host.invalid", "", Error],
  [
    "192.0.2.1",
    "it is not an address of this machine",
    Deno.errors.AddrNotAvailable as ErrorConstructor,
  ],
])("makeServer() says why it cannot listen on %s", (host, why, type) => {
  const message = `Cannot listen on ${host}:0: ${why}`;
  assertThrows(() => makeServer(host, 0, hello), type, message);
});

Deno.test("makeServer() says that a port is in use", async () => {
  await using first = makeServer("127.0.0.1", 0, hello);
  const again = () => makeServer("127.0.0.1", first.port, hello);
  assertEquals(
    assertThrows(again, Deno.errors.AddrInUse).message,
    `Cannot listen on 127.0.0.1:${first.port}: the port is in use`,
  );
});

Deno.test({
  name: "makeServer() says which permission is missing",
  permissions: { net: ["127.0.0.1:1"] },
  fn(): void {
    const make = () => makeServer("127.0.0.1", 8000, hello);
    assertEquals(
      assertThrows(make, Deno.errors.NotCapable).message,
      "Cannot listen on 127.0.0.1:8000: permission is missing, run again with --allow-net=127.0.0.1:8000",
    );
  },
});

Deno.test("listening() says that the system reserves a port, and rethrows other errors", () => {
  const { PermissionDenied } = Deno.errors;
  const failWith = (error: Error) => () =>
    listening("127.0.0.1:80", () => {
      throw error;
    });
  assertEquals(
    assertThrows(failWith(new PermissionDenied("")), PermissionDenied).message,
    "Cannot listen on 127.0.0.1:80: the system does not allow it, ports below 1024 are reserved",
  );
  const other = new Error("another");
  assertStrictEquals(assertThrows(failWith(other)), other);
});

// Options and their effects -------------------------------------------------------

Deno.test("makeServer() takes SERVER_NAME and SERVER_PORT from the socket, and adds its options to the environ", async () => {
  await using serving = serve(
    answer((environ) =>
      `SERVER_NAME SERVER_PORT HTTP_HOST REMOTE_ADDR my.key wsgi.multiprocess
       SERVER_SOFTWARE`.split(/\s+/).map((key) => toBytes(`${environ[key]} `))
    ),
    {
      environ: { "my.key": "mine" },
      multiprocess: true,
      serverSoftware: "mine/1",
      maxInFlight: Infinity,
      maxRequestBodySize: Infinity,
    },
  );
  const request = "GET / HTTP/1.1\r\nHost: other:81\r\n\r\n";
  assertEquals(
    (await ask(serving, request)).body,
    `127.0.0.1 ${serving.port} other:81 127.0.0.1 mine true mine/1 `,
  );
});

Deno.test("makeServer() calls onError with the error of the application, and continues", async () => {
  const seen: unknown[] = [];
  const failure = new Error("on purpose");
  const app = untilNext(() => {
    throw failure;
  });
  await using serving = serve(app, {
    onError: (error, environ) => void seen.push(error, environ.PATH_INFO),
  });
  using client = await send(serving, get("/here") + get("/next"));
  const { head, body } = await client.response();
  assertEquals([head.status, body], [500, "500 Internal Server Error\n"]);
  assertEquals(seen, [failure, "/here"]);
  assertStringIncludes(serving.log.join(""), "Error: on purpose\n    at ");
  assertEquals((await client.response()).body, "hello");
});

// Start and end ------------------------------------------------------------------

Deno.test("WsgiServer.shutdown() ends serveForever(), and a second call has no effect", async () => {
  const { server, port } = listen(hello);
  const served = server.serveForever();
  const stopped = server.shutdown();
  assertStrictEquals(server.shutdown(), stopped);
  await within(served, "serveForever()");
  await stopped;
  await assertNobodyListens(port);
  await server.shutdown();
  await server.serveForever();
});

Deno.test("WsgiServer is shut down at the end of its scope", async () => {
  let port: number;
  let served: Promise<void>;
  {
    await using server = makeServer("127.0.0.1", 0, hello, { log: false });
    port = server.port;
    served = server.serveForever();
  }
  await within(served, "serveForever()");
  await assertNobodyListens(port);
});

Deno.test("WsgiServer.shutdown() lets a response finish, announces that it is the last, and accepts no other request", async () => {
  const block = new Uint8Array(4_000_000);
  const waiting = new Waiting(answer(() => new Set([block, toBytes("last")])));
  await using serving = serve(waiting.app);
  using client = await send(serving, get() + get("/never"));
  using other = await send(serving, "");
  await waiting.called();
  const stopped = serving.server.shutdown();
  assertEquals(await other.rest(), "");
  await assertNobodyListens(serving.port);
  // It is too late to be served.
  const served = serving.server.serveForever();
  waiting.go();
  const { head, body, complete } = await client.response();
  assertEquals([head.get("connection"), complete], ["close", true]);
  assertEquals(body.length, block.length + 4);
  assertEquals(await client.rest(), "");
  await within(Promise.all([stopped, served]), "shutdown()");
});

Deno.test.each([[false], [true]])(
  "makeServer() shuts down when its signal aborts, and then releases it; aborted before: %s",
  async (isLate) => {
    const controller = new AbortController();
    const { signal } = controller;
    if (isLate) controller.abort();
    const { server, port } = listen(hello, { signal });
    const served = server.serveForever();
    if (!isLate) {
      assertEquals((await ask({ port }, get())).body, "hello");
      assertEquals(getEventListeners(signal, "abort").length, 1);
    }
    controller.abort();
    await within(served, "serveForever()");
    await assertNobodyListens(port);
    assertEquals(getEventListeners(signal, "abort"), []);
  },
);

Deno.test("makeServer() can listen on a port again immediately", async () => {
  let port = 0;
  for (let round = 0; round < 5; round++) {
    await using server = makeServer("127.0.0.1", port, hello, { log: false });
    server.serveForever();
    port = server.port;
    // The server closes first, so that its side of the connection lingers.
    using client = await send(server);
    assertEquals((await client.response()).body, "hello");
    await server.shutdown();
    assertEquals(await client.rest(), "");
  }
});

// serve() ------------------------------------------------------------------------

Deno.test("serve() answers immediately, by default on 127.0.0.1, until shutdown()", async () => {
  const targets: string[] = [];
  const log = ({ target }: { target: string }) => targets.push(target);
  for (const hostname of [undefined, "localhost"]) {
    await using server = serveNow(hello, { ...SILENT, log, hostname });
    const name = hostname ?? "127.0.0.1";
    assertEquals(server.hostname, name);
    assertEquals(server.url, `http://${name}:${server.port}/`);
    assertEquals(await (await fetch(`${server.url}a`)).text(), "hello");
    let isOver = false;
    const finished = server.finished.then(() => isOver = true);
    await assertRejects(() => server.handleRequest(), Error, "forever");
    assertEquals(isOver, false);
    await server.shutdown();
    await finished;
    await server.serveForever();
  }
  assertEquals(targets, ["/a", "/a"]);
});

Deno.test("serve() listens on port 8000 by default", async () => {
  try {
    await using server = serveNow(hello, { log: false });
    assertEquals(server.port, 8000);
  } catch (error) {
    // Another program has it; the message names the port that was tried.
    const message = "Cannot listen on 127.0.0.1:8000: the port is in use";
    assertEquals((error as Error).message, message);
  }
});
