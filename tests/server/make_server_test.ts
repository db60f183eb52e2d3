import {
  assert,
  assertEquals,
  assertMatch,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import { listening, toUrlHost } from "../../server/listen.ts";
import { makeServer } from "../../server/make_server.ts";
import type { Application } from "../../wsgi/types.ts";
import { ask, RawClient, within } from "../raw_client.ts";
import { get, serve } from "./serving.ts";

const TEXT: [string, string][] = [["Content-Type", "text/plain"]];

const hello: Application = (_environ, startResponse) => {
  startResponse("200 OK", TEXT);
  return [toBytes("hello")];
};

Deno.test("makeServer() listens at once and tells where", async () => {
  await using server = makeServer("127.0.0.1", 0, hello);
  assertEquals(server.hostname, "127.0.0.1");
  assert(server.port > 0 && server.port < 65536);
  assertEquals(server.url, `http://127.0.0.1:${server.port}/`);
  using _client = await RawClient.connect(server);
});

Deno.test.each([
  ["127.0.0.1", "127.0.0.1"],
  ["example.com", "example.com"],
  ["0.0.0.0", "localhost"],
  ["::", "localhost"],
  ["[::]", "localhost"],
  ["0:0::0", "localhost"],
  ["::0", "localhost"],
  ["0:0:0:0:0:0:0:0", "localhost"],
  ["::%0", "localhost"],
  ["0", "localhost"],
  ["0x0.0", "localhost"],
  ["::ffff:0.0.0.0", "localhost"],
  ["::FFFF:0:0", "localhost"],
  ["::0.0.0.0", "localhost"],
  ["::ffff:0:1", "[::ffff:0:1]"],
  ["0.0.0.1", "0.0.0.1"],
  ["00.example", "00.example"],
  ["::1", "[::1]"],
  ["[::1]", "[::1]"],
])("toUrlHost() makes of %s a host that a client can use", (host, expected) => {
  assertEquals(toUrlHost(host), expected);
});

Deno.test("makeServer() refuses a bad host or port before it listens", () => {
  const portMessage =
    "Cannot make the server: port must be an integer from 0 to 65535, got ";
  for (const port of [-1, 65536, 1.5, NaN, Infinity]) {
    const error = assertThrows(
      () => makeServer("127.0.0.1", port, hello),
      RangeError,
    );
    assertEquals(error.message, `${portMessage}${port}`);
  }
  assertThrows(
    () => makeServer("127.0.0.1", "8000" as unknown as number, hello),
    RangeError,
    portMessage,
  );
  for (const host of ["", "*", undefined, 127]) {
    assertThrows(
      () => makeServer(host as string, 0, hello),
      TypeError,
      "Cannot make the server: hostname must be a string",
    );
  }
  for (const host of ["a b", "no_such-host.invalid"]) {
    assertThrows(
      () => makeServer(host, 0, hello),
      host === "a b" ? TypeError : Error,
      `Cannot listen on ${host}:0: `,
    );
  }
});

Deno.test("makeServer() refuses what is no application before it listens", () => {
  assertThrows(
    () => makeServer("127.0.0.1", 0, {} as Application),
    TypeError,
    "Cannot run the application: it must be a function",
  );
});

Deno.test("makeServer() says that a port is in use", async () => {
  await using first = makeServer("127.0.0.1", 0, hello);
  const error = assertThrows(
    () => makeServer("127.0.0.1", first.port, hello),
    Deno.errors.AddrInUse,
  );
  assertEquals(
    error.message,
    `Cannot listen on 127.0.0.1:${first.port}: the port is in use`,
  );
});

Deno.test("makeServer() says that an address is not of this machine", () => {
  // TEST-NET-1 of RFC 5737, which belongs to nobody.
  const error = assertThrows(
    () => makeServer("192.0.2.1", 0, hello),
    Deno.errors.AddrNotAvailable,
  );
  assertEquals(
    error.message,
    "Cannot listen on 192.0.2.1:0: it is not an address of this machine",
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

Deno.test("listening() says that the system reserves a port, and lets others through", () => {
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

Deno.test("makeServer() takes SERVER_NAME and SERVER_PORT from the socket, not from Host", async () => {
  await using serving = serve((environ, startResponse) => {
    startResponse("200 OK", TEXT);
    const { SERVER_NAME, SERVER_PORT, HTTP_HOST, REMOTE_ADDR } = environ;
    return [toBytes([SERVER_NAME, SERVER_PORT, HTTP_HOST, REMOTE_ADDR].join())];
  });
  const { body } = await ask(
    serving,
    "GET / HTTP/1.1\r\nHost: other:81\r\n\r\n",
  );
  assertEquals(body, `127.0.0.1,${serving.port},other:81,127.0.0.1`);
});

Deno.test("makeServer() gives its options to the environ", async () => {
  await using serving = serve((environ, startResponse) => {
    startResponse("200 OK", TEXT);
    const values = [
      environ["my.key"],
      environ["wsgi.multiprocess"],
      environ.SERVER_SOFTWARE,
    ];
    return [toBytes(values.join())];
  }, {
    environ: { "my.key": "mine" },
    multiprocess: true,
    serverSoftware: "mine/1",
  });
  assertEquals((await ask(serving, get())).body, "mine,true,mine/1");
});

// SPEC: input-over-limit, server-body-limit
Deno.test("makeServer() answers a body over maxRequestBodySize with 413", async () => {
  await using serving = serve(async (environ, startResponse) => {
    const body = await environ["wsgi.input"].read();
    startResponse("200 OK", TEXT);
    return [body];
  }, { maxRequestBodySize: 3 });
  const post = (rest: string) =>
    ask(serving, `POST / HTTP/1.1\r\nHost: h\r\n${rest}`);
  assertEquals((await post("Content-Length: 3\r\n\r\nabc")).body, "abc");
  assertEquals((await post("Content-Length: 4\r\n\r\n")).head.status, 413);
  const chunks = "2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n";
  const chunked = `Transfer-Encoding: chunked\r\n\r\n${chunks}`;
  const { head } = await post(chunked);
  assertEquals([head.status, head.get("connection")], [413, "close"]);
  assertMatch(
    serving.log.join(""),
    /^Refused .+ 413: .+\n.+ at most 3 bytes, got at least 4\n$/,
  );
});

Deno.test("makeServer() tells onError what the application threw", async () => {
  const seen: unknown[] = [];
  const failure = new Error("on purpose");
  await using serving = serve(() => {
    throw failure;
  }, {
    onError: (error, environ) => void seen.push(error, environ.PATH_INFO),
  });
  const { head, body } = await ask(serving, get("/here"));
  assertEquals([head.status, body], [500, "500 Internal Server Error\n"]);
  assertEquals(seen, [failure, "/here"]);
  assertStringIncludes(serving.log.join(""), "Error: on purpose\n    at ");
});

// SPEC: async-interleaved
Deno.test("makeServer() runs requests side by side", async () => {
  const both = Promise.withResolvers<void>();
  let running = 0;
  await using serving = serve(async (_environ, startResponse) => {
    if (++running === 2) both.resolve();
    await both.promise;
    startResponse("200 OK", TEXT);
    return [toBytes("x")];
  });
  const responses = await within(
    Promise.all([ask(serving, get()), ask(serving, get())]),
    "both responses",
  );
  assertEquals(responses.map(({ body }) => body), ["x", "x"]);
});
