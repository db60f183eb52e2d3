import { assertEquals, assertThrows } from "@std/assert";
import { createFetchEnviron } from "../../../gateway/fetch/environ.ts";
import { RequestError } from "../../../http1/request_error.ts";
import type { Environ } from "../../../wsgi/types.ts";

/** Makes an environ of headers as they come in, one by one. */
function environOf(...lines: [name: string, value: string][]): Environ {
  const headers = new Headers();
  for (const [name, value] of lines) headers.append(name, value);
  const request = { method: "POST", url: "http://h/", headers, body: null };
  const signal = () => new AbortController().signal;
  return createFetchEnviron(request as Request, undefined, signal, {});
}

// environ-http-repeated. Iterating Headers gives each Set-Cookie by itself.
Deno.test("createFetchEnviron() joins the values of a repeated Set-Cookie, too", () => {
  const environ = environOf(["Set-Cookie", "a"], ["set-cookie", "b"]);
  assertEquals(environ.HTTP_SET_COOKIE, "a, b");
});

// server-bad-length, server-bad-type. Iterating Deno's Headers drops a first
// value that is empty.
Deno.test.each([
  ["Content-Length", "", "5"],
  ["Content-Length", "5", ""],
  ["Content-Length", "5", "5"],
  ["Content-Type", "", "text/plain"],
  ["Content-Type", "text/plain", ""],
])(
  "createFetchEnviron() refuses two headers %s, with %j and %j",
  (name, ...values) => {
    assertThrows(
      () =>
        environOf(...values.map((value): [string, string] => [name, value])),
      RequestError,
    );
  },
);
