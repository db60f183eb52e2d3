// Bytes on the wire that the kit leaves to each server: kit_test.ts has the
// rest.

import {
  assertEquals,
  assertMatch,
  assertNotMatch,
  assertStringIncludes,
} from "@std/assert";
import { encodeUtf8, toBytes } from "../../wsgi/byte_string.ts";
import type { Application, Environ, HeaderTuple } from "../../wsgi/types.ts";
import { ask, RawClient, type RawHead } from "../raw_client.ts";
import { get, serve, type Serving } from "./serving.ts";

const TEXT: readonly HeaderTuple[] = [["Content-Type", "text/plain"]];

/** An application with these headers. */
function withHeaders(headers: readonly HeaderTuple[]): Application {
  return (_environ, startResponse) => {
    startResponse("200 OK", headers);
    return [toBytes("abc")];
  };
}

/** The head of the response to `GET /`. */
async function headOf(app: Application): Promise<RawHead> {
  await using serving = serve(app);
  return (await ask(serving, get())).head;
}

Deno.test("makeServer() sends headers in their order and case, and a Date", async () => {
  const headers: HeaderTuple[] = [
    ["X-One", "1"],
    ["Set-Cookie", "a=1"],
    ["content-TYPE", "text/plain"],
    ["Set-Cookie", "b=2, c"],
    ["X-One", "\xe9\tb\xff"],
    ["X-Empty", ""],
    ["Proxy-Authenticate", "Basic"],
  ];
  const head = await headOf(withHeaders(headers));
  assertEquals(head.headers.slice(0, headers.length), headers);
  assertEquals(head.all("date").length, 1);
  assertEquals(head.get("server"), undefined);
  assertNotMatch(JSON.stringify(head.headers), /wsgi|deno/i);
});

Deno.test("makeServer() keeps the Date of the application", async () => {
  const date = "Sun, 06 Nov 1994 08:49:37 GMT";
  const head = await headOf(withHeaders([["Date", date]]));
  assertEquals(head.all("date"), [date]);
});

Deno.test.each<[string, Application]>([
  ["that throws", () => {
    throw new Error("on purpose");
  }],
  ["with a header value that must not be sent", withHeaders([["X-A", "a\rb"]])],
  ["with a header of the server", withHeaders([["Connection", "close"]])],
])(
  "makeServer() has a page of its own for an application %s",
  async (_what, app) => {
    await using serving = serve((environ, startResponse) =>
      environ.PATH_INFO === "/next"
        ? withHeaders(TEXT)(environ, startResponse)
        : app(environ, startResponse)
    );
    using client = await RawClient.connect(serving);
    await client.send(get());
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
    assertEquals((await client.response()).body, "abc");
  },
);

Deno.test("makeServer() breaks the connection after a body shorter than its length", async () => {
  await using serving = serve((_environ, startResponse) => {
    startResponse("200 OK", [["Content-Length", "9"]]);
    return [toBytes("abc")];
  });
  using client = await RawClient.connect(serving);
  await client.send(get() + get());
  const { head, body, complete } = await client.response();
  assertEquals([head.status, complete], [200, false]);
  // What was not yet sent may be lost.
  assertStringIncludes("abc", body);
  assertEquals(await client.rest(), "");
  assertStringIncludes(serving.log.join(""), "its Content-Length is 9");
});

/** Answers with the strings of the environ, and the length of the body. */
const tell: Application = async (environ, startResponse) => {
  const body = environ.PATH_INFO === "/unread"
    ? "unread"
    : (await environ["wsgi.input"].read()).length;
  startResponse("200 OK", [["Content-Type", "application/json"]]);
  return [toBytes(encodeUtf8(JSON.stringify({ ...environ, body })))];
};

type Told = Environ & { body: number | "unread" };

function toldBy(body: string): Told {
  return JSON.parse(new TextDecoder().decode(toBytes(body)));
}

/** Sends a request that must be accepted. */
async function told(serving: Serving, request: string): Promise<Told> {
  const { head, body } = await ask(serving, request);
  assertEquals(head.status, 200, body);
  return toldBy(body);
}

// SPEC: environ-path-as-sent
Deno.test.each([
  ["/%C3%A9?%C3", "/\xc3\xa9", "%C3", "/%C3%A9?%C3"],
  ["http://h", "/", "", "/"],
  ["http://h?b", "/", "b", "/?b"],
  ["https://user@other:81/a", "/a", "", "/a"],
])(
  "makeServer() keeps the target %s as it was sent",
  async (target, path, query, uri) => {
    await using serving = serve(tell);
    const environ = await told(serving, get(target));
    assertEquals<unknown>(
      [environ.PATH_INFO, environ.QUERY_STRING, environ.REQUEST_URI],
      [path, query, uri],
    );
    assertEquals(environ["wsgi.url_scheme"], "http");
  },
);

