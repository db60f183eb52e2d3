import { assertEquals, assertThrows } from "@std/assert";
import {
  completeVariables,
  joinVariables,
} from "../../../gateway/backend/cgi_variables.ts";
import { RequestError } from "../../../http1/request_error.ts";

Deno.test("joinVariables() joins headers, and takes the last value of other variables", () => {
  assertEquals(
    joinVariables([
      ["HTTP_X", "1"],
      ["PATH_INFO", "/a"],
      ["HTTP_COOKIE", "a"],
      ["HTTP_HOST", "h"],
      ["HTTP_X", ""],
      ["PATH_INFO", "/b"],
      ["HTTP_COOKIE", "b"],
      ["HTTP_HOST", "h:1"],
    ]),
    { HTTP_X: "1, ", PATH_INFO: "/b", HTTP_COOKIE: "a; b", HTTP_HOST: "h:1" },
  );
});

Deno.test("joinVariables() trims headers alone, and accepts any name", () => {
  assertEquals(
    joinVariables([["HTTP_X", "\t a \t b "], ["QUERY_STRING", " a "]]),
    { HTTP_X: "a \t b", QUERY_STRING: " a " },
  );
  const joined = joinVariables([["__proto__", "1"], ["constructor", "2"]]);
  assertEquals(Object.keys(joined), ["__proto__", "constructor"]);
  assertEquals(Object.getPrototypeOf(joined), Object.prototype);
});

const APACHE = "Apache/2.4.71 (Debian)";

Deno.test.each<[Record<string, string>, string | undefined, string]>([
  [{ PATH_INFO: "", SCRIPT_NAME: "/a", DOCUMENT_URI: "/a/x" }, "/a", ""],
  [{ DOCUMENT_URI: "/\xe9", REQUEST_URI: "//%E9?b" }, undefined, "/\xe9"],
  [{ REQUEST_URI: "//a/%E9?b" }, undefined, "//a/\xe9"],
  [{}, undefined, ""],
  [{ SCRIPT_NAME: "/app", DOCUMENT_URI: "/app/x" }, "/app", "/x"],
  [{ SCRIPT_NAME: "/app", DOCUMENT_URI: "/app" }, "/app", ""],
  [{ SCRIPT_NAME: "/app", DOCUMENT_URI: "/apple" }, "/app", ""],
  [{ SCRIPT_NAME: "/app", DOCUMENT_URI: "/x" }, "/app", ""],
  // mod_proxy_scgi
  [{ SCRIPT_NAME: "/a/b", SERVER_SOFTWARE: APACHE }, "", "/a/b"],
  [{ REQUEST_URI: "http://h:81/a%2Fb?c" }, undefined, "/a/b"],
  [{ REQUEST_URI: "HTTPS://h" }, undefined, "/"],
  [{ REQUEST_URI: "http://h?a" }, undefined, "/"],
  [{ REQUEST_URI: "/http://h/" }, undefined, "/http://h/"],
])(
  "completeVariables() turns %j into SCRIPT_NAME %j and PATH_INFO %j",
  (variables, script, path) => {
    const completed = completeVariables(variables);
    const { SCRIPT_NAME, PATH_INFO, REQUEST_URI } = completed;
    assertEquals([SCRIPT_NAME, PATH_INFO], [script, path]);
    const { REQUEST_URI: uri } = variables;
    // cgi_environ_test.ts has the absolute form.
    if (!uri?.includes(":")) assertEquals(REQUEST_URI, uri);
  },
);

/** CONTENT_LENGTH, and `-` or the header; the length of the body then. */
Deno.test.each([
  ["5", "-", "5"],
  ["", "-", ""],
  // Without a header it is SCGI's way to express that there is no body.
  ["0", "-", ""],
  ["0", "0", "0"],
  ["0", "50", "50"],
  ["10", "50", "50"],
  ["50", "10", "50"],
])(
  "completeVariables() turns CONTENT_LENGTH %j and the header %j into %j",
  (CONTENT_LENGTH, HTTP_CONTENT_LENGTH, expected) => {
    const header = HTTP_CONTENT_LENGTH === "-" ? {} : { HTTP_CONTENT_LENGTH };
    const variables = { CONTENT_LENGTH, ...header };
    assertEquals(completeVariables(variables)["CONTENT_LENGTH"], expected);
    const chunked = { ...variables, HTTP_TRANSFER_ENCODING: "chunked" };
    const { CONTENT_LENGTH: length } = completeVariables(chunked);
    if (CONTENT_LENGTH !== "0") assertEquals(length, CONTENT_LENGTH);
  },
);

Deno.test.each<[Record<string, string>, string]>([
  [{ REQUEST_SCHEME: "https" }, "on"],
  [{ REQUEST_SCHEME: "http" }, ""],
  [{ REQUEST_SCHEME: "https", HTTPS: "off" }, "off"],
  [{ HTTP_CONTENT_TYPE: 'a/b; c="d, e"' }, ""],
])("completeVariables() turns %j into HTTPS %j", (variables, https) => {
  assertEquals(completeVariables(variables)["HTTPS"], https);
});

Deno.test.each<[Record<string, string>]>([
  [{ HTTP_HOST: "a b" }],
  [{ HTTP_CONTENT_LENGTH: "1, 1" }],
  [{ HTTP_CONTENT_TYPE: "a/b, c/d" }],
  [{ REQUEST_URI: "/#" }],
])("completeVariables() rejects %j", (variables) => {
  assertThrows(() => completeVariables(variables), RequestError);
});
