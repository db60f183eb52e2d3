/**
 * Requests that judge what the server hands in, of every kind one or two: each
 * single rule of the environ has a case in the kit.
 *
 * Python's validator warns of every method that it does not know, PROPFIND for
 * one, so only those that it knows are here. Lint warns of every readline() and
 * of a read() without a size; the applications do without them.
 */

import { fromBytes } from "../../wsgi/byte_string.ts";
import type { Judged } from "./judged.ts";

const ALL_BYTES = fromBytes(Uint8Array.from({ length: 256 }, (_, i) => i));
const MEGABYTE = "0123456789abcdef".repeat(65_536);
const FORM = "Content-Type: application/x-www-form-urlencoded";

const METHODS: readonly Judged[] = [
  { what: "GET", environ: { REQUEST_METHOD: "GET", SCRIPT_NAME: "" } },
  { what: "HEAD", method: "HEAD", text: "" },
  ...["POST", "PUT", "PATCH", "DELETE", "OPTIONS"].map((method) => ({
    what: method,
    method,
    body: "some",
    environ: { REQUEST_METHOD: method, CONTENT_LENGTH: "4" },
    input: "some",
  })),
  {
    what: "the wsgi.* variables",
    app: "types",
    text: "version (1, 0)\nurl_scheme 'http'\nmultithread False\n" +
      "multiprocess False\nrun_once False\n",
  },
];

const TARGETS: readonly Judged[] = [
  {
    what: "escaped UTF-8",
    target: "/caf%C3%A9/%E2%82%AC",
    environ: { PATH_INFO: "/caf\xc3\xa9/\xe2\x82\xac" },
  },
  {
    what: "raw UTF-8",
    target: "/caf\xc3\xa9",
    status: 400,
    text: "400 Bad Request\n",
    log: /^Refused a request from 127\.0\.0\.1 with 400: /,
  },
  {
    what: "a whole URL as target",
    target: "http://other.example/a?b",
    environ: { PATH_INFO: "/a", QUERY_STRING: "b", REQUEST_URI: "/a?b" },
  },
  {
    // wsgiref.validate knows no target without a slash, and refuses it.
    what: "OPTIONS *",
    method: "OPTIONS",
    target: "*",
    status: 500,
    text: "500 Internal Server Error\n",
    log: /AssertionError: PATH_INFO doesn't start with \/: '\*'\n/,
  },
  { what: "an empty query", target: "/?", environ: { QUERY_STRING: "" } },
  {
    what: "a query with all sorts of signs",
    target: "/?a=1&a=%20+&%C3%A9=%e9?b/;:@!$'()*,~[]|\\^`{}",
    environ: { PATH_INFO: "/" },
  },
];

/** A row in which an application answers to a body. */
function posted(what: string, app: string, body: string, text: string): Judged {
  return { what, app, method: "POST", body, text };
}

const BODIES: readonly Judged[] = [
  {
    what: "a form",
    method: "POST",
    headers: [FORM],
    body: "a=1&b=%C3%A9",
    environ: { CONTENT_TYPE: "application/x-www-form-urlencoded" },
    input: "a=1&b=%C3%A9",
  },
  {
    what: "chunks",
    method: "POST",
    chunks: ["one ", "two ", "three"],
    environ: { HTTP_TRANSFER_ENCODING: undefined },
    input: "one two three",
  },
  { what: "no chunk", method: "POST", chunks: [], input: "" },
  {
    what: "an empty body",
    method: "POST",
    body: "",
    environ: { CONTENT_LENGTH: "0" },
    input: "",
  },
  { what: "POST without a body", method: "POST", input: "" },
  { what: "every byte", method: "PUT", body: ALL_BYTES, input: ALL_BYTES },
  posted("a big body", "echo", MEGABYTE, MEGABYTE),
  {
    what: "a big body in chunks",
    app: "echo",
    method: "POST",
    chunks: Array(16).fill(MEGABYTE.slice(0, 65_000)),
    text: MEGABYTE.slice(0, 65_000).repeat(16),
  },
  posted("a body in pieces", "pieces", "abcdefgh", "abc|def|gh"),
  posted(
    "a body in lines",
    "lines",
    "one\r\n\ntwo\nend",
    "one\r\n|\n|two\n|end",
  ),
  posted("reading on at the end", "beyond", "some", "[b'', b'', b'']"),
  posted("half of a body", "half", "half of it", "half "),
  posted("a body that is not read", "unread", "some", "not read"),
];

const HEADERS: readonly Judged[] = [
  {
    what: "many headers",
    headers: Array.from({ length: 80 }, (_, i) => `X-Header-${i}: ${i}`),
    environ: { HTTP_X_HEADER_0: "0", HTTP_X_HEADER_79: "79" },
  },
  {
    what: "odd header names",
    headers: ["x.!#$%&'*+^`|~9: odd", "X_App: no", "Proxy: no", "-: dash"],
    environ: { HTTP_X_APP: undefined, HTTP_PROXY: undefined },
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
    environ: { HTTP_X_SPACES: "a  b" },
  },
  {
    what: "HTTP/1.0 without Host",
    version: "HTTP/1.0",
    environ: { HTTP_HOST: undefined },
  },
];

/** Requests that judge what the server hands in. */
export const REQUESTS: readonly Judged[] = [
  ...METHODS,
  ...TARGETS,
  ...BODIES,
  ...HEADERS,
];
