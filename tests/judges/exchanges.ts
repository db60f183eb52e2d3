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
const FIELDS = Array.from({ length: 80 }, (_, i) => `X-Header-${i}: ${i}`);
const WITHOUT_SLASH = /AssertionError: PATH_INFO doesn't start with \/: '\*'\n/;

/** Exchanges by their subjects. */
type Exchanges = Readonly<Record<string, Omit<Exchange, "what">>>;

/** A request with a body, to the application `show` or another. */
function post(
  body: string | readonly string[],
  app?: string,
  text: string = [body].flat().join(""),
): Exchanges[string] {
  return { method: "POST", body, text, ...app !== undefined && { app } };
}

const REQUESTS: Exchanges = {
  "GET": {},
  "HEAD": { method: "HEAD" },
  "PUT": { ...post("some"), method: "PUT" },
  "PATCH": { ...post("some"), method: "PATCH" },
  "DELETE": { ...post("some"), method: "DELETE" },
  "OPTIONS": { ...post("some"), method: "OPTIONS" },
  "the wsgi.* variables": {
    app: "types",
    text:
      "version (1, 0)\nurl_scheme 'http'\nmultithread False\nmultiprocess False\nrun_once False\n",
  },
  "escaped UTF-8": { target: "/caf%C3%A9/%E2%82%AC" },
  "raw UTF-8": {
    ...{ target: "/caf\xc3\xa9", status: 400, text: "400 Bad Request\n" },
    log: /^Refused a request from 127\.0\.0\.1 with 400: /,
  },
  "a whole URL as target": { target: "http://other.example/a?b" },
  // wsgiref.validate rejects a target without a slash.
  "OPTIONS *": {
    ...{ method: "OPTIONS", target: "*", status: 500 },
    text: "500 Internal Server Error\n",
    log: WITHOUT_SLASH,
  },
  "an empty query": { target: "/?" },
  "a query with all sorts of characters": {
    target: "/?a=1&a=%20+&%C3%A9=%e9?b/;:@!$'()*,~[]|\\^`{}",
  },
  "a form": { ...post("a=1&b=%C3%A9"), headers: [FORM] },
  "chunks": post(["one ", "two ", "three"]),
  "no chunk": post([]),
  "an empty body": post(""),
  "POST without a body": { method: "POST" },
  "every byte": { ...post(ALL_BYTES), method: "PUT" },
  "a big body": post(MEGABYTE, "echo"),
  "a big body in chunks": post(
    Array<string>(16).fill(MEGABYTE.slice(0, 65e3)),
    "echo",
  ),
  "a body in pieces": post("abcdefgh", "pieces", "abc|def|gh"),
  "a body in lines": post("a\r\n\nb\nend", "lines", "a\r\n|\n|b\n|end"),
  "a read() at the end": post("some", "beyond", "[b'', b'', b'']"),
  "half of a body": post("half of it", "half", "half "),
  "a body that is not read": post("some", "unread", "not read"),
  "many headers": { headers: FIELDS },
  "odd header names": {
    headers: ["x.!#$%&'*+^`|~9: odd", "X_App: no", "Proxy: no", "-: dash"],
  },
  "bytes in a header": {
    app: "header",
    headers: ["X-Bytes: caf\xc3\xa9 \x80\xe9\xff"],
    text: "caf\xc3\xa9 \x80\xe9\xff",
  },
  "an empty header, and one with spaces around": {
    headers: ["X-Empty:", "X-Spaces: \t a  b \t "],
  },
  "HTTP/1.0 without Host": { version: "HTTP/1.0" },
};

type Header = [name: string, value: string];

const TEXT: Header = ["Content-Type", "text/plain"];
const LENGTH: Header = ["Content-Length", "6"];
const LOCATION: Header = ["Location", "http://a.example/b?c=d"];
const RANGE: Header = ["Content-Range", "bytes 1-3/9"];

/** A response that the application `response` creates. */
function response(
  status: string,
  headers: readonly Header[],
  chunks: readonly string[],
  more: Exchanges[string] = {},
): Exchanges[string] {
  return {
    ...{ app: "response", status: Number(status.slice(0, 3)) },
    text: chunks.join(""),
    ...more,
    headers: [
      `X-Response: ${JSON.stringify([status, headers, chunks])}`,
      ...more.headers ?? [],
    ],
  };
}

