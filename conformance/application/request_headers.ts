/**
 * Cases: request headers as clients send them.
 *
 * @module
 */

import type { HeaderTuple } from "../../wsgi/types.ts";
import type { ApplicationCase } from "./client.ts";
import type { KitRequest } from "./request.ts";

/** Creates a case that sends GET requests with unusual headers. */
function header(
  name: string,
  title: string,
  variants: readonly (readonly HeaderTuple[])[],
  spec = "environ-http-headers",
): ApplicationCase {
  return {
    id: `application/${name}`,
    spec,
    title,
    async run(client, target): Promise<void> {
      for (const headers of variants) {
        const { isHung } = await client.send({ target, headers });
        // If the application hangs once, it will hang again.
        if (isHung) return;
      }
    },
  };
}

/** Creates a case that sends one GET for each value of a header. */
function values(
  name: string,
  title: string,
  field: string,
  list: readonly string[],
  spec?: string,
): ApplicationCase {
  return header(name, title, list.map((value) => [[field, value]]), spec);
}

/** The cases about request headers. */
export const HEADER_CASES: readonly ApplicationCase[] = [
  header(
    "header-latin1",
    "Header values with bytes beyond ASCII get a complete response",
    [[["User-Agent", "caf\xe9/1.0 \xff\x80"], ["X-Name", "\xc3\xa9\xfe"]]],
    "environ-bytestring",
  ),
  header(
    "header-empty",
    "Empty header values get a complete response",
    [[
      ["Accept", ""],
      ["Cookie", ""],
      ["User-Agent", ""],
      ["Referer", ""],
      ["Authorization", ""],
      ["If-None-Match", ""],
      ["Range", ""],
    ]],
  ),
  header(
    "header-long",
    "A header value of 8 KiB gets a complete response",
    [[["X-Long", "a".repeat(8192)]]],
  ),
  header(
    "header-many",
    "A hundred headers get a complete response",
    [Array.from({ length: 100 }, (_, i) => [`X-Header-${i}`, String(i)])],
  ),
  header(
    "header-special",
    "Headers named like members of an object get a complete response",
    [[["Constructor", "1"], ["ToString", "1"], ["-proto-", "1"]]],
  ),
  values(
    "cookie-malformed",
    "Malformed cookies get a complete response",
    "Cookie",
    ['=;;a;=b; c=%zz%ff; d="e; __proto__=1; f==; \xe9=1,g=2', ";", "a=%"],
  ),
  values(
    "accept-odd",
    "A malformed Accept gets a complete response",
    "Accept",
    [";q=,*/*;q=2, text/;q=0.0000, /html", ",,,", "text/html;q=abc"],
  ),
  values(
    "accept-encoding-odd",
    "Odd content codings in Accept-Encoding get a complete response",
    "Accept-Encoding",
    ["gzip;q=x, *;q=0", "identity;q=0", "GZIP, br;q=1.5,"],
  ),
  values(
    "accept-language-odd",
    "A malformed Accept-Language gets a complete response",
    "Accept-Language",
    ["*, -, en-, ;q=1, \xe9", "x".repeat(300)],
  ),
  values(
    "authorization-odd",
    "Malformed credentials get a complete response",
    "Authorization",
    ["Basic", "Basic !!!", "Basic YQ==", "Basic //8=", "Bearer", "\xe9 \xff"],
  ),
  values(
    "host-odd",
    "A Host that names another server gets a complete response",
    "Host",
    ["[::1]:8000", "example.com:65535", "xn--caf-dma.example", "a_b.example"],
    "environ-http-host",
  ),
  header(
    "forwarded-odd",
    "Forwarding headers from an unknown client get a complete response",
    [[
      ["Forwarded", 'for="[::1";proto=;by'],
      ["X-Forwarded-For", "unknown, , 300.1.1.1"],
      ["X-Forwarded-Proto", "gopher"],
      ["X-Forwarded-Host", "a,b"],
      ["X-Forwarded-Port", "http"],
    ]],
  ),
  values(
    "if-none-match",
    "If-None-Match gets a complete response, and a 304 has no body",
    "If-None-Match",
    ["*", '"a", W/"b"', "unquoted", '"'],
    "app-http-features",
  ),
  values(
    "if-match",
    "If-Match gets a complete response",
    "If-Match",
    ["*", '"no-such-tag"', "W/"],
    "app-http-features",
  ),
  values(
    "if-modified-since",
    "If-Modified-Since gets a complete response, even if it is not a date",
    "If-Modified-Since",
    [
      "Thu, 01 Jan 1970 00:00:00 GMT",
      "Fri, 31 Dec 9999 23:59:59 GMT",
      "yesterday",
      "-1",
    ],
    "app-http-features",
  ),
  values(
    "range",
    "Range gets a complete response, and a 206 has its headers",
    "Range",
    ["bytes=0-0", "bytes=-1", "bytes=0-", "bytes=0-0,2-3"],
    "http-206-range",
  ),
  values(
    "range-odd",
    "A Range that is malformed or cannot be satisfied gets a complete response",
    "Range",
    [
      "bytes=9-1",
      "bytes=99999999999-",
      "bytes=-0",
      "bytes=a-b",
      "lines=1-2",
      "bytes=99999999999999999999-",
    ],
    "http-206-range",
  ),
  {
    id: "application/range-length",
    spec: "http-206-range",
    title: "A response with status 206 has the bytes that Content-Range names",
    async run(client, target): Promise<string | void> {
      const request: KitRequest = { target, headers: [["Range", "bytes=1-2"]] };
      const { code, headers, body } = await client.send(request);
      const [, value = ""] =
        headers.find(([name]) => name.toLowerCase() === "content-range") ?? [];
      const named = /^bytes ([0-9]+)-([0-9]+)\//.exec(value);
      if (code !== 206 || named === null) return "no response with status 206";
      const expected = Number(named[2]) - Number(named[1]) + 1;
      if (body.length !== expected) {
        client.fail(
          request,
          `the body must have ${expected} bytes as Content-Range says, got ${body.length}`,
        );
      }
    },
  },
  {
    id: "application/own-etag",
    spec: "app-http-features",
    title:
      "ETag and Last-Modified of a response can be sent back as conditions",
    async run(client, target): Promise<string | void> {
      const { headers } = await client.send({ target });
      const conditions: HeaderTuple[] = [];
      for (const [name, value] of headers) {
        const lower = name.toLowerCase();
        if (lower === "etag") conditions.push(["If-None-Match", value]);
        if (lower === "last-modified") {
          conditions.push(["If-Modified-Since", value]);
        }
      }
      if (conditions.length === 0) return "neither ETag nor Last-Modified";
      const request = { target, headers: conditions };
      const { code } = await client.send(request);
      if (code !== 304 && code !== 200) {
        client.fail(request, `the status must be 304 or 200, got ${code}`);
      }
    },
  },
];
