/**
 * Exchanges that Python's validators judge. The kit has a case for each variable
 * and header; here a few of every kind must satisfy Python.
 *
 * wsgiref.validate warns about every unknown method, such as PROPFIND, demands a
 * Content-Type in every response except 204 and 304, and rejects a tab in a
 * value and a dot in a name. Lint warns about every readline() and every read()
 * without a size, and demands an absolute Location.
 *
 * @module
 */

import { fromBytes } from "../../wsgi/byte_string.ts";

/** A request and its response. All strings are ByteStrings. */
export interface Exchange {
  /** The subject, for the name of the test. */
  readonly what: string;
  /** Which application of judged_apps.py answers: `show` by default. */
  readonly app?: string;
  readonly method?: string;
  readonly target?: string;
  readonly version?: string;
  /** Header lines. */
  readonly headers?: readonly string[];
  /** A body that is sent with its length, or in chunks. */
  readonly body?: string | readonly string[];

  /** The status, 200 by default. */
  readonly status?: number;
  /** The body of the response; `show` returns the bytes that it has read. */
  readonly text?: string;
  /** Whether the response is broken off. */
  readonly isCut?: boolean;
  /** The text sent to wsgi.errors; none by default. */
  readonly log?: RegExp;
  /** A message of a judge of Python that is wrong. */
  readonly wrong?: string;
}

/** Creates the bytes of a request. */
export function toRequest(exchange: Exchange): string {
  const { method = "GET", target = "/", version = "HTTP/1.1" } = exchange;
  const { app, headers = [], body } = exchange;
  const lines = [`${method} ${target} ${version}`, ...headers];
  if (version === "HTTP/1.1") lines.push("Host: example.com:8080");
  if (app !== undefined) lines.push(`X-App: ${app}`);
  if (typeof body === "string") lines.push(`Content-Length: ${body.length}`);
  else if (body !== undefined) lines.push("Transfer-Encoding: chunked");
  const content = typeof body === "object"
    ? [...body, ""].map((chunk) =>
      `${chunk.length.toString(16)}\r\n${chunk}\r\n`
    ).join("")
    : body ?? "";
  return `${lines.join("\r\n")}\r\n\r\n${content}`;
}

const ALL_BYTES = fromBytes(Uint8Array.from({ length: 256 }, (_, i) => i));
const MEGABYTE = "0123456789abcdef".repeat(65_536);
const FORM = "Content-Type: application/x-www-form-urlencoded";
const WITHOUT_SLASH = /AssertionError: PATH_INFO doesn't start with \/: '\*'\n/;

/** A request with a body, to the application `show` or another. */
function post(
  what: string,
  body: string | readonly string[],
  app?: string,
  text?: string,
): Exchange {
  const sent = typeof body === "string" ? body : body.join("");
  const answer = { what, method: "POST", body, text: text ?? sent };
  return app === undefined ? answer : { ...answer, app };
}

const REQUESTS: readonly Exchange[] = [
  { what: "GET" },
  { what: "HEAD", method: "HEAD" },
  ...["PUT", "PATCH", "DELETE", "OPTIONS"].map((method) => ({
    ...post(method, "some"),
    method,
  })),
  {
    what: "the wsgi.* variables",
    app: "types",
    text: "version (1, 0)\nurl_scheme 'http'\nmultithread False\n" +
      "multiprocess False\nrun_once False\n",
  },
  { what: "escaped UTF-8", target: "/caf%C3%A9/%E2%82%AC" },
  {
    what: "raw UTF-8",
    target: "/caf\xc3\xa9",
    status: 400,
    text: "400 Bad Request\n",
    log: /^Refused a request from 127\.0\.0\.1 with 400: /,
  },
  { what: "a whole URL as target", target: "http://other.example/a?b" },
  {
    // wsgiref.validate rejects a target without a slash.
    what: "OPTIONS *",
    ...{ method: "OPTIONS", target: "*" },
    status: 500,
    text: "500 Internal Server Error\n",
    log: WITHOUT_SLASH,
  },
  { what: "an empty query", target: "/?" },
  {
    what: "a query with all sorts of characters",
    target: "/?a=1&a=%20+&%C3%A9=%e9?b/;:@!$'()*,~[]|\\^`{}",
  },
  { ...post("a form", "a=1&b=%C3%A9"), headers: [FORM] },
  post("chunks", ["one ", "two ", "three"]),
  post("no chunk", []),
  post("an empty body", ""),
  { what: "POST without a body", method: "POST" },
  { ...post("every byte", ALL_BYTES), method: "PUT" },
  post("a big body", MEGABYTE, "echo"),
  post("a big body in chunks", Array(16).fill(MEGABYTE.slice(0, 65e3)), "echo"),
  post("a body in pieces", "abcdefgh", "pieces", "abc|def|gh"),
  post("a body in lines", "a\r\n\nb\nend", "lines", "a\r\n|\n|b\n|end"),
  post("a read() at the end", "some", "beyond", "[b'', b'', b'']"),
  post("half of a body", "half of it", "half", "half "),
  post("a body that is not read", "some", "unread", "not read"),
  {
    what: "many headers",
    headers: Array.from({ length: 80 }, (_, i) => `X-Header-${i}: ${i}`),
  },
  {
    what: "odd header names",
    headers: ["x.!#$%&'*+^`|~9: odd", "X_App: no", "Proxy: no", "-: dash"],
  },
  {
    what: "bytes in a header",
    app: "header",
    headers: ["X-Bytes: caf\xc3\xa9 \x80\xe9\xff"],
    text: "caf\xc3\xa9 \x80\xe9\xff",
  },
  {
    what: "an empty header, and one with spaces around",
    headers: ["X-Empty:", "X-Spaces: \t a  b \t "],
  },
  { what: "HTTP/1.0 without Host", version: "HTTP/1.0" },
];

