// deno-lint-ignore-file explicit-function-return-type -- what is wrong on purpose has no type

/**
 * Programs that are right, though some validator complains of them.
 *
 * @module
 */

import {
  type Cases,
  conditional,
  header,
  HELLO,
  reply,
  TEXT,
  toBytes,
  variables,
} from "../case.ts";

/** Programs that are right: whatever is found in them is a false alarm. */
export const SOUND: Cases = {
  "sound-204": {
    title: "204 with neither type nor length",
    rows: ["G1", "G3"],
    app: reply("204 No Content", [], []),
  },
  "sound-empty-302": {
    title: "empty 302 without a type",
    rows: ["G1"],
    app: reply("302 Found", [["Location", "http://a.example/"]], []),
  },
  "sound-head": {
    title: "body in answer to HEAD",
    rows: ["G7"],
    environ: variables({ REQUEST_METHOD: "HEAD" }),
  },
  "sound-head-length": {
    title: "length without a body in answer to HEAD",
    rows: ["G6"],
    app: reply("200 OK", [TEXT, ["Content-Length", "13"]], []),
    environ: variables({ REQUEST_METHOD: "HEAD" }),
  },
  "sound-304-length": {
    title: "304 with a Content-Length",
    rows: ["G3", "G4"],
    app: reply("304 Not Modified", [["Content-Length", "13"]], []),
    environ: conditional,
  },
  "sound-propfind": {
    title: "method PROPFIND",
    rows: ["C1"],
    environ: variables({ REQUEST_METHOD: "PROPFIND" }),
  },
  "sound-options-star": {
    title: "`OPTIONS *`",
    rows: ["C6", "C7"],
    environ: variables({ REQUEST_METHOD: "OPTIONS", PATH_INFO: "*" }),
  },
  "sound-relative-location": {
    title: "relative Location",
    rows: ["G10"],
    app: reply("302 Found", [TEXT, ["Location", "/news?page=2"]]),
  },
  "sound-header-name": {
    title: "header named X.Custom|Pipe",
    rows: ["F6"],
    app: header("X.Custom|Pipe", "value"),
  },
  "sound-header-name-end": {
    title: "header name that ends with a dash",
    rows: ["F8"],
    app: header("X-Custom-", "value"),
  },
  "sound-latin1-value": {
    title: "header value in Latin-1",
    rows: ["F5"],
    app: header("X-Name", "Größe"),
  },
  "sound-tab-value": {
    title: "tab in a header value",
    rows: ["F11"],
    exception: "HTTP allows it, but recipients read it differently: a warning",
    app: header("X-Name", "one\ttwo"),
  },
  "sound-late-start": {
    title: "generator that starts at its first next()",
    rows: ["D3"],
    app: function* (_environ, startResponse) {
      startResponse("200 OK", [TEXT]);
      yield HELLO;
    },
  },
  "sound-empty-chunk-first": {
    title: "empty chunk before startResponse",
    rows: ["D3"],
    app: function* (_environ, startResponse) {
      yield toBytes("");
      startResponse("200 OK", [TEXT]);
      yield HELLO;
    },
  },
  "sound-error-page": {
    title: "startResponse again, with excInfo",
    rows: ["b2"],
    app: (_environ, startResponse) => {
      startResponse("200 OK", [TEXT]);
      startResponse("500 Error", [TEXT], new Error("it failed"));
      return [HELLO];
    },
  },
  "sound-no-query": {
    title: "no `QUERY_STRING`",
    rows: ["B8"],
    environ: variables({ QUERY_STRING: undefined }),
  },
  "sound-no-script-name": {
    title: "no `SCRIPT_NAME`",
    rows: ["B9"],
    environ: variables({ SCRIPT_NAME: undefined }),
  },
  "sound-no-path": {
    title: "no `PATH_INFO` below a `SCRIPT_NAME`",
    rows: ["B10"],
    environ: variables({ SCRIPT_NAME: "/app", PATH_INFO: undefined }),
  },
  "sound-utf8-path": {
    title: "`PATH_INFO` of UTF-8 bytes",
    rows: ["B20"],
    environ: variables({ PATH_INFO: "/caf\u00c3\u00a9" }),
  },
  "sound-read-all": {
    title: "read() without a size",
    rows: ["M3"],
    input: "one\ntwo\n",
    app: async (environ, startResponse) => {
      await environ["wsgi.input"].read();
      startResponse("200 OK", [TEXT]);
      return [HELLO];
    },
  },
  "sound-readline": {
    title: "readline() without a size",
    rows: ["M5"],
    input: "one\ntwo\n",
    app: async (environ, startResponse) => {
      await environ["wsgi.input"].readline();
      startResponse("200 OK", [TEXT]);
      return [HELLO];
    },
  },
  "sound-readlines": {
    title: "readlines()",
    rows: ["M6"],
    input: "one\ntwo\n",
    app: async (environ, startResponse) => {
      await environ["wsgi.input"].readlines();
      startResponse("200 OK", [TEXT]);
      return [HELLO];
    },
  },
};
