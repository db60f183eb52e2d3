import { assertEquals, assertThrows } from "@std/assert";
import {
  completeVariables,
  joinVariables,
} from "../../../gateway/backend/cgi_variables.ts";
import { RequestError } from "../../../http1/request_error.ts";

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

const APACHE = "Apache/2.4.71 (Debian)";

Deno.test.each<[Record<string, string>, unknown[]]>([
  [{ PATH_INFO: "", SCRIPT_NAME: "/app", DOCUMENT_URI: "/app/x" }, [
    "/app",
    "",
  ]],
  [{ DOCUMENT_URI: "/a/\xe9", REQUEST_URI: "//a/%E9?b" }, [
    undefined,
    "/a/\xe9",
  ]],
  [{ REQUEST_URI: "//a/%E9?b" }, [undefined, "//a/\xe9"]],
  [{}, [undefined, ""]],
  [{ SCRIPT_NAME: "/app", DOCUMENT_URI: "/app/x" }, ["/app", "/x"]],
  [{ SCRIPT_NAME: "/app", DOCUMENT_URI: "/app" }, ["/app", ""]],
  [{ SCRIPT_NAME: "/app", DOCUMENT_URI: "/apple" }, ["/app", ""]],
  [{ SCRIPT_NAME: "/app", DOCUMENT_URI: "/x" }, ["/app", ""]],
  // mod_proxy_scgi
  [{ SCRIPT_NAME: "/a/b", SERVER_SOFTWARE: APACHE }, ["", "/a/b"]],
  [{ REQUEST_URI: "http://h:81/a%2Fb?c" }, [undefined, "/a/b"]],
  [{ REQUEST_URI: "HTTPS://h" }, [undefined, "/"]],
  [{ REQUEST_URI: "http://h?a" }, [undefined, "/"]],
  [{ REQUEST_URI: "/http://h/" }, [undefined, "/http://h/"]],
])("completeVariables() makes of %j the paths %j", (variables, paths) => {
  const completed = completeVariables(variables);
  assertEquals([completed["SCRIPT_NAME"], completed["PATH_INFO"]], paths);
  // What becomes of one in absolute form, cgi_environ.ts says.
  const { REQUEST_URI: uri } = variables;
  if (!uri?.includes(":")) assertEquals(completed["REQUEST_URI"], uri);
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

Deno.test.each<[Record<string, string>]>([
  [{ HTTP_HOST: "a b" }],
  [{ HTTP_CONTENT_LENGTH: "1, 1" }],
  [{ HTTP_CONTENT_TYPE: "a/b, c/d" }],
  [{ REQUEST_URI: "/#" }],
])("completeVariables() refuses %j", (variables) => {
  assertThrows(() => completeVariables(variables), RequestError);
});

Deno.test("completeVariables() lets a comma pass in a quoted parameter", () => {
  const HTTP_CONTENT_TYPE = 'a/b; c="d, e"';
  assertEquals(completeVariables({ HTTP_CONTENT_TYPE })["HTTPS"], "");
});