type Header = [name: string, value: string];

const TEXT: Header = ["Content-Type", "text/plain"];
const LENGTH: Header = ["Content-Length", "6"];
const RANGE: Header = ["Content-Range", "bytes 1-3/9"];

/** A response that the application `response` creates. */
function response(
  status: string,
  headers: readonly Header[],
  chunks: readonly string[],
  more: Partial<Exchange> = {},
): Exchange {
  return {
    what: status,
    app: "response",
    status: Number(status.slice(0, 3)),
    text: chunks.join(""),
    ...more,
    headers: [
      `X-Response: ${JSON.stringify([status, headers, chunks])}`,
      ...more.headers ?? [],
    ],
  };
}

const STATUSES: readonly Exchange[] = [
  response("201 Created", [TEXT, ["Location", "http://a.example/1"]], ["made"]),
  response("204 No Content", [], [], {
    // RFC 9110 section 8.6 forbids the length that Lint demands.
    wrong: "HTTPWarning: 204 responses must have an empty content length.",
  }),
  response("206 Partial Content", [TEXT, RANGE], ["abc"], {
    headers: ["Range: bytes=1-3"],
  }),
  response("299 Fine, thanks", [TEXT], ["fine"]),
  response("302 Found", [TEXT, ["Location", "http://a.example/b?c=d"]], ["b"]),
  response("303 See Other", [
    TEXT,
    ["Location", "http://example.com/"],
    ["Content-Length", "0"],
  ], []),
  response("304 Not Modified", [["ETag", '"abc"']], [], {
    headers: ['If-None-Match: "abc"'],
  }),
  response("404 Not Found", [TEXT], ["not ", "here"]),
  response("405 Method Not Allowed", [TEXT, ["Allow", "POST, PUT"]], ["no"]),
  response("503 Service Unavailable", [TEXT, ["Retry-After", "60"]], ["later"]),
];

const MANY = Array.from(
  { length: 60 },
  (_, i): Header => [`X-Header-${i}`, String(i)],
);
const SIGNS = "\"',;=()<>@[]{}?/\\ ~";
const COOKIES: Header[] = [["Set-Cookie", "a=1"], ["Set-Cookie", "b=2"]];

const HEADERS: readonly Exchange[] = [
  response("200 OK", [TEXT, ...MANY], ["many"], { what: "many fields" }),
  response("200 OK", [TEXT, ...COOKIES], ["two"], { what: "repeated fields" }),
  response("200 OK", [TEXT, ["x9_-Y", ""], ["X-Signs", SIGNS]], ["odd"], {
    what: "odd fields",
  }),
  response("200 OK", [TEXT, LENGTH], ["ab", "", "cd", "ef"], {
    what: "chunks of a list",
  }),
  response("200 OK", [TEXT], [], { what: "an empty list" }),
  response("404 Not Found", [TEXT], [], {
    what: "404 to HEAD",
    method: "HEAD",
  }),
  response("200 OK", [TEXT, LENGTH], [], {
    what: "a Content-Length to HEAD",
    method: "HEAD",
    // RFC 9110 section 9.3.2 lets HEAD have the length of GET.
    wrong: "WSGIWarning: Content-Length and the number of bytes sent to the " +
      "client do not match.",
  }),
];

const LATE = /^PythonError: [^]*\n *ValueError: late\n/;
const UNHANDLED = /^PythonError: [^]*\n *LookupError: not handled\n/;

/** Applications of judged_apps.py, and their answers. */
const APPS: readonly Exchange[] = [
  { what: "a generator", app: "generator", text: "one two three" },
  { what: "empty chunks", app: "empty-chunks", text: "ab" },
  { what: "a generator of nothing", app: "nothing", text: "" },
  { what: "a generator to HEAD", app: "generator", method: "HEAD", text: "" },
  { what: "an instance", app: "instance", text: "closed before: 0" },
  { what: "a file", app: "wrapped-file", text: "file ".repeat(20_000) },
  { what: "a big response", app: "big", text: "x".repeat(4_194_304) },
  { what: "write()", app: "written", text: "one two three" },
  {
    what: "write() and a body",
    app: "written-and-yielded",
    text: "written yiel",
  },
  {
    what: "a stream over HTTP/1.0",
    ...{ app: "generator", version: "HTTP/1.0", text: "one two three" },
  },
  {
    what: "wsgi.errors",
    ...{ app: "errors", text: "logged" },
    log: /^printed 1\nwritt€n\ntwo\nlines\n$/,
  },
  ...["error-page", "error-page-of-generator"].map((app) => ({
    ...{ what: app, app, status: 500, text: "error page" },
  })),
  {
    what: "an error that is not handled",
    ...{ app: "failing", status: 500, text: "500 Internal Server Error\n" },
    log: UNHANDLED,
  },
  // Responses that break off.
  ...[
    ["too-late", LATE],
    ["too-late-for-write", LATE],
    ["failing-midway", UNHANDLED],
  ].map(([app, log]) =>
    ({ what: app, app, isCut: true, text: "begun", log }) as Exchange
  ),
];

/** All exchanges. */
export const EXCHANGES: readonly Exchange[] = [
  ...REQUESTS,
  ...STATUSES,
  ...HEADERS,
  ...APPS,
];
