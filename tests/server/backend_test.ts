// SCGI and uwsgi, as a web server speaks them. The kit runs through real web
// servers in tests/servers/conformance_test.ts.

import {
  assertEquals,
  assertLess,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { validator } from "../../validator.ts";
import { encodeUtf8, toBytes } from "../../wsgi/byte_string.ts";
import type { HeaderTuple } from "../../wsgi/types.ts";
import { within } from "../raw_client.ts";
import {
  ask,
  connect,
  serve,
  show,
  shown,
  statusOf,
  test,
  utf8,
} from "./backend_gateway.ts";
import { answer, echo, untilNext, WatchedBody } from "./serving.ts";

const MIB = 1024 * 1024;

// Requests -----------------------------------------------------------------------

test("passes the application a complete environ", async (gateway) => {
  await using serving = serve(gateway, validator(show));
  const response = await ask(serving, { SERVER_NAME: "" }, "", [
    ["HTTP_X_TEXT", "1"],
    ["HTTP_PROXY", "http://evil.example/"],
    ["HTTP_X_TEXT", "\x80\xff"],
  ]);
  assertEquals(response.head.line, `${gateway.prefix} 200 OK`);
  assertEquals<unknown>(shown(response), {
    DOCUMENT_URI: "/a",
    GATEWAY_INTERFACE: "CGI/1.1",
    HTTP_HOST: "example.com",
    HTTP_X_TEXT: "1, \x80\xff",
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
  const { REMOTE_ADDR, SERVER_SOFTWARE, ...environ } = shown(
    await ask(serving),
  );
  assertEquals([REMOTE_ADDR, SERVER_SOFTWARE], ["::1", "mine/1"]);
  assertEquals([environ["my.key"], environ["wsgi.multiprocess"]], [1, true]);
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
  for (const changes of [{ HTTP_HOST: "a/b?c" }, { REQUEST_METHOD: "G T" }]) {
    const { head, complete } = await ask(serving, changes);
    assertEquals([statusOf(head), complete], [400, true]);
  }
  assertEquals(serving.log.length, 3);
  assertEquals(statusOf((await ask(serving)).head), 200);
});

// Responses ----------------------------------------------------------------------

test("sends status, headers and body, and ends the connection", async (gateway) => {
  const cookies: HeaderTuple[] = [["Set-Cookie", "a"], ["Set-Cookie", "b"]];
  const headers: HeaderTuple[] = [...cookies, ["X-Text", "\xe9"]];
  const chunks = [toBytes("caf"), toBytes(encodeUtf8("é"))];
  const app = answer(() => chunks, "418 I'm a teapot", headers);
  await using serving = serve(gateway, validator(app));
  const { head, body, complete } = await ask(serving);
  assertEquals(head.line, `${gateway.prefix} 418 I'm a teapot`);
  assertEquals(head.headers, [...headers, ["Content-Length", "5"]]);
  assertEquals([body, complete], [utf8("café"), true]);
});

test("drops a header named Status", async (gateway) => {
  const headers: HeaderTuple[] = [["status", "500 x"], ["X-A", "1"]];
  await using serving = serve(gateway, answer("", "200 OK", headers));
  const { head } = await ask(serving);
  assertEquals(head.headers, [["X-A", "1"], ["Content-Length", "0"]]);
  assertStringIncludes(serving.log.join(""), "Status was dropped");
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
  const app = untilNext(() => {
    throw error;
  }, failing);
  const onError = (thrown: unknown) => void errors.push(thrown);
  await using serving = serve(gateway, app, { onError });
  const { head, body } = await ask(serving);
  assertEquals(head.line, `${gateway.prefix} 500 Internal Server Error`);
  assertEquals(body, "500 Internal Server Error\n");
  assertEquals(errors, [error]);
  assertStringIncludes(serving.log.join(""), "on purpose");
  const late = await ask(serving, { DOCUMENT_URI: "/next" });
  assertEquals([statusOf(late.head), late.body], [200, "12345"]);
});
