/**
 * Servers whose environ is wrong.
 *
 * @module
 */

import { type Cases, HELLO, inputWith, TEXT, variables } from "../case.ts";
import type { Loose } from "../../../tests/validator/scenario.ts";

/** An application that reads three bytes. */
async function readThree(
  environ: Loose,
  startResponse: Loose,
): Promise<Uint8Array[]> {
  await environ["wsgi.input"].read(3);
  startResponse("200 OK", [TEXT]);
  return [HELLO];
}

/** Servers whose environ is wrong. */
export const ENVIRONS: Cases = {
  "environ-class": {
    title: "environ of a class",
    rows: ["B1"],
    environ: (environ) => Object.assign(new (class Variables {})(), environ),
  },
  "environ-other-key": {
    title: "key that is no string",
    rows: ["B3"],
    environ: (environ) => void (environ[Symbol("one")] = "one"),
  },
  "environ-no-method": {
    title: "no `REQUEST_METHOD`",
    rows: ["B4"],
    environ: variables({ REQUEST_METHOD: undefined }),
  },
  "environ-no-protocol": {
    title: "no `SERVER_PROTOCOL`",
    rows: ["B7"],
    environ: variables({ SERVER_PROTOCOL: undefined }),
  },
  "environ-no-scheme": {
    title: "no `wsgi.url_scheme`",
    rows: ["B12"],
    environ: variables({ "wsgi.url_scheme": undefined }),
  },
  "environ-no-input": {
    title: "no `wsgi.input`",
    rows: ["B13"],
    environ: variables({ "wsgi.input": undefined }),
  },
  "environ-no-flag": {
    title: "no `wsgi.multithread`",
    rows: ["B15"],
    environ: variables({ "wsgi.multithread": undefined }),
  },
  "environ-null": {
    title: "null instead of leaving a variable out",
    rows: ["B19", "b51"],
    environ: variables({ REMOTE_USER: null }),
  },
  "environ-method-space": {
    title: "method that is no token",
    rows: ["C2"],
    environ: variables({ REQUEST_METHOD: "GET /" }),
  },
  "environ-port-number": {
    title: "`SERVER_PORT` is a number",
    rows: ["B19", "b49"],
    environ: variables({ SERVER_PORT: 80 }),
  },
  "environ-port-empty": {
    title: "`SERVER_PORT` is empty",
    rows: ["C12", "b49"],
    environ: variables({ SERVER_PORT: "" }),
  },
  "environ-name-empty": {
    title: "`SERVER_NAME` is empty",
    rows: ["C11", "b60"],
    environ: variables({ SERVER_NAME: "" }),
  },
  "environ-protocol-junk": {
    title: "`SERVER_PROTOCOL` is no protocol",
    rows: ["C13", "b59"],
    environ: variables({ SERVER_PROTOCOL: "http:" }),
  },
  "environ-scheme-colon": {
    title: "scheme with a colon",
    rows: ["C16", "b48"],
    environ: variables({ "wsgi.url_scheme": "http:" }),
  },
  "environ-version-two": {
    title: "`wsgi.version` 2.0",
    rows: ["C17"],
    environ: variables({ "wsgi.version": [2, 0] }),
  },
  "environ-flag-string": {
    title: "flag that is a string",
    rows: ["b54"],
    environ: variables({ "wsgi.multiprocess": "false" }),
  },
  "environ-path-relative": {
    title: "`PATH_INFO` without a slash",
    rows: ["C6"],
    environ: variables({ PATH_INFO: "news" }),
  },
  "environ-path-euro": {
    title: "`PATH_INFO` decoded to text",
    rows: ["B20", "b50"],
    environ: variables({ PATH_INFO: "/\u20ac" }),
  },
  "environ-path-empty": {
    title: "`SCRIPT_NAME` and `PATH_INFO` empty",
    rows: ["C10"],
    environ: variables({ PATH_INFO: "" }),
  },
  "environ-script-slash": {
    title: "`SCRIPT_NAME` is a slash",
    rows: ["C5"],
    environ: variables({ SCRIPT_NAME: "/", PATH_INFO: "" }),
  },
  "environ-query-mark": {
    title: "`QUERY_STRING` with its question mark",
    rows: ["b47"],
    environ: variables({ QUERY_STRING: "?a=1" }),
  },
  "environ-length-letters": {
    title: "`CONTENT_LENGTH` of letters",
    rows: ["C14"],
    environ: variables({ CONTENT_LENGTH: "many" }),
  },
  "environ-length-negative": {
    title: "`CONTENT_LENGTH` below zero",
    rows: ["C14"],
    environ: variables({ CONTENT_LENGTH: "-1" }),
  },
  "environ-http-type": {
    title: "`HTTP_CONTENT_TYPE`",
    rows: ["B18"],
    environ: variables({ HTTP_CONTENT_TYPE: "text/plain" }),
  },
  "environ-http-proxy": {
    title: "`HTTP_PROXY`",
    rows: ["b55"],
    environ: variables({ HTTP_PROXY: "http://evil.example/" }),
  },
  "environ-http-dash": {
    title: "`HTTP_` key with a dash",
    rows: ["B21", "b55"],
    environ: variables({ "HTTP_X-NAME": "value" }),
  },
  "environ-input-read-only": {
    title: "`wsgi.input` with read() only",
    rows: ["M1"],
    environ: variables({
      "wsgi.input": { read: () => Promise.resolve(new Uint8Array()) },
    }),
  },
  "environ-errors-write-only": {
    title: "`wsgi.errors` with write() only",
    rows: ["N1"],
    environ: variables({ "wsgi.errors": { write: () => {} } }),
  },
  "environ-input-text": {
    title: "`wsgi.input` gives text",
    rows: ["M8"],
    environ: (environ) => {
      environ["wsgi.input"] = inputWith({ read: async () => await "one" });
    },
    app: readThree,
  },
  "server-reads-too-much": {
    title: "read(3) gives four bytes",
    rows: ["b61"],
    environ: (environ) => {
      const read = async (): Promise<Uint8Array> => await new Uint8Array(4);
      environ["wsgi.input"] = inputWith({ read });
    },
    app: readThree,
  },
};
