/**
 * The checks that at least one of the five validators makes or could make, A1 to
 * O6.
 *
 * @module
 */

import type { Rows, Section } from "./row.ts";

const CALLS: Rows = {
  A1: {
    title: "application is a function",
    others: ["–", "–", "–", "E", "E"],
    ours: { rules: ["application/not-callable", "application/class"] },
  },
  A2: {
    title: "called with two arguments",
    others: ["E", "E", "W X", "E", "–"],
    ours: { rules: ["application/arguments", "application/start-response"] },
  },
  A3: {
    title: "no arguments by name",
    others: ["E", "E", "W", "n/a", "n/a"],
    ours: { rules: ["application/arguments"] },
  },
  A4: {
    title: "number of parameters of startResponse",
    others: ["n/a", "n/a", "n/a", "n/a", "n/a"],
    ours: {
      leftOut:
        "`length` of a function stops at the first default and is 0 for rest parameters",
    },
  },
};

const ENVIRON: Rows = {
  B1: {
    title: "environ is a plain dictionary",
    others: ["E", "E", "W", "E", "–"],
    ours: { rules: ["environ/plain-object"] },
  },
  B2: {
    title: "environ can be changed",
    others: ["–", "–", "–", "E", "–"],
    ours: { rules: ["environ/frozen"] },
  },
  B3: {
    title: "keys are strings",
    others: ["X", "X", "–", "E", "n/a"],
    ours: { rules: ["environ/symbol-key"] },
  },
  B4: {
    title: "has `REQUEST_METHOD`",
    others: ["E", "E", "W", "E", "E"],
    ours: { rules: ["environ/missing-request-method"] },
  },
  B5: {
    title: "has `SERVER_NAME`",
    others: ["E", "E", "W", "E", "E"],
    ours: { rules: ["environ/missing-server-name"] },
  },
  B6: {
    title: "has `SERVER_PORT`",
    others: ["E", "E", "W", "–", "E"],
    ours: { rules: ["environ/missing-server-port"] },
  },
  B7: {
    title: "has `SERVER_PROTOCOL`",
    others: ["–", "–", "–", "E", "–"],
    ours: { rules: ["environ/missing-server-protocol"] },
  },
  B8: {
    title: "has `QUERY_STRING`",
    others: ["W", "W", "–", "E", "–"],
    ours: { rules: ["environ/missing-path"] },
  },
  B9: {
    title: "has `SCRIPT_NAME`",
    others: ["X", "–", "–", "–", "E"],
    ours: { rules: ["environ/missing-path"] },
  },
  B10: {
    title: "has `PATH_INFO`",
    others: ["X E", "E", "–", "~", "E"],
    ours: { rules: ["environ/missing-path", "environ/no-path"] },
  },
  B11: {
    title: "has `wsgi.version`",
    others: ["E", "E", "W X", "–", "E"],
    ours: { rules: ["environ/missing-version"] },
  },
  B12: {
    title: "has `wsgi.url_scheme`",
    others: ["X", "X", "–", "E", "E"],
    ours: { rules: ["environ/missing-url-scheme"] },
  },
  B13: {
    title: "has `wsgi.input`",
    others: ["E", "E", "W X", "–", "E"],
    ours: { rules: ["environ/missing-input"] },
  },
  B14: {
    title: "has `wsgi.errors`",
    others: ["E", "E", "W X", "E", "E"],
    ours: { rules: ["environ/missing-errors"] },
  },
  B15: {
    title: "has the flags of threads and processes",
    others: ["E", "E", "W", "–", "E"],
    ours: {
      rules: ["environ/missing-multithread", "environ/missing-multiprocess"],
    },
  },
  B16: {
    title: "has `wsgi.run_once`",
    others: ["E", "E", "W", "–", "E"],
    ours: { rules: ["environ/missing-run-once"] },
  },
  B17: {
    title: "keys that a later version demands",
    others: ["n/a", "n/a", "n/a", "n/a", "E"],
    ours: { leftOut: "there is one version of WSGI, 1.0" },
  },
  B18: {
    title: "no `HTTP_CONTENT_TYPE`, no `HTTP_CONTENT_LENGTH`",
    others: ["E", "E", "–", "E", "E"],
    ours: { rules: ["environ/content-variable"] },
  },
  B19: {
    title: "keys without a dot hold strings",
    others: ["E", "E", "–", "E", "–"],
    ours: { rules: ["environ/string", "environ/undefined"] },
  },
  B20: {
    title: "strings hold bytes",
    others: ["–", "–", "–", "E", "–"],
    ours: { rules: ["environ/bytestring"] },
  },
  B21: {
    title: "form of the names of request headers",
    others: ["n/a", "n/a", "n/a", "n/a", "n/a"],
    ours: { rules: ["environ/header-name"] },
  },
  B22: {
    title: "environ looked at again at the end",
    others: ["–", "–", "–", "E", "–"],
    ours: {
      leftOut:
        "it belongs to the application by then, which may do with it what it likes",
    },
  },
};

