import { assertEquals, assertThrows } from "@std/assert";
import { fromBytes } from "../../wsgi/byte_string.ts";
import { applicationUri, guessScheme, requestUri } from "../../wsgi/uri.ts";
import { askPython, testWithPython } from "./python.ts";

type Variables = Record<string, unknown>;

const HTTP = { "wsgi.url_scheme": "http", HTTP_HOST: "h" };

const HTTPS = { "wsgi.url_scheme": "https" };
const SERVER = { SERVER_NAME: "s", HTTP_HOST: "" };

Deno.test.each<[Variables, string]>([
  [{ ...HTTP, SCRIPT_NAME: "/a" }, "http://h/a"],
  [{ ...HTTP, SCRIPT_NAME: "" }, "http://h/"],
  [{ ...HTTP, HTTP_HOST: "h:8000" }, "http://h:8000/"],
  [{ ...HTTP, SERVER_PORT: "81", SERVER_NAME: "s" }, "http://h/"],
  [{ ...HTTP, SCRIPT_NAME: "/spämmity" }, "http://h/sp%E4mmity"],
  [{ ...HTTP, SCRIPT_NAME: "/a;b=c,d" }, "http://h/a%3Bb%3Dc%2Cd"],
  [{ ...HTTP, PATH_INFO: "/p", QUERY_STRING: "q" }, "http://h/"],
  [{ ...HTTP, ...SERVER, SERVER_PORT: "80" }, "http://s/"],
  [{ ...HTTP, ...SERVER, SERVER_PORT: "443" }, "http://s:443/"],
  [{ ...HTTPS, ...SERVER, SERVER_PORT: "443" }, "https://s/"],
  [{ ...HTTPS, ...SERVER, SERVER_PORT: "80" }, "https://s:80/"],
  [{ "wsgi.url_scheme": "ftp", ...SERVER, SERVER_PORT: "80" }, "ftp://s/"],
])("applicationUri() turns %j into %s", (environ, uri) => {
  assertEquals(applicationUri(environ), uri);
});

Deno.test.each<[Variables, string]>([
  [{ ...HTTP, SCRIPT_NAME: "/a", PATH_INFO: "/b" }, "http://h/a/b"],
  [{ ...HTTP, SCRIPT_NAME: "/a" }, "http://h/a"],
  [{ ...HTTP, PATH_INFO: "nosl" }, "http://h/osl"],
  [{ ...HTTP, PATH_INFO: "//a/b", SCRIPT_NAME: "" }, "http://h//a/b"],
  [{ ...HTTP, PATH_INFO: "*", REQUEST_METHOD: "OPTIONS" }, "http://h"],
  [{ ...HTTP, PATH_INFO: "", REQUEST_METHOD: "CONNECT" }, "http://h"],
  [{ ...HTTP, PATH_INFO: "/a;b=c,d" }, "http://h/a;b=c,d"],
  [
    { ...HTTP, PATH_INFO: "/~!$&'()*+,;=:@%é" },
    "http://h/~%21%24%26%27%28%29%2A%2B,;=%3A%40%25%E9",
  ],
  [{ ...HTTP, PATH_INFO: "/", QUERY_STRING: "" }, "http://h/"],
  [{ ...HTTP, PATH_INFO: "/", QUERY_STRING: "a=b c?#é" }, "http://h/?a=b c?#é"],
])("requestUri() turns %j into %s", (environ, uri) => {
  assertEquals(requestUri(environ), uri);
});

Deno.test("requestUri() omits the query on request", () => {
  const environ = { ...HTTP, PATH_INFO: "/a", QUERY_STRING: "b" };
  assertEquals(requestUri(environ, { includeQuery: true }), "http://h/a?b");
  assertEquals(requestUri(environ, { includeQuery: false }), "http://h/a");
});

Deno.test.each<[Variables, string]>([
  [{ HTTP_HOST: "h" }, "wsgi.url_scheme"],
  [{ "wsgi.url_scheme": "http", SERVER_PORT: "80" }, "SERVER_NAME"],
  [{ "wsgi.url_scheme": "http", SERVER_NAME: "s" }, "SERVER_PORT"],
  [{ ...HTTP, SCRIPT_NAME: "/€" }, "SCRIPT_NAME"],
  [{ ...HTTP, PATH_INFO: "/€" }, "PATH_INFO"],
  [{ ...HTTP, PATH_INFO: 7 }, "PATH_INFO"],
])("requestUri() rejects %j and names %s", (environ, name) => {
  const message = `Cannot make the URI: ${name} must be a string `;
  assertThrows(() => requestUri(environ), TypeError, message);
});

testWithPython(
  "requestUri() and applicationUri() do what Python's do",
  async () => {
    const bytes = fromBytes(Uint8Array.from({ length: 256 }, (_, i) => i));
    const paths = ["", "/", "/a", "/é ü", `/${bytes}`, "a", "//", undefined];
    const cases: Variables[] = [];
    for (const SCRIPT_NAME of paths) {
      for (const PATH_INFO of paths) {
        cases.push({ ...HTTP, SCRIPT_NAME, PATH_INFO, QUERY_STRING: "?é" });
      }
    }
    for (const scheme of ["http", "https", "ftp"]) {
      for (const SERVER_PORT of ["80", "443", "8000"]) {
        cases.push({ ...SERVER, "wsgi.url_scheme": scheme, SERVER_PORT });
      }
    }
    const expected = await askPython(
      `
from wsgiref.util import application_uri, request_uri
def run(case):
    return [application_uri(case), request_uri(case), request_uri(case, False)]
`,
      cases,
    );
    const actual = cases.map((environ) => [
      applicationUri(environ),
      requestUri(environ),
      requestUri(environ, { includeQuery: false }),
    ]);
    assertEquals(actual, expected);
  },
);

Deno.test("guessScheme() knows https by three values of HTTPS alone", () => {
  for (const HTTPS of ["on", "yes", "1"]) {
    assertEquals(guessScheme({ HTTPS }), "https");
  }
  const others = ["ON", "Yes", "true", "off", "0", "", " on", 1, true];
  for (const HTTPS of [...others, undefined]) {
    const more = { https: "on", HTTP_HTTPS: "on", "wsgi.url_scheme": "https" };
    assertEquals(guessScheme({ HTTPS, ...more }), "http", `${HTTPS}`);
  }
  assertEquals(guessScheme({}), "http");
});
