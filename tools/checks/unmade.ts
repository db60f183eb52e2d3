/**
 * The checks that none of the five validators makes, b1 to b76.
 *
 * @module
 */

import type { Rows, Section } from "./row.ts";

const STATE: Rows = {
  b1: {
    title: "startResponse is called, also for an empty body",
    ours: { rules: ["start-response/never-called"] },
  },
  b2: {
    title: "not again without excInfo",
    ours: { rules: ["start-response/called-twice"] },
  },
  b3: {
    title: "not after the end",
    ours: { rules: ["start-response/after-end"] },
  },
  b4: {
    title: "excInfo is thrown back after the headers, and not caught",
    ours: {
      rules: ["start-response/rethrows", "start-response/exc-info-caught"],
    },
  },
  b5: {
    title: "startResponse returns write",
    ours: { rules: ["start-response/returns-write"] },
  },
  b6: {
    title: "headers wait for the first chunk",
    ours: { kit: "only a client sees when they leave" },
  },
  b7: {
    title: "write() not from the body, nor later",
    ours: { rules: ["write/in-body", "write/after-end", "write/not-awaited"] },
  },
  b8: {
    title: "excInfo is an Error",
    ours: { rules: ["start-response/exc-info"] },
  },
  b9: {
    title: "headers not changed afterwards",
    ours: { rules: ["headers/changed"] },
  },
  b10: {
    title: "no finding gets lost in a catch",
    ours: { itself: "a swallowed finding is thrown again at the end" },
  },
};

const ITERATION: Rows = {
  b11: {
    title: "generator does not return its chunk",
    ours: { rules: ["body/return-value"] },
  },
  b12: {
    title: "results of next() are well formed",
    ours: { rules: ["body/iterator", "body/result", "body/done"] },
  },
  b13: {
    title: "return() ends the iteration",
    ours: { rules: ["close/return-yields"] },
  },
  b14: {
    title: "close() is not left alone with its promise",
    ours: { kit: "it may give one, and a server awaits it" },
  },
  b15: {
    title: "close() once, always, on the body itself",
    ours: {
      rules: ["close/called-twice", "close/never-called", "close/not-on-body"],
    },
  },
  b16: {
    title: "one iterator; no other members touched",
    ours: { rules: ["iteration/second-iterator"] },
  },
  b17: {
    title: "no next() after the end, none at the same time",
    ours: { rules: ["iteration/next-after-end", "iteration/overlapping"] },
  },
  b18: {
    title: "a body that is closed unread",
    ours: { rules: ["close/never-begun"] },
  },
  b19: {
    title: "array without holes, of one length",
    ours: {
      rules: ["body/array-hole", "body/array-changed", "body/array-iterator"],
    },
  },
  b20: {
    title: "many tiny or empty chunks",
    ours: { rules: ["body/tiny-chunks", "body/empty-chunks"] },
  },
};

const CHUNKS: Rows = {
  b21: { title: "chunk is not detached", ours: { rules: ["chunk/detached"] } },
  b22: {
    title: "chunk is not shared memory",
    ours: { rules: ["chunk/shared"] },
  },
  b23: {
    title: "chunk is not on a resizable buffer",
    ours: { rules: ["chunk/resizable", "chunk/out-of-bounds"] },
  },
  b24: {
    title: "chunk not changed after it was yielded",
    ours: { rules: ["chunk/changed", "iteration/chunk-changed"] },
  },
  b25: {
    title: "server does not take the chunk's memory",
    ours: { rules: ["iteration/chunk-detached"] },
  },
  b26: {
    title: "small chunk of a huge buffer",
    ours: { rules: ["chunk/large-buffer"] },
  },
  b27: {
    title: "hints for each kind of wrong chunk",
    ours: { rules: ["body/chunk"] },
  },
  b28: {
    title: "what was read is not overwritten",
    ours: { rules: ["input/reused", "input/overwritten"] },
  },
};

const MESSAGE: Rows = {
  b29: {
    title: "Content-Length is one whole number",
    ours: {
      rules: ["headers/content-length", "headers/content-length-twice"],
    },
  },
  b30: {
    title: "not exceeded at any chunk, reached at the end",
    ours: { rules: ["body/content-length"] },
  },
  b31: {
    title: "none with 204, nor with 2xx to CONNECT",
    ours: { rules: ["http/forbidden-length"] },
  },
  b32: { title: "205 without content", ours: { rules: ["body/no-content"] } },
  b33: {
    title: "1xx is no final status",
    ours: { rules: ["status/range"] },
  },
  b34: { title: "no status above 599", ours: { rules: ["status/range"] } },
  b35: {
    title: "form of the reason",
    ours: {
      rules: ["status/control", "status/spaces", "status/byte-string"],
    },
  },
  b36: {
    title: "headers that a status asks for",
    ours: {
      rules: [
        "http/challenge",
        "http/405-allow",
        "http/206-range",
        "http/missing-content-range",
        "http/missing-location",
        "http/missing-retry-after",
      ],
    },
  },
  b37: {
    title: "conditional answers only if asked for",
    ours: { rules: ["http/unasked"] },
  },
  b38: {
    title: "hop-by-hop headers, Trailer among them",
    ours: { rules: ["headers/hop-by-hop", "headers/proxy-authentication"] },
  },
  b39: {
    title: "header names are tokens, not empty",
    ours: { rules: ["headers/name"] },
  },
  b40: {
    title: "values without outer space, DEL, tabs, non-ASCII",
    ours: {
      rules: [
        "headers/control",
        "headers/tab",
        "headers/outer-space",
        "headers/non-ascii",
      ],
    },
  },
  b41: {
    title: "headers with one value given once",
    ours: { rules: ["http/single", "http/single-others"] },
  },
  b42: {
    title: "one cookie in one Set-Cookie",
    ours: { rules: ["http/set-cookie-joined"] },
  },
  b43: {
    title: "form of dates and media types",
    ours: { rules: ["http/date", "http/content-type-syntax"] },
  },
  b44: { title: "Location is a URL", ours: { rules: ["http/location"] } },
  b45: { title: "headers of a usual size", ours: { rules: ["headers/size"] } },
  b46: {
    title: "Date and Server are the server's; no Transfer-Encoding",
    ours: { rules: ["http/server-headers", "headers/hop-by-hop"] },
  },
};