const VALUES: Rows = {
  C1: {
    title: "method is a well-known one",
    others: ["W", "W", "–", "–", "–"],
    ours: { leftOut: "any token is a method: PROPFIND, QUERY" },
  },
  C2: {
    title: "method is a token",
    others: ["–", "–", "–", "E", "E"],
    ours: { rules: ["environ/request-method"] },
  },
  C3: {
    title: "method is not empty",
    others: ["W", "W", "–", "E", "E"],
    ours: { rules: ["environ/request-method"] },
  },
  C4: {
    title: "`SCRIPT_NAME` is empty or begins with a slash",
    others: ["E", "E", "W", "E", "–"],
    ours: { rules: ["environ/script-name"] },
  },
  C5: {
    title: "`SCRIPT_NAME` is not a slash alone",
    others: ["E", "E", "–", "E", "E"],
    ours: { rules: ["environ/script-name"] },
  },
  C6: {
    title: "`PATH_INFO` is empty or begins with a slash",
    others: ["E", "E", "W", "E", "E"],
    ours: { rules: ["environ/path-info"] },
  },
  C7: {
    title: "target `*` only with OPTIONS",
    others: ["–", "–", "–", "E", "–"],
    ours: { rules: ["environ/path-info"] },
  },
  C8: {
    title: "authority as the target only with CONNECT",
    others: ["–", "–", "–", "E", "–"],
    ours: { rules: ["environ/path-info", "environ/request-uri"] },
  },
  C9: {
    title: "no fragment in `PATH_INFO`",
    others: ["–", "–", "–", "E", "–"],
    ours: { rules: ["environ/fragment"] },
  },
  C10: {
    title: "`SCRIPT_NAME` and `PATH_INFO` not both empty",
    others: ["~", "~", "–", "E", "–"],
    ours: { rules: ["environ/no-path"] },
  },
  C11: {
    title: "`SERVER_NAME` is a host",
    others: ["–", "–", "–", "E", "E"],
    ours: { rules: ["environ/server-name"] },
  },
  C12: {
    title: "`SERVER_PORT` is digits",
    others: ["–", "–", "–", "E", "–"],
    ours: { rules: ["environ/server-port"] },
  },
  C13: {
    title: "`SERVER_PROTOCOL` is a protocol",
    others: ["–", "–", "–", "E", "E"],
    ours: { rules: ["environ/server-protocol"] },
  },
  C14: {
    title: "`CONTENT_LENGTH` is a whole number",
    others: ["E X", "E X", "–", "E", "–"],
    ours: { rules: ["environ/content-length"] },
  },
  C15: {
    title: "`HTTP_HOST` is an authority",
    others: ["–", "–", "–", "E", "–"],
    ours: { leftOut: "the client chose it; a server answers 400" },
  },
  C16: {
    title: "scheme is http or https",
    others: ["E", "E", "–", "E", "E"],
    ours: { rules: ["environ/url-scheme"] },
  },
  C17: {
    title: "version is 1.0",
    others: ["E", "E", "W", "–", "E"],
    ours: { rules: ["environ/version"] },
  },
  C18: {
    title: "extensions have the right shape",
    others: ["–", "–", "–", "E", "–"],
    ours: {
      rules: [
        "environ/file-wrapper",
        "environ/input-terminated",
        "environ/signal",
      ],
    },
  },
  C19: {
    title: "values are of simple types, not too deep",
    others: ["n/a", "n/a", "n/a", "n/a", "n/a"],
    ours: { leftOut: "an extension may be any value" },
  },
};

