/**
 * Cases about the headers of the request.
 *
 * @module
 */

import { expect } from "../expect.ts";
import type { ServerCase } from "../server_case.ts";
import {
  environCase,
  type EnvironRequest,
  reportEnviron,
} from "./environ_case.ts";

const SENT: readonly EnvironRequest[] = [
  {
    name: "named",
    spec: "environ-http-headers",
    title: "A header becomes HTTP_ with its name in upper case",
    parts: { headers: ["Accept-Language: de, en", "x-lower: 1", "X-UPPER: 2"] },
    expected: {
      HTTP_ACCEPT_LANGUAGE: "de, en",
      HTTP_X_LOWER: "1",
      HTTP_X_UPPER: "2",
    },
  },
  {
    name: "token",
    spec: "environ-http-name",
    title: "A header name with unusual token characters is kept",
    parts: { headers: ["X.A~!#$: 1"] },
    expected: { "HTTP_X.A~!#$": "1" },
  },
  {
    name: "empty",
    spec: "environ-http-headers",
    title: "A header without a value becomes an empty string",
    parts: { headers: ["X-Empty:", "X-Spaces:   "] },
    expected: { HTTP_X_EMPTY: "", HTTP_X_SPACES: "" },
  },
  {
    name: "trimmed",
    spec: "environ-http-value",
    title:
      "White space around a value is removed, and white space inside it is kept",
    parts: { headers: ["X-Trimmed: \t a  b\tc \t"] },
    expected: { HTTP_X_TRIMMED: "a  b\tc" },
  },
  {
    name: "bytes",
    spec: "environ-bytestring",
    title: "Bytes above ASCII arrive as code units of the same value",
    parts: { headers: ["X-Bytes: caf\u00e9 \u00ff \u00c3\u00a9"] },
    expected: { HTTP_X_BYTES: "caf\u00e9 \u00ff \u00c3\u00a9" },
  },
  {
    name: "repeated",
    spec: "environ-http-repeated",
    title: "Repeated headers are joined in order, with a comma",
    parts: {
      headers: ["X-Many: 1", "X-Other: x", "x-many: 2, 3", "X-MANY: 4"],
    },
    expected: { HTTP_X_MANY: "1, 2, 3, 4" },
  },
  {
    name: "cookies",
    spec: "environ-http-repeated",
    title: "Repeated Cookie headers are joined with a semicolon",
    parts: { headers: ["Cookie: a=1", "Cookie: b=2; c=3"] },
    expected: { HTTP_COOKIE: "a=1; b=2; c=3" },
  },
  {
    name: "underscore",
    spec: "environ-http-underscore",
    title:
      "A header with _ in its name is dropped, so that it is not confused with one with -",
    parts: { headers: ["X_Real_Ip: 6.6.6.6", "Content_Type: a/b"] },
    expected: {
      HTTP_X_REAL_IP: undefined,
      HTTP_CONTENT_TYPE: undefined,
      CONTENT_TYPE: undefined,
    },
  },
  {
    name: "underscore-beside",
    spec: "environ-http-underscore",
    title: "A header X_A adds nothing to the value of X-A",
    parts: { headers: ["X_A: evil", "X-A: good", "X_A: evil"] },
    expected: { HTTP_X_A: "good" },
  },
  {
    name: "own-variable",
    spec: "environ-http-own",
    title: "Headers named like variables do not change those variables",
    parts: {
      headers: ["Script-Name: /x", "Remote-User: root", "Path-Info: /x"],
    },
    expected: {
      HTTP_SCRIPT_NAME: "/x",
      HTTP_REMOTE_USER: "root",
      HTTP_PATH_INFO: "/x",
      REMOTE_USER: undefined,
      PATH_INFO: "/",
    },
  },
  {
    name: "proxy",
    spec: "environ-http-forbidden",
    title: "A Proxy header is dropped (httpoxy)",
    parts: { headers: ["Proxy: http://evil.test/"] },
    expected: { HTTP_PROXY: undefined },
  },
  {
    name: "content",
    spec: "environ-http-forbidden",
    title: "Content-Type and Content-Length have no HTTP_ variables",
    parts: {
      method: "POST",
      headers: ["Content-Type: text/plain; charset=utf-8"],
      body: "four",
    },
    expected: {
      CONTENT_TYPE: "text/plain; charset=utf-8",
      CONTENT_LENGTH: "4",
      HTTP_CONTENT_TYPE: undefined,
      HTTP_CONTENT_LENGTH: undefined,
    },
  },
  {
    name: "transfer-encoding",
    spec: "environ-http-forbidden",
    title: "Transfer-Encoding is dropped, and there is no CONTENT_LENGTH",
    parts: { method: "POST", chunks: ["four"] },
    expected: { HTTP_TRANSFER_ENCODING: undefined, CONTENT_LENGTH: undefined },
  },
  {
    name: "host",
    spec: "environ-http-host",
    title: "HTTP_HOST is the Host header as sent",
    parts: { host: "Example.test:8080" },
    expected: { HTTP_HOST: "Example.test:8080" },
  },
  {
    name: "host-none",
    spec: "environ-http-host",
    title: "An HTTP/1.0 request without a Host has no HTTP_HOST",
    parts: { version: "HTTP/1.0", host: false },
    expected: { HTTP_HOST: undefined },
  },
  {
    name: "authorization",
    spec: "environ-http-headers",
    title: "Authorization reaches the application",
    parts: { headers: ["Authorization: Basic YTpi"] },
    expected: { HTTP_AUTHORIZATION: "Basic YTpi" },
  },
];

/** The cases of this subject. */
export const HEADER_CASES: readonly ServerCase[] = [
  ...SENT.map((one) => environCase("headers", one)),
  {
    id: "headers/host-empty",
    spec: "environ-http-host-sent",
    title: "An HTTP/1.1 request with an empty Host gets 400, or has HTTP_HOST",
    app: reportEnviron,
    run: async (client) => {
      const { head } = await client.ask({ host: "" });
      if (head.status === 400) return;
      const environ = await client.waitFor("environ") as Record<string, string>;
      expect("HTTP_HOST" in environ, "HTTP_HOST must be present, got none");
    },
  },
];
