// makeServer() and serve(): arguments, options, the address, the life of a server.

import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { listening, toUrlHost } from "../../server/listen.ts";
import { makeServer, type ServerOptions } from "../../server/make_server.ts";
import { serve as serveNow } from "../../server/serve.ts";
import { toBytes } from "../../wsgi/byte_string.ts";
import type { Application } from "../../wsgi/types.ts";
import { ask, RawClient, within } from "../raw_client.ts";
import {
  answer,
  echo,
  get,
  hello,
  listen,
  post,
  send,
  serve,
} from "./serving.ts";

const SILENT = { port: 0, log: false } as const;

async function assertNobodyListens(port: number): Promise<void> {
  await assertRejects(
    () => RawClient.connect({ port }),
    Deno.errors.ConnectionRefused,
  );
}

Deno.test("makeServer() listens immediately and says where", async () => {
  await using server = makeServer("127.0.0.1", 0, hello);
  assertEquals(server.hostname, "127.0.0.1");
  assert(server.port > 0 && server.port < 65536);
  assertEquals(server.url, `http://127.0.0.1:${server.port}/`);
  using _client = await RawClient.connect(server);
});

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

const TIME = "a time in milliseconds from";
const PEM = "-----BEGIN x";
const PORT = "port must be an integer from 0 to 65535, got";

Deno.test.each<[Record<string, unknown>, string]>([
  [{ log: "common" }, 'T log must be a boolean or a function, got "common"'],
  [{ onError: true }, "T onError must be a function, got true"],
  [{ environ: null }, "T environ must be an object, got null"],
  [{ multiprocess: 1 }, "T multiprocess must be a boolean, got 1"],
  [{ serverSoftware: 1 }, "T serverSoftware must be a string, got 1"],
  [{ signal: {} }, "T signal must be an AbortSignal, got an object"],
  [{ cert: "x" }, "T cert must come with key"],
  [{ key: "x" }, "T key must come with cert"],
  [
    { path: "/tmp/x", cert: PEM, key: PEM },
    "T a Unix socket must not have a certificate, because Deno has no TLS there",
  ],
  [
    { cert: new Uint8Array(1), key: "x" },
    "T cert must be a string in PEM, got a Uint8Array of 1 byte",
  ],
  [
    { cert: PEM, key: "secret" },
    "T key must be PEM, with a line -----BEGIN …, not the name of a file",
  ],
  [{ mode: 0o660 }, "T mode must come with path"],
  [{ path: "" }, 'T path must be the path of a socket, got ""'],
  [
    { path: "/tmp/x", mode: 0o1000 },
    "R mode must be a file mode from 0 to 0o777, got 512",
  ],
  [{ maxInFlight: 0 }, "R maxInFlight must be a positive integer, got 0"],
  [{ maxInFlight: 1.5 }, "R maxInFlight must be a positive integer, got 1.5"],
  [
    { maxRequestBodySize: -1 },
    "R maxRequestBodySize must be 0 or a positive integer, got -1",
  ],
  ...[0, 2 ** 31, '"9"'].map((time) =>
    [
      { requestTimeout: time === '"9"' ? "9" : time },
      `R requestTimeout must be ${TIME} 1 to 2147483647, got ${time}`,
    ] as [Record<string, unknown>, string]
  ),
  [
    { shutdownTimeout: NaN },
    `R shutdownTimeout must be ${TIME} 0 to 2147483647, got NaN`,
  ],
  [{ port: -1 }, `R ${PORT} -1`],
  [{ port: 65536 }, `R ${PORT} 65536`],
  [{ port: 1.5 }, `R ${PORT} 1.5`],
  [{ port: NaN }, `R ${PORT} NaN`],
  [{ port: "8000" }, `R ${PORT} 8000`],
  ...["", "*", null, 127].map((hostname) =>
    [{ hostname }, "T hostname must be a string"] as [
      { hostname: unknown },
      string,
    ]
  ),
])("makeServer() and serve() refuse the options %o", (options, expected) => {
  const { hostname = "127.0.0.1", port = 0, ...others } = options;
  const given = options as ServerOptions;
  for (
    const make of [
      () => makeServer(hostname as string, port as number, hello, others),
      () => serveNow(hello, { ...SILENT, ...given }),
    ]
  ) {
    const error = assertThrows(make);
    assert(error instanceof (expected[0] === "T" ? TypeError : RangeError));
    const message = `Cannot make the server: ${expected.slice(2)}`;
    assertEquals(error.message.slice(0, message.length), message);
  }
});

Deno.test("makeServer() refuses a value that is not an application", () => {
  assertThrows(
    () => makeServer("127.0.0.1", 0, {} as Application),
    TypeError,
    "Cannot run the application: it must be a function",
  );
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
  const error = assertThrows(
    () => makeServer("127.0.0.1", first.port, hello),
    Deno.errors.AddrInUse,
  );
  const address = `127.0.0.1:${first.port}`;
  assertEquals(
    error.message,
    `Cannot listen on ${address}: the port is in use`,
  );
});