Deno.test("makeServer() gives CONNECT an authority, and keeps any method", async () => {
  await using serving = serve(tell);
  using tunnel = await RawClient.connect(serving);
  await tunnel.send("CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n");
  // RFC 9110 section 9.3.6: a 2xx to CONNECT has no body.
  const { status, headers } = await tunnel.head();
  assertEquals(status, 200);
  assertEquals(headers.filter(([name]) => /length|coding/i.test(name)), []);
  assertEquals(await tunnel.rest(), "");
  for (const method of ["get", "PURGE", "-BL!#$"]) {
    const request = `${method} / HTTP/1.1\r\nHost: h\r\n\r\n`;
    assertEquals((await told(serving, request)).REQUEST_METHOD, method);
  }
});

Deno.test("makeServer() serves HTTP/1.0 without a Host, and closes", async () => {
  await using serving = serve(tell);
  using client = await RawClient.connect(serving);
  await client.send("GET / HTTP/1.0\r\n\r\n");
  const { head, body } = await client.response();
  assertEquals(head.status, 200);
  assertEquals("HTTP_HOST" in toldBy(body), false);
  assertEquals(await client.rest(), "");
});

// SPEC: environ-content-length-true
Deno.test("makeServer() reads a padded Content-Length as a number", async () => {
  await using serving = serve(tell);
  const request = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 005\r\n\r\n";
  const { CONTENT_LENGTH, body } = await told(serving, `${request}abcde`);
  assertEquals<unknown>([CONTENT_LENGTH, body], ["5", 5]);
});

Deno.test("makeServer() drops chunk extensions and trailers", async () => {
  await using serving = serve(tell);
  const { CONTENT_LENGTH, body, HTTP_X } = await told(
    serving,
    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" +
      "2\r\nab\r\n3;a=b\r\ncde\r\n0\r\nX: y\r\n\r\n",
  );
  assertEquals<unknown>([CONTENT_LENGTH, body, HTTP_X], [
    undefined,
    5,
    undefined,
  ]);
});

// SPEC: server-unread-body
Deno.test("makeServer() drops the rest of a short body that was not read, and no more", async () => {
  await using serving = serve(tell);
  using client = await RawClient.connect(serving);
  const evil = get("/evil");
  await client.send(
    "POST /unread HTTP/1.1\r\nHost: h\r\n" +
      `Content-Length: ${evil.length * 2}\r\n\r\n${evil}`,
  );
  const { head, body } = await client.response();
  assertEquals(toldBy(body).body, "unread");
  assertEquals(head.get("connection"), undefined);
  await client.send(evil + get("/next"));
  assertEquals(toldBy((await client.response()).body).PATH_INFO, "/next");
});

// SPEC: server-unread-body
Deno.test("makeServer() closes where a long body was not read", async () => {
  await using serving = serve(tell);
  using client = await RawClient.connect(serving);
  const evil = get("/evil");
  await client.send(
    "POST /unread HTTP/1.1\r\nHost: h\r\n" +
      `Content-Length: 1000000\r\n\r\n${evil}`,
  );
  const { head, body } = await client.response();
  assertEquals(toldBy(body).body, "unread");
  assertEquals(head.get("connection"), "close");
  await client.send(evil + evil);
  assertEquals(await client.rest(), "");
});

// SPEC: server-unread-body
Deno.test("makeServer() does not take the rest of a body for a request", async () => {
  const paths: string[] = [];
  await using serving = serve(async (environ, startResponse) => {
    paths.push(environ.PATH_INFO);
    await environ["wsgi.input"].read(1);
    startResponse("200 OK", []);
    return [];
  });
  using client = await RawClient.connect(serving);
  const evil = get("/evil");
  const length = `Content-Length: ${evil.length * 2}`;
  await client.send(`POST /1 HTTP/1.1\r\nHost: h\r\n${length}\r\n\r\n${evil}`);
  await client.response();
  await client.send(evil + get("/2"));
  await client.response();
  assertEquals(paths, ["/1", "/2"]);
});

// SPEC: server-bad-host, server-bad-length
Deno.test.each([
  ["a port out of range in Host", "GET /", "Host: a:99999"],
  ["a list of Content-Lengths", "POST /", "Host: h\r\nContent-Length: 1, 1"],
  ["an empty Content-Length", "POST /", "Host: h\r\nContent-Length: "],
  [
    "a list of Content-Types",
    "GET /",
    'Host: h\r\nContent-Type: a/b;c="d", e/f',
  ],
  ["a bad authority", "GET http://a b/", "Host: h"],
  ["an authority with a bad port", "GET http://a:99999/", "Host: h"],
  ["a target that is not UTF-8", "GET /\xe9", "Host: h"],
  ["a target without a slash at its start", "GET a/b", "Host: h"],
  ["a fragment", "GET /a#b", "Host: h"],
])(
  "makeServer() answers 400 to %s, and goes on",
  async (_what, start, headers) => {
    const paths: string[] = [];
    await using serving = serve((environ, startResponse) => {
      paths.push(environ.PATH_INFO);
      startResponse("200 OK", TEXT);
      return [];
    });
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
