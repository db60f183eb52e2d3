/**
 * Responses that judge what the server takes.
 *
 * Python's validator demands a Content-Type of every response but 204 and 304,
 * of an empty 302, too, and refuses a tab in a value and a dot in a name. Lint
 * demands an absolute Location. So that is what the applications send.
 */

import type { Judged } from "./judged.ts";

type Header = [name: string, value: string];

const TEXT: Header = ["Content-Type", "text/plain"];
const JPEG: Header = ["Content-Type", "image/jpeg"];

/** A row whose response is that of the application `response`. */
function row(
  status: string,
  headers: readonly Header[],
  chunks: readonly string[],
  judged: Partial<Judged> = {},
): Judged {
  const response = JSON.stringify([status, headers, chunks]);
  return {
    what: status,
    app: "response",
    status: Number(status.slice(0, 3)),
    text: chunks.join(""),
    ...judged,
    headers: [`X-Response: ${response}`, ...judged.headers ?? []],
  };
}

const STATUSES: readonly Judged[] = [
  row("201 Created", [TEXT, ["Location", "http://example.com/1"]], ["made"]),
  row("204 No Content", [], [], {
    // RFC 9110 section 8.6 forbids what Lint demands.
    wrong: "HTTPWarning: 204 responses must have an empty content length.",
  }),
  row(
    "206 Partial Content",
    [JPEG, ["Content-Range", "bytes 1-3/9"], ["Content-Length", "3"]],
    ["abc"],
    { headers: ["Range: bytes=1-3"] },
  ),
  row("299 Fine, thanks", [TEXT], ["fine"]),
  row(
    "302 Found",
    [TEXT, ["Location", "http://example.com/next?a=b"]],
    ["next"],
    { fields: { location: ["http://example.com/next?a=b"] } },
  ),
  row(
    "303 See Other",
    [TEXT, ["Location", "http://example.com/"], ["Content-Length", "0"]],
    [],
    { fields: { "content-length": ["0"] } },
  ),
  row(
    "304 Not Modified",
    [["ETag", '"abc"'], ["Cache-Control", "no-cache"]],
    [],
    { headers: ['If-None-Match: "abc"'], fields: { etag: ['"abc"'] } },
  ),
  row("404 Not Found", [TEXT], ["not ", "here"]),
  row("405 Method Not Allowed", [TEXT, ["Allow", "POST, PUT"]], ["no"]),
  row("503 Service Unavailable", [TEXT, ["Retry-After", "60"]], ["later"]),
];

const MANY = Array.from(
  { length: 60 },
  (_, i): Header => [`X-Header-${i}`, String(i)],
);
const SIGNS = "\"',;=()<>@[]{}?/\\ ~";

const HEADERS: readonly Judged[] = [
  row("200 OK", [TEXT, ...MANY], ["many"], {
    what: "many headers of a response",
    fields: { "x-header-0": ["0"], "x-header-59": ["59"] },
  }),
  row(
    "200 OK",
    [TEXT, ["Set-Cookie", "a=1; Path=/"], ["Set-Cookie", "b=2"]],
    ["two"],
    {
      what: "repeated headers of a response",
      fields: { "set-cookie": ["a=1; Path=/", "b=2"] },
    },
  ),
  row("200 OK", [TEXT, ["x9_-Y", ""], ["X-Signs", SIGNS]], ["odd"], {
    what: "odd headers of a response",
    fields: { "x9_-y": [""], "x-signs": [SIGNS] },
  }),
  row("200 OK", [TEXT, ["Content-Length", "6"]], ["ab", "", "cd", "ef"], {
    what: "chunks of a list",
    fields: { "content-length": ["6"] },
  }),
  row("200 OK", [TEXT], [], { what: "an empty list" }),
  row("404 Not Found", [TEXT], [], { what: "404 to HEAD", method: "HEAD" }),
  row("200 OK", [TEXT, ["Content-Length", "6"]], [], {
    what: "a Content-Length to HEAD",
    method: "HEAD",
    fields: { "content-length": ["6"] },
    // RFC 9110 section 9.3.2 lets HEAD have the length of GET.
    wrong: "WSGIWarning: Content-Length and the number of bytes sent to the " +
      "client do not match.",
  }),
];

const BODIES: readonly Judged[] = [
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
    fields: { "content-length": ["12"] },
  },
  {
    what: "a stream over HTTP/1.0",
    app: "generator",
    version: "HTTP/1.0",
    text: "one two three",
  },
  {
    what: "wsgi.errors",
    app: "errors",
    text: "logged",
    log: /^printed 1\nwritt€n\ntwo\nlines\n$/,
  },
];

const LATE = /^PythonError: [^]*\n *ValueError: late\n/;
const UNHANDLED = /^PythonError: [^]*\n *LookupError: not handled\n/;

/** A row whose response breaks off. */
function cut(what: string, app: string, log: RegExp): Judged {
  return { what, app, isCut: true, text: "begun", log };
}

/** A row whose response is the page of an error. */
function failed(what: string, app: string, more: Partial<Judged> = {}): Judged {
  return { what, app, status: 500, text: "error page", ...more };
}

const ERRORS: readonly Judged[] = [
  failed("an error page", "error-page", {
    fields: { "x-new": ["2"], "x-old": [] },
  }),
  failed("an error page of a generator", "error-page-of-generator"),
  cut("an error page that is too late", "too-late", LATE),
  cut("an error page too late for write()", "too-late-for-write", LATE),
  failed("an error that nobody handles", "failing", {
    text: "500 Internal Server Error\n",
    log: UNHANDLED,
  }),
  cut("an error in the middle of a body", "failing-midway", UNHANDLED),
];

/** Responses that judge what the server takes. */
export const RESPONSES: readonly Judged[] = [
  ...STATUSES,
  ...HEADERS,
  ...BODIES,
  ...ERRORS,
];