const START: Rows = {
  D1: {
    title: "startResponse has two or three arguments",
    others: ["E", "E", "W", "n/a", "~"],
    ours: { rules: ["start-response/arguments"] },
  },
  D2: {
    title: "none of them by name",
    others: ["E", "E", "W", "n/a", "n/a"],
    ours: { rules: ["start-response/arguments"] },
  },
  D3: {
    title: "called before the first chunk",
    others: ["E", "E", "W", "n/a", "n/a"],
    ours: { rules: ["start-response/late"] },
  },
  D4: {
    title: "excInfo is what was caught",
    others: ["E", "E", "W", "n/a", "n/a"],
    ours: { rules: ["start-response/exc-info"] },
  },
  D5: {
    title: "called at all, once, in time",
    others: ["–", "–", "–", "n/a", "n/a"],
    ours: {
      rules: [
        "start-response/never-called",
        "start-response/called-twice",
        "start-response/after-end",
      ],
    },
  },
};

const STATUS: Rows = {
  E1: {
    title: "status is a string",
    others: ["E", "E", "W", "E", "E"],
    ours: { rules: ["status/string"] },
  },
  E2: {
    title: "begins with three digits",
    others: ["E X", "E", "W X", "n/a", "–"],
    ours: { rules: ["status/digits"] },
  },
  E3: {
    title: "100 or more",
    others: ["E", "E", "W", "E", "E"],
    ours: { rules: ["status/range"] },
  },
  E4: {
    title: "then a space",
    others: ["W", "E", "W", "n/a", "n/a"],
    ours: { rules: ["status/digits"] },
  },
  E5: {
    title: "then a reason",
    others: ["–", "E", "–", "n/a", "n/a"],
    ours: { rules: ["status/reason"] },
  },
  E6: {
    title: "no control characters",
    others: ["–", "–", "–", "n/a", "–"],
    ours: { rules: ["status/control"] },
  },
};

const HEADERS: Rows = {
  F1: {
    title: "headers are a list",
    others: ["E", "E", "W", "E", "E"],
    ours: { rules: ["headers/array"] },
  },
  F2: {
    title: "the list can be changed",
    others: ["–", "–", "–", "E", "–"],
    ours: { leftOut: "a server copies it; constants may be frozen" },
  },
  F3: {
    title: "entries are pairs",
    others: ["E", "E", "W X", "n/a", "E"],
    ours: { rules: ["headers/tuple"] },
  },
  F4: {
    title: "names and values are strings",
    others: ["E", "E", "W", "E", "~"],
    ours: { rules: ["headers/string"] },
  },
  F5: {
    title: "values are Latin-1",
    others: ["–", "E", "–", "–", "–"],
    ours: { rules: ["headers/byte-string"] },
  },
  F6: {
    title: "names are tokens",
    others: ["E", "E", "–", "~", "E"],
    ours: { rules: ["headers/name"] },
  },
  F7: {
    title: "no colon or line break in a name",
    others: ["E", "E", "–", "E", "E"],
    ours: { rules: ["headers/name"] },
  },
  F8: {
    title: "names do not end in `-` or `_`",
    others: ["E", "E", "–", "–", "E"],
    ours: { leftOut: "no RFC says so" },
  },
  F9: {
    title: "no `Status`",
    others: ["E", "E", "W", "E", "E"],
    ours: { rules: ["headers/status"] },
  },
  F10: {
    title: "no capitals in names",
    others: ["–", "–", "–", "E", "–"],
    ours: { leftOut: "case means nothing; HTTP/2 servers make it small" },
  },
  F11: {
    title: "no control characters in values",
    others: ["E", "E", "X", "E", "E"],
    ours: { rules: ["headers/control", "headers/tab"] },
  },
  F12: {
    title: "headers that are orders to the server",
    others: ["n/a", "n/a", "n/a", "E", "n/a"],
    ours: { leftOut: "there are none; environ has the extensions" },
  },
  F13: {
    title: "no hop-by-hop headers",
    others: ["–", "–", "–", "–", "–"],
    ours: { rules: ["headers/hop-by-hop"] },
  },
};

