import {
  assertEquals,
  assertFalse,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import type { Variable } from "../../gateway/backend/header_block.ts";
import { validator } from "../../validator.ts";
import { RawClient } from "../raw_client.ts";
import {
  ask,
  echo,
  request,
  serve,
  show,
  shown,
  statusOf,
  test,
} from "./backend_gateway.ts";

test("gives the application a whole environ", async (gateway) => {
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

test("adds what its options say to the environ", async (gateway) => {
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

test("takes values for Latin-1", async (gateway) => {
  await using serving = serve(gateway, validator(show));
  const environ = shown(
    await ask(serving, { PATH_INFO: "/caf\xe9", HTTP_X_TEXT: "\x80\xff" }),
  );
  assertEquals(
    [environ.PATH_INFO, environ.HTTP_X_TEXT],
    ["/caf\xe9", "\x80\xff"],
  );
});

test("joins repeated headers, cookies with a semicolon", async (gateway) => {
  await using serving = serve(gateway, validator(show));
  const repeated: Variable[] = [
    ["HTTP_X_FOO", "1"],
    ["HTTP_COOKIE", "a=1"],
    ["HTTP_X_FOO", "2"],
    ["HTTP_COOKIE", "b=2"],
  ];
  const { HTTP_X_FOO, HTTP_COOKIE } = shown(
    await ask(serving, {}, "", repeated),
  );
  assertEquals([HTTP_X_FOO, HTTP_COOKIE], ["1, 2", "a=1; b=2"]);
});

test("drops the variables that no application may see", async (gateway) => {
  await using serving = serve(gateway, validator(show));
  const environ = shown(
    await ask(serving, {
      HTTP_PROXY: "http://evil.example/",
      HTTP_CONTENT_TYPE: "",
      HTTP_CONTENT_LENGTH: "0",
      HTTP_TRANSFER_ENCODING: "chunked",
      CONTENT_LENGTH: "0",
    }),
  );
  assertEquals(
    Object.keys(environ).filter((name) =>
      /PROXY|HTTP_CONTENT|TRANSFER/.test(name)
    ),
    [],
  );
  assertFalse("CONTENT_TYPE" in environ);
});

test("knows https by HTTPS and by REQUEST_SCHEME", async (gateway) => {
  await using serving = serve(gateway, validator(show));
  for (const changes of [{ HTTPS: "on" }, { REQUEST_SCHEME: "https" }]) {
    const environ = shown(await ask(serving, changes));
    assertEquals(
      [environ["wsgi.url_scheme"], environ.HTTPS],
      ["https", "on"],
    );
  }
});

test("reads a request body that came with the variables", async (gateway) => {
  await using serving = serve(gateway, validator(echo));
  const { head, body } = await ask(
    serving,
    { REQUEST_METHOD: "POST" },
    "a\0\xff",
  );
  assertEquals([head.get("x-length"), body], ["3", "a\0\xff"]);
});

test("reads a request body as it comes", async (gateway) => {
  await using serving = serve(gateway, async (environ, startResponse) => {
    const input = environ["wsgi.input"];
    const write = startResponse("200 OK", []);
    for (let i = 0; i < 3; i++) await write(await input.read(1));
    return [];
  });
  using client = await RawClient.connect(serving);
  await client.send(
    request(gateway, { REQUEST_METHOD: "POST", CONTENT_LENGTH: "3" }),
  );
  for (const byte of "abc") {
    await client.send(byte);
    if (byte === "a") await client.head();
    assertEquals(await client.bytes(1), byte);
  }
});

test("believes Content-Length where CONTENT_LENGTH is short", async (gateway) => {
  await using serving = serve(gateway, validator(echo));
  for (const CONTENT_LENGTH of ["0", "4"]) {
    const { body } = await ask(
      serving,
      { REQUEST_METHOD: "POST", CONTENT_LENGTH, HTTP_CONTENT_LENGTH: "10" },
      "0123456789",
    );
    assertEquals(body, "0123456789");
  }
});

test("refuses a request body over the limit with 413", async (gateway) => {
  await using serving = serve(gateway, echo, { maxRequestBodySize: 10 });
  const { head, complete } = await ask(
    serving,
    { REQUEST_METHOD: "POST" },
    "x".repeat(500_000),
  );
  assertEquals([statusOf(head), complete], [413, true]);
});

test("answers 400 where a request body was cut short", async (gateway) => {
  await using serving = serve(gateway, echo);
  using client = await RawClient.connect(serving);
  await client.send(
    request(gateway, { REQUEST_METHOD: "POST", CONTENT_LENGTH: "9" }) + "123",
  );
  await client.closeWrite();
  assertEquals(statusOf(await client.head()), 400);
  assertStringIncludes(serving.log.join(""), "must have 9 bytes");
});

test("sends the whole answer where nobody reads the body", async (gateway) => {
  await using serving = serve(gateway, show);
  const body = "x".repeat(8_000_000);
  const { head, complete } = await ask(
    serving,
    { REQUEST_METHOD: "POST" },
    body,
  );
  // A reset would be seen: by the client when it writes, or instead of the end.
  assertEquals([statusOf(head), complete], [200, true]);
});

test("answers 500 without REQUEST_METHOD, and logs why", async (gateway) => {
  await using serving = serve(gateway, show);
  const { head } = await ask(serving, { REQUEST_METHOD: undefined });
  assertEquals(statusOf(head), 500);
  assertMatch(
    serving.log.join(""),
    /REQUEST_METHOD must be sent by the web server, got none: nginx needs "include (scgi|uwsgi)_params;"\n$/,
  );
});

test("answers 400 to what no application may see", async (gateway) => {
  await using serving = serve(gateway, show);
  for (
    const changes of [
      { HTTP_HOST: "a/b?c" },
      { REQUEST_URI: "/a#b" },
      { REQUEST_METHOD: "G T" },
      { HTTP_CONTENT_LENGTH: "1, 2" },
      { HTTP_CONTENT_TYPE: "text/plain, text/html" },
    ]
  ) {
    const { head, complete } = await ask(serving, changes);
    assertEquals(
      [statusOf(head), complete],
      [400, true],
      JSON.stringify(changes),
    );
  }
  assertEquals(serving.log.length, 5);
  assertEquals(statusOf((await ask(serving)).head), 200);
});