const ENVIRON: Rows = {
  b47: {
    title: "`QUERY_STRING` without `?` and `#`",
    ours: {
      rules: [
        "environ/question-mark",
        "environ/query-string",
        "environ/fragment",
      ],
    },
  },
  b48: {
    title: "scheme without a colon",
    ours: { rules: ["environ/url-scheme"] },
  },
  b49: {
    title: "`SERVER_PORT` neither empty nor a number",
    ours: { rules: ["environ/server-port", "environ/string"] },
  },
  b50: {
    title: "`PATH_INFO` decoded, but not to text",
    ours: { rules: ["environ/path-decoded", "environ/bytestring"] },
  },
  b51: {
    title: "no variables without a value",
    ours: { rules: ["environ/undefined", "environ/empty"] },
  },
  b52: {
    title: "no getters, no inherited or hidden variables",
    ours: { rules: ["environ/data-property", "environ/symbol-key"] },
  },
  b53: {
    title: "an environ of its own for each request",
    ours: { rules: ["environ/reused"] },
  },
  b54: { title: "flags are booleans", ours: { rules: ["environ/flags"] } },
  b55: {
    title: "form of `HTTP_` names; no `HTTP_PROXY`",
    ours: { rules: ["environ/header-name", "environ/http-proxy"] },
  },
  b56: {
    title: "no `HTTP_TRANSFER_ENCODING`",
    ours: { rules: ["environ/transfer-encoding", "environ/two-lengths"] },
  },
  b57: {
    title: "no slash at the end of `SCRIPT_NAME`, no NUL",
    ours: { rules: ["environ/script-name-end", "environ/nul"] },
  },
  b58: {
    title: "form of other names",
    ours: { rules: ["environ/key-name"] },
  },
  b59: {
    title: "`SERVER_PROTOCOL` from end to end",
    ours: {
      rules: ["environ/server-protocol", "environ/missing-server-protocol"],
    },
  },
  b60: {
    title: "`SERVER_NAME` not empty",
    ours: { rules: ["environ/server-name"] },
  },
};

const STREAMS: Rows = {
  b61: {
    title: "not more than asked for, one line, an end that stays",
    ours: {
      rules: [
        "input/read-size",
        "input/line",
        "input/lines",
        "input/too-much",
        "input/end",
      ],
    },
  },
  b62: {
    title: "reading does not mix sync and async",
    ours: { rules: ["input/promise"] },
  },
  b63: {
    title: "streams not used after close()",
    ours: { rules: ["input/after-close", "errors/after-close"] },
  },
  b64: {
    title: "no read beyond `CONTENT_LENGTH`",
    ours: { rules: ["input/past-length"] },
  },
  b65: {
    title: "methods not torn off their stream",
    ours: { rules: ["input/torn-off", "errors/torn-off"] },
  },
};

const MIDDLEWARE: Rows = {
  b66: {
    title: "a stale Content-Length",
    ours: { rules: ["middleware/content-length"] },
  },
  b67: {
    title: "excInfo and write() passed on rightly",
    ours: {
      rules: [
        "middleware/exc-info-lost",
        "start-response/returns-write",
        "middleware/write",
      ],
    },
  },
  b68: {
    title: "path moved, not changed",
    ours: { rules: ["middleware/path"] },
  },
  b69: {
    title: "startResponse passed on, headers not changed",
    ours: {
      rules: ["middleware/start-response-lost", "middleware/headers-changed"],
    },
  },
};

const ASYNC: Rows = {
  b70: {
    title: "no rejection of the application gets lost",
    ours: { itself: "a promise is a legal answer, and is always awaited" },
  },
  b71: {
    title: "body is sync or async, not both",
    ours: { rules: ["body/one-protocol"] },
  },
  b72: {
    title: "hints for each kind of wrong body",
    ours: { rules: ["body/iterable"] },
  },
};

const ITSELF: Rows = {
  b73: {
    title: "messages are made only when needed, short, without secrets",
    ours: { itself: "checks give words only for a finding" },
  },
  b74: {
    title: "open responses are found",
    ours: { rules: ["close/never-called"] },
  },
  b75: {
    title: "no proxies around the user's objects",
    ours: { itself: "it wraps in plain objects and functions" },
  },
  b76: {
    title: "arrays and file wrappers stay themselves",
    ours: { itself: "an array stays an array of the same length" },
  },
};

/** The checks by subject. */
export const UNMADE: readonly Section[] = [
  { title: "startResponse and write()", rows: STATE },
  { title: "Iteration and close()", rows: ITERATION },
  { title: "Chunks", rows: CHUNKS },
  { title: "The message as HTTP sees it", rows: MESSAGE },
  { title: "The environ", rows: ENVIRON },
  { title: "`wsgi.input` and `wsgi.errors`", rows: STREAMS },
  { title: "Middleware", rows: MIDDLEWARE },
  { title: "Asynchrony", rows: ASYNC },
  { title: "The validator itself", rows: ITSELF },
];
