// Bytes on the wire that the kit leaves to each server, and several requests on
// one connection. kit_test.ts has the rest.

import {
  assert,
  assertEquals,
  assertMatch,
  assertNotMatch,
  assertRejects,
} from "@std/assert";
import { RequestBodyError } from "../../gateway/input/request_body_error.ts";
import { encodeUtf8, toBytes } from "../../wsgi/byte_string.ts";
import type {
  Application,
  Environ,
  HeaderTuple,
  InputStream,
  ResponseBody,
} from "../../wsgi/types.ts";
import { ask } from "../raw_client.ts";
import {
  answer,
  echo,
  get,
  hello,
  never,
  post,
  send,
  serve,
  type Serving,
} from "./serving.ts";

// Responses, byte by byte --------------------------------------------------------

const DATE = /Date: [A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} [\d:]{8} GMT\r\n/;

/** Returns the whole answer to a request, without the time of its Date. */
async function exchange(app: Application, request: string): Promise<string> {
  await using serving = serve(app);
  using client = await send(serving, request);
  await client.closeWrite();
  return (await client.rest()).replace(DATE, "Date: *\r\n");
}

const BODIES: Readonly<Record<string, () => ResponseBody>> = {
  array: () => [toBytes("abc")],
  none: () => [],
  *generator(): Generator<Uint8Array, void> {
    yield toBytes("ab");
    yield toBytes("c");
  },
  *failing(): Generator<Uint8Array, void> {
    yield toBytes("ab");
    throw new Error("on purpose");
  },
};

const LENGTH: HeaderTuple = ["Content-Length", "3"];
const CLOSE = "Date: *\nConnection: close";

Deno.test.each<
  [string, string, readonly HeaderTuple[], string, string, string]
>([
  [
    "GET / HTTP/1.1",
    "299 Caf\xe9 au lait",
    [["x-B", "2"], ["X-a", "\xe9"], ["x-B", "1"]],
    "array",
    "x-B: 2\nX-a: \xe9\nx-B: 1\nContent-Length: 3\nDate: *",
    "abc",
  ],
  [
    "GET / HTTP/1.1",
    "200 OK",
    [],
    "generator",
    "Date: *\nTransfer-Encoding: chunked",
    "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
  ],
  ["GET / HTTP/1.0", "200 OK", [], "generator", CLOSE, "abc"],
  ["HEAD / HTTP/1.1", "200 OK", [], "array", "Content-Length: 3\nDate: *", ""],
  ["GET / HTTP/1.1", "204 No Content", [LENGTH], "array", "Date: *", ""],
  [
    "GET / HTTP/1.1",
    "205 Reset Content",
    [LENGTH],
    "array",
    "Date: *\nContent-Length: 0",
    "",
  ],
  [
    "GET / HTTP/1.1",
    "304 Not Modified",
    [LENGTH],
    "none",
    "Content-Length: 3\nDate: *",
    "",
  ],
  ["CONNECT h:1 HTTP/1.1", "200 OK", [LENGTH], "array", CLOSE, ""],
  ["CONNECT h:1 HTTP/1.1", "200 OK", [], "generator", CLOSE, ""],
  [
    "CONNECT h:1 HTTP/1.1",
    "405 Method Not Allowed",
    [],
    "array",
    "Content-Length: 3\nDate: *",
    "abc",
  ],
])(
  "makeServer() answers %s with %s, headers %j and a body of the kind %s",
  async (start, status, headers, kind, head, body) => {
    const app = answer(BODIES[kind]!, status, headers);
    const received = await exchange(app, `${start}\r\nHost: h\r\n\r\n`);
    // The server announces the end of the connection if it came early enough.
    const isOptional = !head.includes("Connection: close");
    assertEquals(
      isOptional ? received.replace("Connection: close\r\n", "") : received,
      `HTTP/1.1 ${status}\r\n${head.replaceAll("\n", "\r\n")}\r\n\r\n${body}`,
    );
  },
);

Deno.test.each<[string, readonly HeaderTuple[], RegExp]>([
  ["1.1", [], /\r\n\r\n2\r\nab\r\n$/],
  ["1.1", [LENGTH], /\r\n\r\nab$/],
  ["1.0", [LENGTH], /\r\n\r\nab$/],
])(
  "makeServer() does not complete an HTTP/%s response that breaks off, with %j",
  async (version, headers, expected) => {
    const paths: string[] = [];
    const app = answer(
      ({ PATH_INFO }) => {
        paths.push(PATH_INFO);
        return BODIES["failing"]!();
      },
      "200 OK",
      headers,
    );
    const request = get("/1").replace("1.1", version) + get("/2");
    assertMatch(await exchange(app, request), expected);
    assertEquals(paths, ["/1"]);
  },
);

