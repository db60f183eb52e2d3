/**
 * Cases about the request target: path, query and its forms.
 *
 * @module
 */

import { expect, expectEqual } from "../expect.ts";
import type { ServerCase } from "../server_case.ts";
import {
  environCase,
  environOf,
  type EnvironRequest,
  reportEnviron,
} from "./environ_case.ts";

const TARGETS: readonly EnvironRequest[] = [
  {
    name: "root",
    spec: "environ-path-not-empty",
    title: "The root has PATH_INFO / and an empty query",
    parts: { target: "/" },
    expected: { PATH_INFO: "/", QUERY_STRING: "", REQUEST_URI: "/" },
  },
  {
    name: "path-decoded",
    spec: "environ-path-decoded",
    title: "The path is percent-decoded byte by byte",
    parts: { target: "/caf%C3%A9/%e9/%20%00%ff" },
    expected: { PATH_INFO: "/caf\u00c3\u00a9/\u00e9/ \0\u00ff" },
  },
  {
    name: "path-decoded-once",
    spec: "environ-path-decoded",
    title: "The path is decoded only once",
    parts: { target: "/a%2541%252F" },
    expected: { PATH_INFO: "/a%41%2F" },
  },
  {
    name: "path-slash",
    spec: "environ-path-decoded",
    title: "%2F becomes / in PATH_INFO and stays in REQUEST_URI",
    parts: { target: "/a%2Fb/c%2f" },
    expected: { PATH_INFO: "/a/b/c/", REQUEST_URI: "/a%2Fb/c%2f" },
  },
  {
    name: "path-question-mark",
    spec: "environ-path-decoded",
    title: "%3F is decoded as a part of the path",
    parts: { target: "/a%3Fb?c%3Fd" },
    expected: { PATH_INFO: "/a?b", QUERY_STRING: "c%3Fd" },
  },
  {
    name: "path-bad-escape",
    spec: "environ-path-decoded",
    title: "A % without two hexadecimal digits stays as it is",
    parts: { target: "/100%/%zz/%4" },
    expected: { PATH_INFO: "/100%/%zz/%4" },
  },
  {
    name: "path-plus",
    spec: "environ-path-decoded",
    title: "A + in the path stays a +",
    parts: { target: "/a+b" },
    expected: { PATH_INFO: "/a+b" },
  },
  {
    name: "path-dots",
    spec: "environ-path-as-sent",
    title: "Dot segments are not resolved",
    parts: { target: "/a/../b/./c/%2e%2e/d" },
    expected: { PATH_INFO: "/a/../b/./c/../d" },
  },
  {
    name: "path-double-slash",
    spec: "environ-path-as-sent",
    title: "Two slashes are neither merged nor parsed as an authority",
    parts: { target: "//host//a//" },
    expected: { PATH_INFO: "//host//a//", REQUEST_URI: "//host//a//" },
  },
  {
    name: "path-backslash",
    spec: "environ-path-as-sent",
    title: "A backslash stays a backslash",
    parts: { target: "/a\\b%5Cc" },
    expected: { PATH_INFO: "/a\\b\\c" },
  },
  {
    name: "path-special",
    spec: "environ-path-as-sent",
    title: "Characters that URLs do not allow are passed on",
    parts: { target: '/"<>{}|^`;,:@&=' },
    expected: { PATH_INFO: '/"<>{}|^`;,:@&=' },
  },
  {
    name: "query-raw",
    spec: "environ-query-string",
    title: "The query is not decoded or changed",
    parts: { target: "/?a=%41+b&&%C3%A9=%zz&=" },
    expected: { QUERY_STRING: "a=%41+b&&%C3%A9=%zz&=", PATH_INFO: "/" },
  },
  {
    name: "query-questions",
    spec: "environ-query-string",
    title: "The query begins after the first ? and can contain others",
    parts: { target: "/a??b?c=/d//e" },
    expected: { PATH_INFO: "/a", QUERY_STRING: "?b?c=/d//e" },
  },
  {
    name: "query-empty",
    spec: "environ-query-string",
    title: "A ? with nothing after it results in an empty query",
    parts: { target: "/a?" },
    expected: { PATH_INFO: "/a", QUERY_STRING: "" },
  },
  {
    name: "request-uri",
    spec: "environ-request-uri-raw",
    title: "REQUEST_URI is path and query as sent",
    parts: { target: "/a%2Fb/./../c//d%E9/%7e?x=%41" },
    expected: { REQUEST_URI: "/a%2Fb/./../c//d%E9/%7e?x=%41" },
  },
  {
    name: "absolute-form",
    spec: "environ-request-uri-raw",
    title: "Scheme and authority are removed from a target in absolute form",
    parts: {
      target: "http://example.test:81/a%2Fb?c",
      host: "example.test:81",
    },
    expected: {
      PATH_INFO: "/a/b",
      QUERY_STRING: "c",
      REQUEST_URI: "/a%2Fb?c",
      HTTP_HOST: "example.test:81",
    },
  },
  {
    name: "absolute-form-host",
    spec: "environ-http-host",
    title:
      "The authority of a target in absolute form takes precedence over the Host",
    parts: { target: "http://example.test/a", host: "other.test" },
    expected: { PATH_INFO: "/a", HTTP_HOST: "example.test" },
  },
  {
    name: "asterisk-form",
    spec: "environ-path-info-slash",
    title: "OPTIONS * has PATH_INFO *",
    parts: { method: "OPTIONS", target: "*" },
    expected: { REQUEST_METHOD: "OPTIONS", PATH_INFO: "*" },
  },
  {
    name: "long",
    spec: "environ-path-as-sent",
    // RFC 9112, section 3: request lines of 8000 bytes should be supported.
    title: "A target of almost 8000 bytes arrives whole",
    parts: { target: `/${"p".repeat(3900)}?${"q".repeat(4080)}` },
    expected: {
      PATH_INFO: `/${"p".repeat(3900)}`,
      QUERY_STRING: "q".repeat(4080),
    },
  },
];