const MESSAGE: Rows = {
  G1: {
    title: "Content-Type given",
    others: ["E", "E", "–", "–", "–"],
    ours: { rules: ["http/content-type"] },
  },
  G2: {
    title: "Content-Type left out with 1xx, 204, 304",
    others: ["E", "W E", "W", "E", "–"],
    ours: { rules: ["http/304-content-type"] },
  },
  G3: {
    title: "Content-Length left out with 1xx, 204, 304",
    others: ["–", "–", "~", "E", "–"],
    ours: { rules: ["http/forbidden-length"] },
  },
  G4: {
    title: "headers about content left out with 304",
    others: ["–", "–", "W", "~", "–"],
    ours: { rules: ["http/304-headers", "http/304-content-type"] },
  },
  G5: {
    title: "no body with 1xx, 204, 304",
    others: ["–", "–", "W", "–", "–"],
    ours: { rules: ["body/no-content"] },
  },
  G6: {
    title: "Content-Length is that of the body",
    others: ["–", "–", "W", "E", "–"],
    ours: { rules: ["body/content-length"] },
  },
  G7: {
    title: "no body for HEAD",
    others: ["–", "–", "–", "E", "–"],
    ours: { rules: ["body/head"] },
  },
  G8: {
    title: "Content-Length given for an array",
    others: ["–", "–", "–", "–", "–"],
    ours: { kit: "the server sends it where the application did not" },
  },
  G9: {
    title: "ETag has its quotes, and `W/` in capitals",
    others: ["–", "–", "W", "–", "–"],
    ours: { rules: ["http/etag"] },
  },
  G10: {
    title: "Location is absolute",
    others: ["–", "–", "W", "–", "–"],
    ours: { leftOut: "it may be relative since RFC 7231" },
  },
  G11: {
    title: "advice about cookies, CORS, charsets, chunk sizes",
    others: ["–", "–", "–", "–", "–"],
    ours: { leftOut: "such a response is unwise, but conforming" },
  },
};

const BODY: Rows = {
  H1: {
    title: "write() gets bytes",
    others: ["E", "E", "W", "n/a", "n/a"],
    ours: { rules: ["write/chunk"] },
  },
  H2: {
    title: "write is a function and nothing more",
    others: ["~", "~", "~", "E", "n/a"],
    ours: { itself: "what the application gets is a plain function" },
  },
  I1: {
    title: "body is iterable",
    others: ["~", "E", "X", "E", "E"],
    ours: { rules: ["body/iterable"] },
  },
  I2: {
    title: "body is no string and no bytes",
    others: ["E", "E", "W X", "E", "E"],
    ours: { rules: ["body/string", "body/bytes"] },
  },
  I3: {
    title: "other forms of the body agree with it",
    others: ["n/a", "n/a", "n/a", "E", "~"],
    ours: { kit: "a file wrapper must give the same bytes as its iteration" },
  },
  I4: {
    title: "stream of a streaming body is complete",
    others: ["n/a", "n/a", "n/a", "E", "n/a"],
    ours: { leftOut: "a body is iterated; no stream is handed in" },
  },
  I5: {
    title: "response is a triple",
    others: ["n/a", "n/a", "n/a", "E", "E"],
    ours: { rules: ["body/iterable", "body/chunk"] },
  },
  J1: {
    title: "chunks are bytes",
    others: ["E", "E", "W", "E", "~"],
    ours: { rules: ["body/chunk"] },
  },
  K1: {
    title: "not iterated after close()",
    others: ["E", "E", "W", "E", "–"],
    ours: { rules: ["iteration/next-after-close"] },
  },
  K2: {
    title: "iterated once",
    others: ["–", "–", "–", "E", "–"],
    ours: { rules: ["iteration/second-iterator"] },
  },
  K3: {
    title: "middleware does not drain the body first",
    others: ["–", "–", "–", "E", "–"],
    ours: { rules: ["middleware/drained"] },
  },
  K4: {
    title: "middleware yields a chunk for a chunk",
    others: ["–", "–", "–", "E", "–"],
    ours: { rules: ["middleware/chunk-for-chunk"] },
  },
  L1: {
    title: "body is closed",
    others: ["W", "W", "W", "–", "–"],
    ours: { rules: ["close/never-called"] },
  },
  L2: {
    title: "inner body is closed with the outer one",
    others: ["–", "–", "–", "E", "–"],
    ours: { rules: ["middleware/inner-not-closed"] },
  },
  L3: {
    title: "cleaning up works after a failed construction",
    others: ["X", "E", "X", "n/a", "n/a"],
    ours: { itself: "it has no destructor; assertFinished() counts" },
  },
};