Deno.test("makeServer() keeps the Date of the application, and sends no Server header", async () => {
  const date = "Sun, 06 Nov 1994 08:49:37 GMT";
  await using serving = serve(answer("abc", "200 OK", [["Date", date]]));
  const { head } = await ask(serving, get());
  assertEquals(head.all("date"), [date]);
  assertEquals(head.get("server"), undefined);
  assertNotMatch(JSON.stringify(head.headers), /wsgi|deno/i);
});

Deno.test.each<[string, Application]>([
  ["that throws", () => {
    throw new Error("on purpose");
  }],
  ["with a bad header value", answer("", "200 OK", [["X-A", "a\rb"]])],
  [
    "with a header of the server",
    answer("", "200 OK", [["Connection", "close"]]),
  ],
])("makeServer() answers 500 for an application %s", async (_, app) => {
  await using serving = serve((environ, startResponse) =>
    (environ.PATH_INFO === "/next" ? hello : app)(environ, startResponse)
  );
  using client = await send(serving);
  const { head, body } = await client.response();
  assertEquals([head.status, body], [500, "500 Internal Server Error\n"]);
  assertEquals(
    head.headers.map(([name]) => name.toLowerCase()).toSorted(),
    ["content-length", "content-type", "date"],
  );
  assertEquals(serving.log.length, 1);
  // deno-lint-ignore no-control-regex -- they must not be there
  assertNotMatch(serving.log.join(""), /[\x00-\x08\x0b-\x1f\x7f]/);
  await client.send(get("/next"));
  assertEquals((await client.response()).body, "hello");
});

Deno.test.each<[string | undefined, string[], string]>([
  ["keep-alive", ["hello"], "keep-alive"],
  ["Keep-Alive", ["hello"], "keep-alive"],
  ["keep-alive", ["he", "llo"], "close"],
  [undefined, ["hello"], "close"],
])(
  "makeServer() answers HTTP/1.0 with Connection: %s and the body %j",
  async (asked, chunks, answered) => {
    const body = chunks.map(toBytes);
    await using serving = serve(
      answer(() => chunks.length === 1 ? body : new Set(body)),
    );
    const connection = asked === undefined ? "" : `Connection: ${asked}\r\n`;
    const request = `GET / HTTP/1.0\r\n${connection}\r\n`;
    using client = await send(serving, request);
    const { head, body: text, complete } = await client.response();
    assertEquals([head.status, text, complete], [200, "hello", true]);
    assertEquals(head.get("connection"), answered);
    assertEquals(head.get("transfer-encoding"), undefined);
    if (answered === "close") return assertEquals(await client.rest(), "");
    await client.send(request);
    assertEquals((await client.response()).body, "hello");
  },
);

// Requests -----------------------------------------------------------------------

/** Answers with the strings of the environ, and the length of the body. */
const show: Application = async (environ, startResponse) => {
  const body = environ.PATH_INFO === "/unread"
    ? "unread"
    : (await environ["wsgi.input"].read()).length;
  startResponse("200 OK", [["Content-Type", "application/json"]]);
  return [toBytes(encodeUtf8(JSON.stringify({ ...environ, body })))];
};

type Shown = Environ & { body: number | "unread" };

function parse(body: string): Shown {
  return JSON.parse(new TextDecoder().decode(toBytes(body)));
}

/** Sends a request that must be accepted. */
async function shown(serving: Serving, request: string): Promise<Shown> {
  const { head, body } = await ask(serving, request);
  assertEquals(head.status, 200, body);
  return parse(body);
}

// SPEC: environ-path-as-sent, environ-content-length-true
Deno.test("makeServer() reads targets, methods and lengths as they were sent", async () => {
  await using serving = serve(show);
  for (
    const [target, path, query, uri] of [
      ["/%C3%A9?%C3", "/\xc3\xa9", "%C3", "/%C3%A9?%C3"],
      ["http://h", "/", "", "/"],
      ["http://h?b", "/", "b", "/?b"],
      ["https://user@other:81/a", "/a", "", "/a"],
    ] as const
  ) {
    const environ = await shown(serving, get(target));
    const { PATH_INFO, QUERY_STRING, REQUEST_URI } = environ;
    assertEquals<unknown>([PATH_INFO, QUERY_STRING, REQUEST_URI], [
      path,
      query,
      uri,
    ]);
    assertEquals(environ["wsgi.url_scheme"], "http");
  }
  for (const method of ["get", "PURGE", "-BL!#$"]) {
    const request = get().replace("GET", method);
    assertEquals((await shown(serving, request)).REQUEST_METHOD, method);
  }
  const padded = post("abcde").replace(": 5", ": 005");
  const { CONTENT_LENGTH, body } = await shown(serving, padded);
  assertEquals<unknown>([CONTENT_LENGTH, body], ["5", 5]);
});