/** The cases of this subject. */
export const TARGET_CASES: readonly ServerCase[] = [
  ...TARGETS.map((one) => environCase("target", one)),
  {
    id: "target/fragment",
    spec: "environ-no-fragment",
    title: "A fragment is rejected or dropped, and never reaches the environ",
    app: reportEnviron,
    run: async (client) => {
      const { head } = await client.ask({ target: "/a?b#c" });
      if (head.status === 400) return;
      const environ = await client.waitFor("environ") as Record<string, string>;
      for (const key of ["PATH_INFO", "QUERY_STRING", "REQUEST_URI"]) {
        expect(
          !environ[key]?.includes("#"),
          `${key} must have no "#", got "${environ[key]}"`,
        );
      }
    },
  },
  {
    id: "target/not-from-host",
    spec: "server-path-from-target",
    title: "No part of the Host becomes a part of the path or query",
    app: reportEnviron,
    run: async (client) => {
      const { head } = await client.ask({ target: "/p", host: "a/evil?x#y" });
      if (head.status === 400) return;
      const environ = await client.waitFor("environ") as Record<string, string>;
      expectEqual(environ["PATH_INFO"], "/p", "PATH_INFO");
      expectEqual(environ["QUERY_STRING"], "", "QUERY_STRING");
    },
  },
  {
    id: "target/script-name",
    spec: "environ-path-present",
    title: "SCRIPT_NAME, PATH_INFO and QUERY_STRING are present even if empty",
    app: reportEnviron,
    run: async (client) => {
      const environ = await environOf(client, { target: "/" });
      for (const key of ["SCRIPT_NAME", "PATH_INFO", "QUERY_STRING"]) {
        expect(key in environ, `${key} must be present, got none`);
      }
    },
  },
];
