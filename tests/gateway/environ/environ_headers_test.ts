import { assertEquals, assertThrows } from "@std/assert";
import { toFetchHandler } from "../../../gateway/fetch/fetch.ts";
import { RequestError } from "../../../http1/request_error.ts";
import type { Environ } from "../../../wsgi/types.ts";
import { environOf } from "./environ_of.ts";

/** Gives the variables that the headers have made. */
function variablesOf(headers: [string, string][]): Record<string, unknown> {
  const without = environOf();
  return Object.fromEntries(
    Object.entries(environOf({ headers: [["Host", "h"], ...headers] }))
      .filter(([key]) => !(key in without)),
  );
}

Deno.test.each<[string, [string, string][], Record<string, string>]>([
  [
    "a name with hyphens",
    [["Accept-Language", "de"]],
    { HTTP_ACCEPT_LANGUAGE: "de" },
  ],
  ["a repeated one", [["x-a", "1"], ["X-A", "2"]], { HTTP_X_A: "1, 2" }],
  [
    "unusual characters of a token",
    [["a.b!|~^`#$%&'*+", "1"]],
    { "HTTP_A.B!|~^`#$%&'*+": "1" },
  ],
  ["an empty value", [["X-A", ""]], { HTTP_X_A: "" }],
  ["bytes above 0x7F", [["X-A", "\xe9\xff"]], { HTTP_X_A: "\xe9\xff" }],
  ["names of properties", [["constructor", "1"]], { HTTP_CONSTRUCTOR: "1" }],
  [
    "the names of other variables",
    [["Script-Name", "/x"], ["Remote-User", "root"], ["HTTPS", "on"], [
      "Path-Info",
      "/y",
    ]],
    {
      HTTP_SCRIPT_NAME: "/x",
      HTTP_REMOTE_USER: "root",
      HTTP_HTTPS: "on",
      HTTP_PATH_INFO: "/y",
    },
  ],
  [
    "forwarding headers",
    [["X-Forwarded-Proto", "https"], ["Forwarded", "for=1.2.3.4"]],
    { HTTP_X_FORWARDED_PROTO: "https", HTTP_FORWARDED: "for=1.2.3.4" },
  ],
  ["Content-Type", [["Content-Type", "text/plain"]], {
    CONTENT_TYPE: "text/plain",
  }],
  [
    "a comma in a quoted parameter",
    [["Content-Type", 'a/b; c="d, \\", e"; f=g']],
    { CONTENT_TYPE: 'a/b; c="d, \\", e"; f=g' },
  ],
  ["Content-Length", [["Content-Length", "007"]], { CONTENT_LENGTH: "7" }],
  ["the longest Content-Length", [["Content-Length", "9007199254740991"]], {
    CONTENT_LENGTH: "9007199254740991",
  }],
])("createFetchEnviron() makes variables of %s", (_what, headers, expected) => {
  assertEquals(variablesOf(headers), expected);
});

Deno.test("createFetchEnviron() keeps the header with a hyphen beside one with an underscore", () => {
  assertEquals(
    variablesOf([["X_Real_Ip", "evil"], ["X-Real-Ip", "true"]]),
    { HTTP_X_REAL_IP: "true" },
  );
});

Deno.test.each([
  ["Content-Length", ""],
  ["Content-Length", "5, 5"],
  ["Content-Length", "9007199254740992"],
  ["Content-Type", "a/b, c/d"],
  ["Content-Type", 'a/b; c="d", e/f'],
  ["Content-Type", 'a/b; c="d, e/f'],
])("createFetchEnviron() refuses %s: %s", (name, value) => {
  const { status } = assertThrows(
    () => environOf({ headers: { Host: "h", [name]: value } }),
    RequestError,
  );
  assertEquals(status, 400);
});

Deno.test.each([
  ["", 400],
  ["chunked, chunked", 400],
  ["chunked, gzip", 400],
  ["gzip", 501],
  ["gzip, chunked", 501],
])(
  "createFetchEnviron() refuses Transfer-Encoding: %s with %i",
  (value, status) => {
    const headers = { "Transfer-Encoding": value };
    const error = assertThrows(() => environOf({ headers }), RequestError);
    assertEquals(error.status, status);
  },
);

Deno.test("createFetchEnviron() refuses Transfer-Encoding beside Content-Length, before it looks at the length", () => {
  const headers = { "Transfer-Encoding": "chunked", "Content-Length": "11" };
  const options = { maxRequestBodySize: 10 };
  const make = (): Environ => environOf({ headers }, options);
  assertEquals(assertThrows(make, RequestError).status, 400);
});

Deno.test("createFetchEnviron() takes the coding chunked in any case of letters", () => {
  const { HTTP_TRANSFER_ENCODING } = environOf({
    headers: { "Transfer-Encoding": "Chunked" },
  });
  assertEquals(HTTP_TRANSFER_ENCODING, undefined);
});

Deno.test("createFetchEnviron() refuses a URL of another scheme", () => {
  const make = (): Environ => environOf({ url: "foo://h/a" });
  assertEquals(assertThrows(make, RequestError).status, 400);
});

Deno.test("createFetchEnviron() refuses a body that is announced as longer than the limit", () => {
  const environ = (length: string): Environ =>
    environOf({ headers: { "content-length": length } }, {
      maxRequestBodySize: 10,
    });
  assertEquals(environ("10").CONTENT_LENGTH, "10");
  assertEquals(assertThrows(() => environ("11"), RequestError).status, 413);
});

Deno.test("toFetchHandler() answers a refused request without calling the application", async () => {
  let calls = 0;
  const handler = toFetchHandler((_environ, startResponse) => {
    calls++;
    startResponse("200 OK", []);
    return [];
  }, { maxRequestBodySize: 10 });
  const statusOf = async (headers: HeadersInit): Promise<number> => {
    const response = await handler(new Request("http://h/", { headers }));
    assertEquals(
      await response.text(),
      `${response.status} ${
        response.status === 413 ? "Content Too Large" : "Bad Request"
      }\n`,
    );
    return response.status;
  };
  assertEquals(await statusOf({ host: "a/<b>" }), 400);
  assertEquals(await statusOf({ "content-length": "5, 5" }), 400);
  assertEquals(await statusOf({ "content-length": "11" }), 413);
  assertEquals(calls, 0);
});