// SPEC: server-unread-body
Deno.test.each<[string, number, string | undefined]>([
  ["drops the rest of a short body", 2, undefined],
  ["closes the connection after a long body", 30_000, "close"],
])("makeServer() %s that was not read", async (_, times, connection) => {
  await using serving = serve(show);
  const evil = get("/evil");
  const request = post(evil, evil.length * times).replace("/", "/unread");
  using client = await send(serving, request);
  const { head, body } = await client.response();
  assertEquals(parse(body).body, "unread");
  assertEquals(head.get("connection"), connection);
  await client.send(evil + get("/next"));
  if (connection === "close") return assertEquals(await client.rest(), "");
  assertEquals(parse((await client.response()).body).PATH_INFO, "/next");
});

// SPEC: server-unread-body
Deno.test("makeServer() does not mistake the rest of a body for a request", async () => {
  const paths: string[] = [];
  await using serving = serve(
    answer(async (environ) => {
      paths.push(environ.PATH_INFO);
      await environ["wsgi.input"].read(1);
      return [];
    }),
  );
  const evil = get("/evil");
  using client = await send(serving, post(evil, evil.length * 2));
  await client.response();
  await client.send(evil + get("/2"));
  await client.response();
  assertEquals(paths, ["/", "/2"]);
});

// SPEC: server-bad-host, server-bad-length
Deno.test.each([
  ["GET /", "Host: a:99999"],
  ["POST /", "Host: h\r\nContent-Length: 1, 1"],
  ["POST /", "Host: h\r\nContent-Length: "],
  ["GET /", 'Host: h\r\nContent-Type: a/b;c="d", e/f'],
  ["GET http://a b/", "Host: h"],
  ["GET http://a:99999/", "Host: h"],
  ["GET /\xe9", "Host: h"],
  ["GET a/b", "Host: h"],
  ["GET /a#b", "Host: h"],
])(
  "makeServer() answers 400 to %s with %j, and continues",
  async (start, headers) => {
    const paths: string[] = [];
    await using serving = serve(answer(({ PATH_INFO }) => {
      paths.push(PATH_INFO);
      return [];
    }));
    const bad = `${start} HTTP/1.1\r\n${headers}\r\n\r\n`;
    const { head } = await ask(serving, bad + get("/smuggled"));
    assertEquals([head.status, head.get("connection")], [400, "close"]);
    assertEquals((await ask(serving, get("/good"))).head.status, 200);
    assertEquals(paths, ["/good"]);
    assertMatch(
      serving.log.join(""),
      /^Refused a request from 127\.0\.0\.1 with 400: .+\n$/,
    );
  },
);

Deno.test.each<[string, string]>([
  ["declares", "Content-Length: 10000000\r\n\r\n"],
  ["begins a chunk of", "Transfer-Encoding: chunked\r\n\r\n989680\r\n"],
])(
  "makeServer() sends a client that %s 10 MB its whole 413 after the first MB",
  async (_, framing) => {
    await using serving = serve(echo, { maxRequestBodySize: 1_000 });
    using client = await send(
      serving,
      `POST / HTTP/1.1\r\nHost: h\r\n${framing}`,
    );
    for (let sent = 0; sent < 10; sent++) {
      await client.send(new Uint8Array(100_000));
    }
    const { head, body, complete } = await client.response();
    assertEquals([head.status, complete], [413, true]);
    assertEquals(head.get("content-length"), `${body.length}`);
    assertEquals(head.get("connection"), "close");
    // The server has ended its sending side, and does not reset.
    assertEquals([await client.rest(), client.ending], ["", "fin"]);
  },
);

const CHUNKED =
  "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";

const KINDS: Readonly<Record<string, Application>> = {
  immediate: answer("unread"),
  late: async (environ, startResponse) => {
    await Promise.resolve();
    return answer("unread")(environ, startResponse);
  },
  streaming: answer(() => new Blob(["unread"]).stream()),
};

for (const [kind, app] of Object.entries(KINDS)) {
  Deno.test.each([["size", "1\r\na\r\nx\r\n"], ["end", "1\r\na\n"]])(
    `makeServer() closes the connection after a bad chunk %s that a ${kind} application left unread`,
    async (_, body) => {
      await using serving = serve(app);
      using client = await send(
        serving,
        `${CHUNKED}${body}${get("/smuggled")}`,
      );
      const { head, body: text, complete } = await client.response();
      assertEquals([head.status, text, complete], [200, "unread", true]);
      // Neither a second response nor one to bytes that look like a request.
      assertEquals(await client.rest(), "");
      assertEquals((await ask(serving, get())).head.status, 200);
      assertEquals(serving.log.length, 1);
      assertMatch(serving.log[0]!, /^Closed the connection to 127\.0\.0\.1: /);
    },
  );
}

