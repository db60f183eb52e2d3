import { assertEquals, assertStrictEquals } from "@std/assert";
import fc from "npm:fast-check@^4";
import { headerKey } from "../../../gateway/environ/header_variables.ts";

Deno.test.each([
  ["Host", "HTTP_HOST"],
  ["x-forwarded-for", "HTTP_X_FORWARDED_FOR"],
  ["ACCEPT-language", "HTTP_ACCEPT_LANGUAGE"],
  ["Content-Type", "CONTENT_TYPE"],
  ["content-length", "CONTENT_LENGTH"],
  ["Content-Encoding", "HTTP_CONTENT_ENCODING"],
  ["X", "HTTP_X"],
  ["-", "HTTP__"],
  ["x.y!#$%&'*+^`|~9", "HTTP_X.Y!#$%&'*+^`|~9"],
  // These change nothing but their own variable.
  ["Script-Name", "HTTP_SCRIPT_NAME"],
  ["Remote-User", "HTTP_REMOTE_USER"],
  ["HTTP-Host", "HTTP_HTTP_HOST"],
  ["wsgi.input", "HTTP_WSGI.INPUT"],
])("headerKey() of %s is %s", (name, key) => {
  assertStrictEquals(headerKey(name), key);
});

// environ-http-underscore, httpoxy
Deno.test.each([
  ..."X_Forwarded_For X-Forwarded_For Content_Length _ Proxy PROXY".split(" "),
  ..."Transfer-Encoding transfer-encoding X: caf\xe9 \u0130 __proto__".split(
    " ",
  ),
  ...["", "X Y", "X\n"],
])("headerKey() leaves %j out", (name) => {
  // A second time it comes out of the memory.
  assertStrictEquals(headerKey(name), undefined);
  assertStrictEquals(headerKey(name), undefined);
});

Deno.test("headerKey() passes headers that only resemble those it leaves out", () => {
  assertEquals(headerKey("Proxy-Connection"), "HTTP_PROXY_CONNECTION");
  assertEquals(headerKey("Transfer-Encodings"), "HTTP_TRANSFER_ENCODINGS");
});

Deno.test("headerKey() gives the same key in every case of letters, none for two names", () => {
  const unit = fc.constantFrom(..."abcXYZ019.!-_");
  const anyName = fc.string({ unit, minLength: 1 });
  // More names than it remembers.
  fc.assert(
    fc.property(anyName, anyName, (name, other) => {
      const key = headerKey(name);
      assertStrictEquals(headerKey(name.toUpperCase()), key);
      assertStrictEquals(headerKey(name.toLowerCase()), key);
      const isSame = name.toLowerCase() === other.toLowerCase();
      if (key !== undefined && !isSame) {
        assertEquals(headerKey(other) === key, false);
      }
    }),
    { numRuns: 1000 },
  );
});