const STREAMS: Rows = {
  M1: {
    title: "`wsgi.input` has its methods",
    others: ["E", "E", "W", "E", "–"],
    ours: { rules: ["environ/input"] },
  },
  M2: {
    title: "it is binary",
    others: ["–", "–", "–", "E", "–"],
    ours: { rules: ["input/bytes"] },
  },
  M3: {
    title: "read() has the right number of arguments",
    others: ["E", "E", "W", "E", "–"],
    ours: { rules: ["input/arguments", "input/unsized"] },
  },
  M4: {
    title: "the size is a whole number",
    others: ["–", "–", "–", "E", "–"],
    ours: { rules: ["input/arguments"] },
  },
  M5: {
    title: "arguments of readline()",
    others: ["E", "–", "W", "E", "–"],
    ours: { rules: ["input/arguments"] },
  },
  M6: {
    title: "arguments of readlines()",
    others: ["E", "E", "X", "n/a", "–"],
    ours: { rules: ["input/arguments"] },
  },
  M7: {
    title: "iteration over lines gives bytes",
    others: ["~", "~", "–", "E", "–"],
    ours: { rules: ["input/arguments", "input/line", "input/bytes"] },
  },
  M8: {
    title: "reading gives bytes",
    others: ["E", "E", "–", "E", "–"],
    ours: { rules: ["input/bytes"] },
  },
  M9: {
    title: "the end is an empty chunk",
    others: ["–", "–", "–", "E", "–"],
    ours: { rules: ["input/end", "input/bytes"] },
  },
  M10: {
    title: "not closed by the application",
    others: ["E", "E", "W", "–", "–"],
    ours: { rules: ["input/closed"] },
  },
  M11: {
    title: "no other members used",
    others: ["X", "X", "X", "X", "–"],
    ours: { rules: ["input/member"] },
  },
  N1: {
    title: "`wsgi.errors` has its methods",
    others: ["E", "E", "–", "E", "–"],
    ours: { rules: ["environ/errors"] },
  },
  N2: {
    title: "write() gets a string",
    others: ["E", "–", "W", "E", "–"],
    ours: { rules: ["errors/write", "errors/writelines"] },
  },
  N3: {
    title: "not closed by the application",
    others: ["E", "E", "W", "E", "–"],
    ours: { rules: ["errors/closed"] },
  },
};

const BEYOND_HTTP: Rows = {
  O1: {
    title: "taking the connection over",
    others: ["n/a", "n/a", "n/a", "E", "n/a"],
    ours: { leftOut: "the interface has no place for it" },
  },
  O2: {
    title: "taking it over after the headers",
    others: ["n/a", "n/a", "n/a", "E", "n/a"],
    ours: { leftOut: "as above" },
  },
  O3: {
    title: "protocol of an upgrade was offered",
    others: ["n/a", "n/a", "n/a", "E", "n/a"],
    ours: { leftOut: "as above; a fetch handler does it" },
  },
  O4: {
    title: "early hints have right headers",
    others: ["n/a", "n/a", "n/a", "E", "n/a"],
    ours: { leftOut: "Deno.serve cannot send interim responses" },
  },
  O5: {
    title: "extensions only where offered",
    others: ["n/a", "n/a", "n/a", "~", "n/a"],
    ours: { leftOut: "one that is absent cannot be called" },
  },
  O6: {
    title: "callbacks after the response are functions",
    others: ["n/a", "n/a", "n/a", "E", "n/a"],
    ours: { rules: ["body/close-function"] },
  },
};

/** The checks by subject. */
export const KNOWN: readonly Section[] = [
  { title: "Calling the application", rows: CALLS },
  { title: "The environ and its keys", rows: ENVIRON },
  { title: "The values in the environ", rows: VALUES },
  { title: "startResponse", rows: START },
  { title: "The status", rows: STATUS },
  { title: "The header list", rows: HEADERS },
  { title: "The message as HTTP sees it", rows: MESSAGE },
  { title: "write(), body, iteration, close()", rows: BODY },
  { title: "`wsgi.input` and `wsgi.errors`", rows: STREAMS },
  { title: "Upgrades, hints and hooks", rows: BEYOND_HTTP },
];