const STATUSES: readonly Parameters<typeof response>[] = [
  ["201 Created", [TEXT, LOCATION], ["made"]],
  ["204 No Content", [], [], {
    // RFC 9110 section 8.6 forbids the length that Lint demands.
    wrong: "HTTPWarning: 204 responses must have an empty content length.",
  }],
  ["206 Partial Content", [TEXT, RANGE], ["abc"], {
    headers: ["Range: bytes=1-3"],
  }],
  ["299 Fine, thanks", [TEXT], ["fine"]],
  ["302 Found", [TEXT, LOCATION], ["b"]],
  ["303 See Other", [TEXT, LOCATION, ["Content-Length", "0"]], []],
  ["304 Not Modified", [["ETag", '"abc"']], [], {
    headers: ['If-None-Match: "abc"'],
  }],
  ["404 Not Found", [TEXT], ["not ", "here"]],
  ["405 Method Not Allowed", [TEXT, ["Allow", "POST, PUT"]], ["no"]],
  ["503 Service Unavailable", [TEXT, ["Retry-After", "60"]], ["later"]],
];

const MANY = FIELDS.slice(0, 60).map((line) => line.split(": ") as Header);
const ODD: Header[] = [["x9_-Y", ""], ["X-Signs", "\"',;=()<>@[]{}?/\\ ~"]];
const PARTS = ["ab", "", "cd", "ef"];
const COOKIES: Header[] = [["Set-Cookie", "a=1"], ["Set-Cookie", "b=2"]];

const HEADERS: Exchanges = {
  "many fields": response("200 OK", [TEXT, ...MANY], ["many"]),
  "repeated fields": response("200 OK", [TEXT, ...COOKIES], ["two"]),
  "odd fields": response("200 OK", [TEXT, ...ODD], ["odd"]),
  "chunks of a list": response("200 OK", [TEXT, LENGTH], PARTS),
  "an empty list": response("200 OK", [TEXT], []),
  "404 to HEAD": response("404 Not Found", [TEXT], [], { method: "HEAD" }),
  "a Content-Length to HEAD": response("200 OK", [TEXT, LENGTH], [], {
    method: "HEAD",
    // RFC 9110 section 9.3.2 lets HEAD have the length of GET.
    wrong:
      "WSGIWarning: Content-Length and the number of bytes sent to the client do not match.",
  }),
};

const LATE = /^PythonError: [^]*\n *ValueError: late\n/;
/** A response that breaks off. */
const CUT = { isCut: true, text: "begun" };
const UNHANDLED = /^PythonError: [^]*\n *LookupError: not handled\n/;

/** The answer of two applications of judged_apps.py that handle an error. */
const ERROR_PAGE = { status: 500, text: "error page" };

/** Applications of judged_apps.py, and their answers. */
const APPS: Exchanges = {
  "a generator": { app: "generator", text: "one two three" },
  "empty chunks": { app: "empty-chunks", text: "ab" },
  "a generator of nothing": { app: "nothing", text: "" },
  "a generator to HEAD": { app: "generator", method: "HEAD", text: "" },
  "an instance": { app: "instance", text: "closed before: 0" },
  "a file": { app: "wrapped-file", text: "file ".repeat(20_000) },
  "a big response": { app: "big", text: "x".repeat(4_194_304) },
  "write()": { app: "written", text: "one two three" },
  "write() and a body": { app: "written-and-yielded", text: "written yiel" },
  "a stream over HTTP/1.0": {
    ...{ app: "generator", version: "HTTP/1.0", text: "one two three" },
  },
  "wsgi.errors": {
    ...{ app: "errors", text: "logged" },
    log: /^printed 1\nwritt€n\ntwo\nlines\n$/,
  },
  "error-page": { app: "error-page", ...ERROR_PAGE },
  "error-page-of-generator": { app: "error-page-of-generator", ...ERROR_PAGE },
  "an error that is not handled": {
    ...{ app: "failing", status: 500, text: "500 Internal Server Error\n" },
    log: UNHANDLED,
  },
  "too-late": { app: "too-late", ...CUT, log: LATE },
  "too-late-for-write": { app: "too-late-for-write", ...CUT, log: LATE },
  "failing-midway": { app: "failing-midway", ...CUT, log: UNHANDLED },
};

/** All exchanges. */
export const EXCHANGES: readonly Exchange[] = Object.entries({
  ...REQUESTS,
  ...Object.fromEntries(STATUSES.map((row) => [row[0], response(...row)])),
  ...HEADERS,
  ...APPS,
}).map(([what, exchange]) => ({ what, ...exchange }));
