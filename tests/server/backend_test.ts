// SCGI and uwsgi, as a web server speaks them. The kit runs through real web
// servers in tests/servers/conformance_test.ts.

import {
  assert,
  assertEquals,
  assertFalse,
  assertLess,
  assertMatch,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import type { Variable } from "../../gateway/backend/header_block.ts";
import { ClientDisconnected } from "../../gateway/cancellation.ts";
import type { BackendOptions } from "../../server/scgi.ts";
import { validator } from "../../validator.ts";
import { encodeUtf8, toBytes } from "../../wsgi/byte_string.ts";
import type { Application, Environ, HeaderTuple } from "../../wsgi/types.ts";
import { RawClient, within } from "../raw_client.ts";
import {
  ask,
  connect,
  request,
  serve,
  show,
  shown,
  statusOf,
  test,
  utf8,
} from "./backend_gateway.ts";
import { aborted, answer, echo, hello, never, WatchedBody } from "./serving.ts";

const MIB = 1024 * 1024;
const BLOCK = new Uint8Array(65_536);

// Requests -----------------------------------------------------------------------

test("passes the application a complete environ", async (gateway) => {
  await using serving = serve(gateway, validator(show));
  const response = await ask(serving, { SERVER_NAME: "" });
  assertEquals(response.head.line, `${gateway.prefix} 200 OK`);
  assertEquals<unknown>(shown(response), {
    DOCUMENT_URI: "/a",
    GATEWAY_INTERFACE: "CGI/1.1",
    HTTP_HOST: "example.com",
    PATH_INFO: "/a",
    QUERY_STRING: "b",
    REMOTE_ADDR: "127.0.0.1",
    REMOTE_PORT: "4711",
    REQUEST_METHOD: "GET",
    REQUEST_SCHEME: "http",
    REQUEST_URI: "/a?b",
    SCRIPT_NAME: "",
    SERVER_NAME: "localhost",
    SERVER_PORT: "80",
    SERVER_PROTOCOL: "HTTP/1.1",
    SERVER_SOFTWARE: "wsgiref/0.1.0",
    "wsgi.errors": {},
    "wsgi.input": {},
    "wsgi.input_terminated": true,
    "wsgi.multiprocess": false,
    "wsgi.multithread": false,
    "wsgi.run_once": false,
    "wsgi.url_scheme": "http",
    "wsgi.version": [1, 0],
    "wsgiref.unix_socket": false,
  });
  assertEquals(serving.log, []);
});

test("adds its options to the environ", async (gateway) => {
  await using serving = serve(gateway, show, {
    environ: { "my.key": 1, REMOTE_ADDR: "::1" },
    multiprocess: true,
    serverSoftware: "mine/1",
  });
  const environ = shown(await ask(serving));
  assertEquals(
    [environ["my.key"], environ.REMOTE_ADDR, environ["wsgi.multiprocess"]],
    [1, "::1", true],
  );
  assertEquals(environ.SERVER_SOFTWARE, "mine/1");
});

/** Variables that are sent, and those of the application; null if absent. */
const VARIABLES: readonly [
  readonly Variable[],
  Record<string, string | null>,
][] = [
  [
    [["PATH_INFO", "/caf\xe9"], ["HTTP_X_TEXT", "\x80\xff"]],
    { PATH_INFO: "/caf\xe9", HTTP_X_TEXT: "\x80\xff" },
  ],
  [
    [
      ["HTTP_X_FOO", "1"],
      ["HTTP_COOKIE", "a=1"],
      ["HTTP_X_FOO", "2"],
      ["HTTP_COOKIE", "b=2"],
    ],
    { HTTP_X_FOO: "1, 2", HTTP_COOKIE: "a=1; b=2" },
  ],
  [
    [
      ["HTTP_PROXY", "http://evil.example/"],
      ["HTTP_CONTENT_TYPE", ""],
      ["HTTP_CONTENT_LENGTH", "0"],
      ["HTTP_TRANSFER_ENCODING", "chunked"],
    ],
    {
      HTTP_PROXY: null,
      HTTP_CONTENT_TYPE: null,
      HTTP_CONTENT_LENGTH: null,
      HTTP_TRANSFER_ENCODING: null,
      CONTENT_TYPE: null,
    },
  ],
  [[["HTTPS", "on"]], { "wsgi.url_scheme": "https", HTTPS: "on" }],
  [[["REQUEST_SCHEME", "https"]], { "wsgi.url_scheme": "https", HTTPS: "on" }],
];

test("joins, drops and reads variables as CGI requires", async (gateway) => {
  await using serving = serve(gateway, validator(show));
  for (const [variables, expected] of VARIABLES) {
    const replaced = variables.map(([name]) => [name, undefined]);
    const changes = Object.fromEntries(replaced);
    const environ = shown(await ask(serving, changes, "", variables));
    const got = Object.keys(expected).map((
      name,
    ) => [name, environ[name] ?? null]);
    assertEquals(Object.fromEntries(got), expected);
  }
});

const POST = { REQUEST_METHOD: "POST" };

test("reads a request body, by its Content-Length where CONTENT_LENGTH is short", async (gateway) => {
  await using serving = serve(gateway, validator(echo));
  const { head, body } = await ask(serving, POST, "a\0\xff");
  assertEquals([head.get("x-length"), body], ["3", "a\0\xff"]);
  for (const CONTENT_LENGTH of ["0", "4"]) {
    const lengths = { CONTENT_LENGTH, HTTP_CONTENT_LENGTH: "10" };
    const { body } = await ask(serving, { ...POST, ...lengths }, "0123456789");
    assertEquals(body, "0123456789");
  }
});

test("reads a request body as it arrives", async (gateway) => {
  await using serving = serve(gateway, async (environ, startResponse) => {
    const input = environ["wsgi.input"];
    const write = startResponse("200 OK", []);
    for (let i = 0; i < 3; i++) await write(await input.read(1));
    return [];
  });
  using client = await connect(serving, { ...POST, CONTENT_LENGTH: "3" });
  for (const byte of "abc") {
    await client.send(byte);
    if (byte === "a") await client.head();
    assertEquals(await client.bytes(1), byte);
  }
});

test("answers 413 to a request body over the limit", async (gateway) => {
  await using serving = serve(gateway, echo, { maxRequestBodySize: 10 });
  const { head, complete } = await ask(serving, POST, "x".repeat(500_000));
  assertEquals([statusOf(head), complete], [413, true]);
});

test("answers 400 if a request body was cut short", async (gateway) => {
  await using serving = serve(gateway, echo);
  const changes = { ...POST, CONTENT_LENGTH: "9" };
  using client = await connect(serving, changes, "123");
  await client.closeWrite();
  assertEquals(statusOf(await client.head()), 400);
  assertStringIncludes(serving.log.join(""), "must have 9 bytes");
});

test("sends the whole response if nobody reads the body", async (gateway) => {
  await using serving = serve(gateway, show);
  const { head, complete } = await ask(serving, POST, "x".repeat(8_000_000));
  // The client would notice a reset while writing, or instead of the end.
  assertEquals([statusOf(head), complete], [200, true]);
});

test("answers 500 without REQUEST_METHOD, and 400 to bad variables, and logs why", async (gateway) => {
  await using serving = serve(gateway, show);
  const { head } = await ask(serving, { REQUEST_METHOD: undefined });
  assertEquals(statusOf(head), 500);
  assertMatch(
    serving.log.join(""),
    /REQUEST_METHOD must be sent by the web server, got none: nginx needs "include (scgi|uwsgi)_params;"\n$/,
  );
  const wrong = [
    { HTTP_HOST: "a/b?c" },
    { REQUEST_URI: "/a#b" },
    { REQUEST_METHOD: "G T" },
    { HTTP_CONTENT_LENGTH: "1, 2" },
    { HTTP_CONTENT_TYPE: "text/plain, text/html" },
  ];
  for (const changes of wrong) {
    const { head, complete } = await ask(serving, changes);
    const what = JSON.stringify(changes);
    assertEquals([statusOf(head), complete], [400, true], what);
  }
  assertEquals(serving.log.length, 1 + wrong.length);
  assertEquals(statusOf((await ask(serving)).head), 200);
});

// Responses ----------------------------------------------------------------------

test("sends status, headers and body, and ends the connection", async (gateway) => {
  const headers: HeaderTuple[] = [
    ["Set-Cookie", "a"],
    ["Set-Cookie", "b"],
    ["X-Text", "\xe9"],
  ];
  const chunks = [toBytes("caf"), toBytes(encodeUtf8("é"))];
  const app = answer(() => chunks, "418 I'm a teapot", headers);
  await using serving = serve(gateway, validator(app));
  const { head, body, complete } = await ask(serving);
  assertEquals(head.line, `${gateway.prefix} 418 I'm a teapot`);
  assertEquals(head.headers, [...headers, ["Content-Length", "5"]]);
  assertEquals([body, complete], [utf8("café"), true]);
});

test("sends no Content-Length and no body with 2xx to CONNECT", async (gateway) => {
  const app = answer("x", "200 OK", [["Content-Length", "1"]]);
  await using serving = serve(gateway, app);
  const { head, body } = await ask(serving, { REQUEST_METHOD: "CONNECT" });
  assertEquals([head.headers, body], [[], ""]);
});

test("drops a header named Status", async (gateway) => {
  const headers: HeaderTuple[] = [["status", "500 x"], ["X-A", "1"]];
  await using serving = serve(gateway, answer("", "200 OK", headers));
  const { head } = await ask(serving);
  assertEquals(head.headers, [["X-A", "1"], ["Content-Length", "0"]]);
  assertStringIncludes(serving.log.join(""), "Status was dropped");
});

test("sends each chunk as soon as it is yielded", async (gateway) => {
  const steps = [1, 2].map(() => Promise.withResolvers<void>());
  async function* body(): AsyncGenerator<Uint8Array, void> {
    for (const [i, step] of steps.entries()) {
      yield toBytes(String(i));
      await step.promise;
    }
  }
  await using serving = serve(gateway, answer(body));
  using client = await connect(serving);
  await client.head();
  for (const [i, step] of steps.entries()) {
    assertEquals(await client.bytes(1), String(i));
    step.resolve();
  }
  assertEquals([await client.rest(), client.ending], ["", "fin"]);
});

test("sends no body for HEAD, 204 and 304", async (gateway) => {
  await using serving = serve(gateway, (environ, startResponse) => {
    startResponse(environ.QUERY_STRING, []);
    return [toBytes("body")];
  });
  for (const status of ["200 OK", "204 No Content", "304 Not Modified"]) {
    const { head, body, complete } = await ask(serving, {
      REQUEST_METHOD: status === "200 OK" ? "HEAD" : "GET",
      QUERY_STRING: status,
    });
    assertEquals(head.line, `${gateway.prefix} ${status}`);
    assertEquals([body, complete], ["", true]);
  }
});

test("sends a whole file", async (gateway) => {
  const file = new URL(import.meta.url);
  const open = async (environ: Environ) =>
    environ["wsgi.file_wrapper"]!(await Deno.open(file));
  await using serving = serve(gateway, answer(open));
  const { body } = await ask(serving);
  assertEquals(body, utf8(await Deno.readTextFile(file)));
});

test("sends a whole body that the client reads late, after it has closed its sending side", async (gateway) => {
  const body = new Uint8Array(10 * MIB);
  await using serving = serve(gateway, answer(() => [body]));
  using client = await connect(serving);
  await client.closeWrite();
  assertEquals(statusOf(await client.head()), 200);
  assertEquals(await client.skip(20 * MIB), 10 * MIB);
  assertEquals(client.ending, "fin");
});

test("requests no more chunks than the client reads", async (gateway) => {
  const block = new Uint8Array(MIB);
  const watched = new WatchedBody(() => block);
  await using serving = serve(gateway, watched.app);
  using client = await connect(serving);
  await client.head();
  // The remaining bytes are in the buffers of the two sockets.
  await client.skip(9 * MIB);
  assertLess(watched.calls, 30);
  client.close();
  await within(watched.closed, "close()");
});

const failing = answer(
  function* (): Generator<Uint8Array, void> {
    yield toBytes("12345");
    throw new Error("on purpose");
  },
  "200 OK",
  [["Content-Length", "10"]],
);

test("answers 500 for an error before the first byte, and breaks off after it", async (gateway) => {
  const errors: unknown[] = [];
  const error = new Error("on purpose");
  const app: Application = (environ, startResponse) => {
    if (environ.QUERY_STRING === "late") return failing(environ, startResponse);
    throw error;
  };
  const onError = (thrown: unknown) => void errors.push(thrown);
  await using serving = serve(gateway, app, { onError });
  const { head, body } = await ask(serving);
  assertEquals(head.line, `${gateway.prefix} 500 Internal Server Error`);
  assertEquals(body, "500 Internal Server Error\n");
  assertEquals(errors, [error]);
  assertStringIncludes(serving.log.join(""), "on purpose");
  const late = await ask(serving, { QUERY_STRING: "late" });
  assertEquals([statusOf(late.head), late.body], [200, "12345"]);
});

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

test("ends the read of a body whose web server leaves", async (gateway) => {
  const reading = Promise.withResolvers<void>();
  const failed = Promise.withResolvers<string>();
  await using serving = serve(gateway, async (environ, startResponse) => {
    const input = environ["wsgi.input"];
    await input.read(3);
    reading.resolve();
    await input.read().catch(({ name }) => failed.resolve(name));
    return await hello(environ, startResponse);
  });
  using client = await connect(serving, { CONTENT_LENGTH: "100" }, "abcdef");
  await within(reading.promise, "the first read()");
  client.close();
  assertEquals(await within(failed.promise, "the second"), "RequestBodyError");
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
  const done = Promise.withResolvers<void>();
  await using serving = serve(gateway, async (environ, startResponse) => {
    signal = environ["wsgiref.signal"]?.();
    const write = startResponse("200 OK", [["Content-Length", "2"]]);
    await write(toBytes("ok"));
    // nginx closes as soon as it has the two bytes.
    await gone.promise;
    return Object.assign([], { close: () => done.resolve() });
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
  await within(done.promise, "close()");
  assertFalse(signal?.aborted);
  assertEquals(serving.log, []);
});

// The life of a server -------------------------------------------------------------

test("listens on 127.0.0.1 and a free port by default, until shutdown()", async (gateway) => {
  const server = gateway.serve(show);
  assertEquals(server.hostname, "127.0.0.1");
  assert(server.port > 0);
  await server.shutdown();
  await server.finished;
  await assertRejects(
    () => RawClient.connect(server),
    Deno.errors.ConnectionRefused,
  );
});

test("has the interface of every server, and serves immediately", async (gateway) => {
  await using serving = serve(gateway, show, { hostname: "::1" });
  const { server } = serving;
  assertEquals(server.url, `${gateway.name}://[::1]:${server.port}/`);
  const rejects = (message: string): Promise<unknown> =>
    assertRejects(() => server.handleRequest(), Error, message);
  await rejects("Cannot handle one request: the server serves forever");
  const served = server.serveForever();
  assertEquals(served, server.finished);
  await server.shutdown();
  await served;
  await rejects("Cannot handle a request: the server is shut down");
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
  assertThrows(
    () => gateway.serve("app" as unknown as Application),
    TypeError,
    "Cannot run the application",
  );
});

/** An application whose response waits. */
class Waiting {
  readonly begun = Promise.withResolvers<void>();
  readonly response = Promise.withResolvers<void>();
  calls = 0;
  readonly app: Application = async (environ, startResponse) => {
    this.calls++;
    this.begun.resolve();
    await this.response.promise;
    return await hello(environ, startResponse);
  };
}

test("answers 503 at the deadline of a request, and of a shutdown", async (gateway) => {
  const waiting = new Waiting();
  const stop = new AbortController();
  await using serving = serve(gateway, waiting.app, {
    requestTimeout: 20,
    shutdownTimeout: 0,
    signal: stop.signal,
  });
  const { head, complete } = await ask(serving);
  assertEquals([statusOf(head), complete], [503, true]);
  assertStringIncludes(serving.log.join(""), "not complete at its deadline");
  await using stopped = serve(gateway, waiting.app, {
    shutdownTimeout: 0,
    signal: stop.signal,
  });
  using client = await connect(stopped);
  while (waiting.calls < 2) await new Promise((done) => setTimeout(done));
  stop.abort();
  assertEquals(statusOf(await client.head()), 503);
  await within(stopped.server.finished, "the shutdown");
  waiting.response.resolve();
});

test("runs no more requests at once than maxInFlight, even if web servers keep their connections", async (gateway) => {
  const waiting = new Waiting();
  await using serving = serve(gateway, waiting.app, { maxInFlight: 1 });
  using first = await connect(serving);
  await waiting.begun.promise;
  const second = ask(serving);
  // Long enough for the other one to be accepted by mistake.
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(waiting.calls, 1);
  waiting.response.resolve();
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
