// That a slow model agrees for any request is in environ_property_test.ts.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { toFetchHandler } from "../../../gateway/fetch/fetch.ts";
import { StderrStream } from "../../../wsgi/error_stream.ts";
import { RequestError } from "../../../http1/request_error.ts";
import { answering } from "../recording_transport.ts";
import { environOf } from "./environ_of.ts";

/** Gives the status with which an environ of these headers is refused. */
function refusal(headers: HeadersInit): number {
  return assertThrows(() => environOf({ headers }), RequestError).status;
}

Deno.test("createFetchEnviron() makes variables of headers with unusual names", () => {
  const headers = {
    "a.b!|~^`#$%&'*+": "1",
    "X-Forwarded-Proto": "https",
    "X-Empty": "",
    "Content-Type": "",
    HTTPS: "on",
  };
  const environ = environOf({ headers });
  assertEquals(environ["HTTP_A.B!|~^`#$%&'*+"], "1");
  assertEquals(environ.HTTP_X_FORWARDED_PROTO, "https");
  assertEquals(environ.HTTP_X_EMPTY, "");
  assertEquals("CONTENT_TYPE" in environ, false);
  assertEquals([environ.HTTP_HTTPS, environ.HTTPS], ["on", undefined]);
});

Deno.test.each([
  ["", 400],
  ["chunked, chunked", 400],
  ["chunked, gzip", 400],
  ["gzip", 501],
  ["gzip, chunked", 501],
])(
  "createFetchEnviron() refuses Transfer-Encoding: %s with %i",
  (value, status) => {
    assertEquals(refusal({ "Transfer-Encoding": value }), status);
  },
);

Deno.test("createFetchEnviron() takes the coding chunked in any case of letters", () => {
  const { HTTP_TRANSFER_ENCODING } = environOf({
    headers: { "Transfer-Encoding": "Chunked" },
  });
  assertEquals(HTTP_TRANSFER_ENCODING, undefined);
});

// server-bad-length, server-bad-type. Iterating Deno's Headers drops a first
// value that is empty.
Deno.test.each([
  ["Content-Length", "", "5"],
  ["Content-Length", "5", ""],
  ["Content-Length", "5", "5"],
  ["Content-Type", "", "text/plain"],
  ["Content-Type", "text/plain", ""],
  ["Content-Type", 'a/b; c="d"', "e/f"],
])(
  "createFetchEnviron() refuses two headers %s, with %j and %j",
  (name, ...values) => {
    assertEquals(refusal(values.map((value) => [name, value])), 400);
  },
);

// environ-http-repeated. Iterating Headers gives each Set-Cookie by itself.
Deno.test("createFetchEnviron() joins the values of a repeated Set-Cookie, too", () => {
  const environ = environOf({
    headers: [["Set-Cookie", "a"], ["set-cookie", "b"]],
  });
  assertEquals(environ.HTTP_SET_COOKIE, "a, b");
});

Deno.test.each<[Record<string, string>, string]>([
  [{ host: "a/<b>" }, "400 Bad Request"],
  [{ "content-length": "5, 5" }, "400 Bad Request"],
  [{ "content-length": "11" }, "413 Content Too Large"],
  [{ expect: "100-continue, x" }, "417 Expectation Failed"],
])(
  "toFetchHandler() answers headers %j without a call with %s",
  async (headers, line) => {
    let calls = 0;
    const app = answering(() => (calls++, []));
    const lines: string[] = [];
    const errors = new StderrStream((text) => void lines.push(text));
    const handler = toFetchHandler(app, {
      maxRequestBodySize: 10,
      environ: { "wsgi.errors": errors },
    });
    const info = { remoteAddr: { hostname: "192.0.2.1" } };
    const request = new Request("http://h/");
    // A constructor would drop Expect.
    Object.defineProperty(request, "headers", { value: new Headers(headers) });
    const response = await handler(request, info);
    assertEquals(await response.text(), `${line}\n`);
    assertEquals([`${response.status}`, calls], [line.slice(0, 3), 0]);
    assertEquals(lines.length, 1);
    const start = `Refused a request from 192.0.2.1 with ${response.status}: `;
    assert(lines[0]?.startsWith(start), lines[0]);
  },
);