Deno.test({
  name: "makeServer() says which permission is missing",
  permissions: { net: ["127.0.0.1:1"] },
  fn(): void {
    const error = assertThrows(
      () => makeServer("127.0.0.1", 8000, hello),
      Deno.errors.NotCapable,
    );
    assertEquals(
      error.message,
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
  const denied = assertThrows(
    failWith(new PermissionDenied("EACCES")),
    PermissionDenied,
  );
  assertEquals(
    denied.message,
    "Cannot listen on 127.0.0.1:80: the system does not allow it, ports below 1024 are reserved",
  );
  const other = new Error("another");
  assertStrictEquals(assertThrows(failWith(other)), other);
});

// Options and their effects -------------------------------------------------------

Deno.test("makeServer() takes SERVER_NAME and SERVER_PORT from the socket, and adds its options to the environ", async () => {
  await using serving = serve(
    answer((environ) => {
      const { SERVER_NAME, SERVER_PORT, HTTP_HOST, REMOTE_ADDR } = environ;
      const { SERVER_SOFTWARE, "my.key": key } = environ;
      const isMany = environ["wsgi.multiprocess"];
      return [SERVER_NAME, SERVER_PORT, HTTP_HOST, REMOTE_ADDR, key, isMany]
        .concat(SERVER_SOFTWARE).map((value) => toBytes(`${value} `));
    }),
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

// SPEC: input-over-limit, server-body-limit
Deno.test("makeServer() answers a body over maxRequestBodySize with 413", async () => {
  await using serving = serve(echo, { maxRequestBodySize: 3 });
  assertEquals((await ask(serving, post("abc"))).body, "abc");
  assertEquals((await ask(serving, post("", 4))).head.status, 413);
  const chunked = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked" +
    "\r\n\r\n2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n";
  const { head } = await ask(serving, chunked);
  assertEquals([head.status, head.get("connection")], [413, "close"]);
  assertMatch(
    serving.log.join(""),
    /^Refused .+ 413: .+\n.+ at most 3 bytes, got at least 4\n$/,
  );
});

Deno.test("makeServer() calls onError with the error of the application, and continues", async () => {
  const seen: unknown[] = [];
  const failure = new Error("on purpose");
  await using serving = serve((environ, startResponse) => {
    if (environ.PATH_INFO === "/here") throw failure;
    return hello(environ, startResponse);
  }, {
    onError: (error, environ) => void seen.push(error, environ.PATH_INFO),
  });
  using client = await send(serving, get("/here") + get());
  const { head, body } = await client.response();
  assertEquals([head.status, body], [500, "500 Internal Server Error\n"]);
  assertEquals(seen, [failure, "/here"]);
  assertStringIncludes(serving.log.join(""), "Error: on purpose\n    at ");
  assertEquals((await client.response()).body, "hello");
});

// SPEC: async-interleaved
Deno.test("makeServer() runs requests concurrently", async () => {
  const both = Promise.withResolvers<void>();
  let running = 0;
  await using serving = serve(
    answer(async () => {
      if (++running === 2) both.resolve();
      await both.promise;
      return [toBytes("x")];
    }),
  );
  const asked = Promise.all([ask(serving, get()), ask(serving, get())]);
  const responses = await within(asked, "both responses");
  assertEquals(responses.map(({ body }) => body), ["x", "x"]);
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
  const called = Promise.withResolvers<void>();
  const going = Promise.withResolvers<void>();
  const block = new Uint8Array(4_000_000);
  await using serving = serve(async (_environ, startResponse) => {
    called.resolve();
    await going.promise;
    startResponse("200 OK", []);
    return new Set([block, toBytes("last")]);
  });
  using client = await send(serving, get() + get("/never"));
  using other = await send(serving, "");
  await within(called.promise, "the application");
  const stopped = serving.server.shutdown();
  assertEquals(await other.rest(), "");
  await assertNobodyListens(serving.port);
  // It is too late to be served.
  const served = serving.server.serveForever();
  going.resolve();
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
    const listeners = new Set<unknown>();
    const { addEventListener, removeEventListener } = signal;
    Object.assign(signal, {
      addEventListener(type: string, listener: EventListener): void {
        listeners.add(listener);
        addEventListener.call(signal, type, listener);
      },
      removeEventListener(type: string, listener: EventListener): void {
        listeners.delete(listener);
        removeEventListener.call(signal, type, listener);
      },
    });
    if (isLate) controller.abort();
    const { server, port } = listen(hello, { signal });
    const served = server.serveForever();
    if (!isLate) {
      assertEquals([(await ask({ port }, get())).body, listeners.size], [
        "hello",
        1,
      ]);
    }
    controller.abort();
    await within(served, "serveForever()");
    await assertNobodyListens(port);
    assertEquals(listeners.size, 0);
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
    await assertRejects(
      () => server.handleRequest(),
      Error,
      "Cannot handle one request: the server serves forever",
    );
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
