import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "npm:fast-check@^4";
import { isByteString } from "../../../wsgi/byte_string.ts";
import { RequestError } from "../../../http1/request_error.ts";
import {
  parseTarget,
  resolveTarget,
  serverOf,
} from "../../../gateway/environ/request_target.ts";

// environ_test.ts has other targets.
Deno.test.each([
  // Only the absolute form can go without a path.
  ["http://h?a/b", "h", "/?a/b", "/", "a/b"],
  ["http://a@b@h/", "h", "/", "/", ""],
  ["http:///a", "", "/a", "/a", ""],
  ["http://h/?http://x/@y", "h", "/?http://x/@y", "/", "http://x/@y"],
])("parseTarget() parses %s", (url, authority, uri, path, query) => {
  assertEquals(parseTarget(url), { authority, uri, path, query });
});

// server-bad-host, server-path-from-target
Deno.test.each(
  ("a\\evil/x a<b/x a#x/y [::1/x ::1/x h:port/x h:123456/x h%/x caf\xe9/x " +
    "h/x#y h/x?y#z").split(" ").concat("a b/x"),
)("parseTarget() rejects http://%s", (rest) => {
  const url = `http://${rest}`;
  const error = assertThrows(() => parseTarget(url), RequestError);
  assertEquals([error.status, error.name], [400, "RequestError"]);
});

Deno.test("parseTarget() returns every target that a client can send", () => {
  const unit = fc.constantFrom(..."ab/?%2F\\@:.+&;=[]'\"<>{}|^`~\xe9€");
  fc.assert(fc.property(fc.string({ unit }), (rest) => {
    const { uri, path, query, authority } = parseTarget(`http://h:1/${rest}`);
    assertEquals(authority, "h:1");
    assert(uri.startsWith("/") && path.startsWith("/"));
    assert([uri, path, query].every(isByteString));
    const mark = uri.indexOf("?");
    assertEquals(query, mark === -1 ? "" : uri.slice(mark + 1));
    // Nothing but escapes and letters beyond ASCII is changed.
    const raw = `/${rest}`;
    const bytes = new TextEncoder().encode(raw.toWellFormed());
    assertEquals(uri, String.fromCharCode(...bytes));
  }));
});

Deno.test.each([
  ["/a?b", "GET", "h:1", ["h:1", "/a?b", "/a", "b"]],
  ["//a/b", "GET", "h", ["h", "//a/b", "//a/b", ""]],
  ["/a", "GET", "", ["", "/a", "/a", ""]],
  ["http://other:81/a?b", "GET", "h", ["other:81", "/a?b", "/a", "b"]],
  ["*", "OPTIONS", "h", ["h", "*", "*", ""]],
])(
  "resolveTarget() of %s with %s and the Host %j",
  (target, method, host, parts) => {
    const { authority, uri, path, query } = resolveTarget(target, method, host);
    assertEquals<unknown>([authority, uri, path, query], parts);
  },
);

Deno.test.each([["*", "GET"], ["a", "GET"], ["h:80", "GET"], ["", "OPTIONS"]])(
  "resolveTarget() rejects %j with %s",
  (target, method) => {
    assertThrows(() => resolveTarget(target, method, "h"), RequestError);
  },
);

Deno.test.each([
  ["h:81", "::1", "h", "81"],
  ["", "::1", "[::1]", "8000"],
  ["", "::ffff:127.0.0.1", "127.0.0.1", "8000"],
  ["", "127.0.0.1", "127.0.0.1", "8000"],
  ["", undefined, "localhost", "80"],
])(
  "serverOf() of %j at %s is %s and %s",
  (authority, localAddress, name, port) => {
    const local = { localAddress, localPort: 8000 };
    assertEquals(serverOf(authority, "http", local), [name, port]);
  },
);