// Expect -------------------------------------------------------------------------

const EXPECTING = post("", 3).replace("\r\n\r\n", "\r\nExpect: 100-continue$&");

// SPEC: server-expect, server-expect-old
Deno.test.each([
  ["/unread", "1.1", "0"],
  ["/read", "1.0", "3"],
])(
  "makeServer() sends no 100 for %s in HTTP/%s",
  async (target, version, expected) => {
    await using serving = serve(async (environ, startResponse) => {
      const { length } = environ.PATH_INFO === "/read"
        ? await environ["wsgi.input"].read()
        : "";
      startResponse("200 OK", []);
      return [toBytes(String(length))];
    });
    const head = EXPECTING.replace("/", target).replace("1.1", version);
    using client = await send(serving, head);
    if (version === "1.0") await client.send("abc");
    const { status, headers } = await client.head();
    assertEquals(status, 200);
    assertEquals(headers.at(-1), ["Connection", "close"]);
    assertEquals(await client.rest(), expected);
  },
);

// SPEC: server-expect
Deno.test("makeServer() sends 100 once for each body, and keeps the connection", async () => {
  let onRead: (() => void) | undefined;
  await using serving = serve(async (environ, startResponse) => {
    const input = environ["wsgi.input"];
    let count = 0;
    for (; (await input.read(1)).length > 0; count++) onRead?.();
    startResponse("200 OK", []);
    return [toBytes(String(count))];
  });
  using client = await send(serving, "");
  for (let request = 0; request < 3; request++) {
    await client.send(EXPECTING);
    // By then the application is waiting.
    assertEquals((await client.head()).status, 100);
    for (const byte of "abc") {
      const { promise, resolve } = Promise.withResolvers<void>();
      onRead = resolve;
      await client.send(byte);
      // The application has this byte, and waits for the next one.
      await promise;
    }
    const { head, body } = await client.response();
    assertEquals([head.status, body], [200, "3"]);
    assertEquals(head.get("connection"), undefined);
  }
});

// Reads after the response belong to the next request ----------------------------

Deno.test.each([
  ["of known length", post("abc")],
  ["in chunks", `${CHUNKED}3\r\nabc\r\n0\r\n\r\n`],
])(
  "wsgi.input first read after the response takes nothing from the next request, after a body %s",
  async (_, request) => {
    const inputs: InputStream[] = [];
    await using serving = serve(async (environ, startResponse) => {
      const input = environ["wsgi.input"];
      inputs.push(input);
      let body = toBytes("first");
      if (inputs.length === 2) {
        await assertRejects(() => inputs[0]!.read(), RequestBodyError);
        body = await input.read();
      }
      startResponse("200 OK", []);
      return [body];
    });
    using client = await send(serving, request);
    assertEquals((await client.response()).body, "first");
    await client.send(post("second"));
    assertEquals((await client.response()).body, "second");
    assertEquals([inputs.length, serving.log], [2, []]);
  },
);

Deno.test("wsgi.input takes nothing from other requests when it is read between them", async () => {
  const inputs: InputStream[] = [];
  await using serving = serve(answer((environ) => {
    inputs.push(environ["wsgi.input"]);
    return [toBytes(environ.PATH_INFO)];
  }));
  using client = await send(serving, post("abc"));
  assertEquals((await client.response()).body, "/");
  // A read that waits when the next request comes.
  const late = assertRejects(async () => {
    await inputs[0]?.read();
  }, RequestBodyError);
  await client.send(get("/next"));
  assertEquals((await client.response()).body, "/next");
  await late;
});

Deno.test("read() that is pending at the deadline takes nothing from the next request", async () => {
  const outcome = Promise.withResolvers<unknown>();
  await using serving = serve(async (environ, startResponse) => {
    if (environ.PATH_INFO === "/next") {
      return await echo(environ, startResponse);
    }
    environ["wsgi.input"].read().then(outcome.resolve, outcome.resolve);
    return await never();
  }, { requestTimeout: 30 });
  using client = await send(serving, post("abc", 6));
  const { head } = await client.response();
  assertEquals([head.status, head.get("connection")], [503, undefined]);
  assert(await outcome.promise instanceof RequestBodyError);
  await client.send(`def${post("second").replace("/", "/next")}`);
  assertEquals((await client.response()).body, "second");
});
