import { assertEquals, assertThrows } from "@std/assert";
import fc from "npm:fast-check@^4";
import { fromBytes } from "../../../wsgi/byte_string.ts";
import { BadRequest } from "../../../gateway/environ/bad_request.ts";
import { environOf } from "./environ_of.ts";

/** Gives the variables that are about the target. */
function targetOf(url: string): (string | undefined)[] {
  const { SCRIPT_NAME, PATH_INFO, QUERY_STRING, REQUEST_URI } = environOf({
    url,
  });
  assertEquals(SCRIPT_NAME, "");
  return [PATH_INFO, QUERY_STRING, REQUEST_URI];
}

Deno.test.each([
  ["/", ["/", "", "/"]],
  ["/a%2Fb/%2f", ["/a/b//", "", "/a%2Fb/%2f"]],
  ["//x//y", ["//x//y", "", "//x//y"]],
  ["/a/../b/./%2e%2E/c", ["/a/../b/./../c", "", "/a/../b/./%2e%2E/c"]],
  ["/a\\b", ["/a\\b", "", "/a\\b"]],
  ["/caf%C3%A9", ["/caf\xc3\xa9", "", "/caf%C3%A9"]],
  ["/café", ["/caf\xc3\xa9", "", "/caf\xc3\xa9"]],
  ["/%E9%ff%00", ["/\xe9\xff\0", "", "/%E9%ff%00"]],
  ["/%/%z/%4/%zz%41", ["/%/%z/%4/%zzA", "", "/%/%z/%4/%zz%41"]],
  ["/a+b;c=d", ["/a+b;c=d", "", "/a+b;c=d"]],
  ["/%3Fa", ["/?a", "", "/%3Fa"]],
  ["/?", ["/", "", "/?"]],
  ["/?a=%2F+é?b", ["/", "a=%2F+\xc3\xa9?b", "/?a=%2F+\xc3\xa9?b"]],
  ["?q", ["/", "q", "/?q"]],
  ["?q/r", ["/", "q/r", "/?q/r"]],
  ["", ["/", "", "/"]],
])(
  "createFetchEnviron() takes the target %s as it was sent",
  (target, expected) => {
    assertEquals<unknown>(targetOf(`http://h${target}`), expected);
  },
);

Deno.test("createFetchEnviron() decodes every path byte by byte", () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => {
    const escaped = [...bytes].map((byte) =>
      `%${byte.toString(16).padStart(2, "0")}`
    );
    assertEquals(
      targetOf(`http://h/${escaped.join("")}`)[0],
      `/${fromBytes(bytes)}`,
    );
  }));
});

Deno.test("createFetchEnviron() gives the authority of a CONNECT request and no path", () => {
  const environ = environOf({ method: "CONNECT", url: "http://other:443" });
  assertEquals(
    [environ.REQUEST_URI, environ.PATH_INFO, environ.HTTP_HOST],
    ["other:443", "", "other:443"],
  );
});

Deno.test("createFetchEnviron() refuses a fragment in the target", () => {
  assertThrows(() => environOf({ url: "http://h/a#b" }), BadRequest);
  assertThrows(() => environOf({ url: "http://h/?a#b" }), BadRequest);
});

Deno.test.each([
  ["example.com", "example.com", "80"],
  ["example.com:8000", "example.com", "8000"],
  ["example.com:", "example.com", "80"],
  ["example.com:00443", "example.com", "443"],
  ["127.0.0.1:65535", "127.0.0.1", "65535"],
  ["[::1]", "[::1]", "80"],
  ["[::1]:8000", "[::1]", "8000"],
  ["x_y-z~.(1)", "x_y-z~.(1)", "80"],
  ["a%20b", "a%20b", "80"],
])("createFetchEnviron() takes %s as an authority", (host, name, port) => {
  const environ = environOf({ url: `http://${host}/`, headers: { host } });
  assertEquals(
    [environ.HTTP_HOST, environ.SERVER_NAME, environ.SERVER_PORT],
    [host, name, port],
  );
});

Deno.test.each([
  ["a/evil?x#y"],
  ["a/b"],
  ["a?b"],
  ["a#b"],
  ["a\\b"],
  ["a b"],
  ["a, b"],
  ["user@a"],
  ["a:b"],
  ["a:1:2"],
  ["a:-1"],
  ["a:0"],
  ["a:65536"],
  ["a:123456"],
  ["::1"],
  ["[::1"],
  ["[::1]x"],
  ["[g]"],
  ["a%2"],
  ["\xe9"],
  ["<b>"],
])("createFetchEnviron() refuses the Host %s", (host) => {
  const { status } = assertThrows(
    () => environOf({ url: `http://${host}/`, headers: { host } }),
    BadRequest,
  );
  assertEquals(status, 400);
});

Deno.test("createFetchEnviron() takes the host from an absolute target, not from Host", () => {
  const environ = environOf({
    url: "HTTP://user:secret@other:81/a?b",
    headers: { host: "h" },
  });
  assertEquals(environ.HTTP_HOST, "other:81");
  assertEquals(environ.REQUEST_URI, "/a?b");
  assertEquals(environ["wsgi.url_scheme"], "http");
  assertThrows(
    () => environOf({ url: "http://other/", headers: { host: "a/b" } }),
    BadRequest,
  );
});

Deno.test("createFetchEnviron() leaves HTTP_HOST out where Deno has made the authority up", () => {
  const options = { serverName: "127.0.0.1", serverPort: 8000 };
  const hostOf = (url: string, headers: HeadersInit): string | undefined =>
    environOf({ url, headers }, options).HTTP_HOST;
  assertEquals(hostOf("http://localhost:8000/", {}), undefined);
  assertEquals(hostOf("http://localhost:8000/", { host: "" }), "");
  assertEquals(
    hostOf("http://localhost:8000/", { host: "localhost:8000" }),
    "localhost:8000",
  );
  // HTTP/2 has no Host, but its authority is true.
  assertEquals(hostOf("http://example.com/", {}), "example.com");
  assertEquals(hostOf("https://localhost:8000/", {}), "localhost:8000");
});

Deno.test("createFetchEnviron() takes HTTP_HOST from the URL of a request that no server gave", () => {
  const { HTTP_HOST } = environOf({ url: "http://localhost:8000/" });
  assertEquals(HTTP_HOST, "localhost:8000");
});
