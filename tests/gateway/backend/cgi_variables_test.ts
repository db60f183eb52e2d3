import { assertEquals, assertThrows } from "@std/assert";
import {
  completeVariables,
  joinVariables,
} from "../../../gateway/backend/cgi_variables.ts";
import { RequestError } from "../../../http1/request_error.ts";

/** Completes variables and gives those that matter. */
function pathOf(variables: Record<string, string>): unknown[] {
  const { SCRIPT_NAME, PATH_INFO, REQUEST_URI } = completeVariables(variables);
  return [SCRIPT_NAME, PATH_INFO, REQUEST_URI];
}

/** Completes variables and gives the length of the body. */
function lengthOf(variables: Record<string, string>): string | undefined {
  return completeVariables(variables)["CONTENT_LENGTH"];
}

Deno.test("joinVariables() joins headers, and takes the last of what is none", () => {
  assertEquals(
    joinVariables([
      ["HTTP_X", "1"],
      ["PATH_INFO", "/a"],
      ["HTTP_COOKIE", "a"],
      ["HTTP_HOST", "h"],
      ["HTTP_X", "2"],
      ["PATH_INFO", "/b"],
      ["HTTP_COOKIE", "b"],
      ["HTTP_HOST", "h:1"],
      ["HTTP_X", ""],
    ]),
    {
      HTTP_X: "1, 2, ",
      PATH_INFO: "/b",
      HTTP_COOKIE: "a; b",
      HTTP_HOST: "h:1",
    },
  );
});

Deno.test("joinVariables() takes blanks from around headers alone", () => {
  assertEquals(
    joinVariables([["HTTP_X", "\t a \t b "], ["QUERY_STRING", " a "]]),
    { HTTP_X: "a \t b", QUERY_STRING: " a " },
  );
});

Deno.test("joinVariables() takes any name for a name", () => {
  const joined = joinVariables([["__proto__", "1"], ["constructor", "2"]]);
  assertEquals(Object.keys(joined), ["__proto__", "constructor"]);
  assertEquals(Object.getPrototypeOf(joined), Object.prototype);
});

Deno.test("completeVariables() keeps the PATH_INFO that was sent", () => {
  assertEquals(
    pathOf({ PATH_INFO: "", SCRIPT_NAME: "/app", DOCUMENT_URI: "/app/x" }),
    ["/app", "", undefined],
  );
});

Deno.test("completeVariables() finds PATH_INFO in DOCUMENT_URI, then in REQUEST_URI", () => {
  assertEquals(
    pathOf({ DOCUMENT_URI: "/a/\xe9", REQUEST_URI: "//a/%E9?b" }),
    [undefined, "/a/\xe9", "//a/%E9?b"],
  );
  assertEquals(
    pathOf({ REQUEST_URI: "//a/%E9?b" }),
    [undefined, "//a/\xe9", "//a/%E9?b"],
  );
  assertEquals(pathOf({}), [undefined, "", undefined]);
});

Deno.test("completeVariables() leaves SCRIPT_NAME out of PATH_INFO", () => {
  const SCRIPT_NAME = "/app";
  for (
    const [DOCUMENT_URI, path] of [
      ["/app/x", "/x"],
      ["/app", ""],
      ["/apple", ""],
      ["/x", ""],
    ] as const
  ) {
    assertEquals(
      pathOf({ SCRIPT_NAME, DOCUMENT_URI }),
      [SCRIPT_NAME, path, undefined],
    );
  }
});

Deno.test("completeVariables() takes SCRIPT_NAME of mod_proxy_scgi for the path", () => {
  assertEquals(
    pathOf({ SCRIPT_NAME: "/a/b", SERVER_SOFTWARE: "Apache/2.4.71 (Debian)" }),
    ["", "/a/b", undefined],
  );
});

Deno.test("completeVariables() finds PATH_INFO in a target in absolute form", () => {
  for (
    const [uri, expected] of [
      ["http://h:81/a%2Fb?c", "/a/b"],
      ["HTTPS://h", "/"],
      ["http://h?a", "/"],
      ["/http://h/", "/http://h/"],
    ] as const
  ) {
    assertEquals(pathOf({ REQUEST_URI: uri })[1], expected);
  }
});

Deno.test("completeVariables() tells the length of the body", () => {
  const length = (told: string, header?: string, more = {}) =>
    lengthOf({
      CONTENT_LENGTH: told,
      ...header === undefined ? {} : { HTTP_CONTENT_LENGTH: header },
      ...more,
    });
  assertEquals(length("5"), "5");
  assertEquals(length(""), "");
  // Without a header it is SCGI's way to say that there is no body.
  assertEquals(length("0"), "");
  assertEquals(length("0", "0"), "0");
  assertEquals(length("0", "50"), "50");
  assertEquals(length("10", "50"), "50");
  assertEquals(length("50", "10"), "50");
  assertEquals(length("4", "50", { HTTP_TRANSFER_ENCODING: "chunked" }), "4");
});

Deno.test("completeVariables() knows https by REQUEST_SCHEME where HTTPS is missing", () => {
  const https = (variables: Record<string, string>) =>
    completeVariables(variables)["HTTPS"];
  assertEquals(https({ REQUEST_SCHEME: "https" }), "on");
  assertEquals(https({ REQUEST_SCHEME: "http" }), "");
  assertEquals(https({ REQUEST_SCHEME: "https", HTTPS: "off" }), "off");
});

Deno.test("completeVariables() refuses what no application may see", () => {
  for (
    const variables of [
      { HTTP_HOST: "a b" },
      { HTTP_CONTENT_LENGTH: "1, 1" },
      { HTTP_CONTENT_TYPE: "a/b, c/d" },
      { REQUEST_URI: "/#" },
    ]
  ) {
    assertThrows(
      () => completeVariables(variables as Record<string, string>),
      RequestError,
    );
  }
  assertEquals(
    completeVariables({ HTTP_CONTENT_TYPE: 'a/b; c="d, e"' })["HTTPS"],
    "",
  );
});
