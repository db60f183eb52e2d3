import { assertEquals, assertStrictEquals } from "@std/assert";
import fc from "npm:fast-check@^4";
import {
  headerKey,
  headerName,
} from "../../../gateway/environ/header_variables.ts";

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
  ["X_Forwarded_For"],
  ["X-Forwarded_For"],
  ["Content_Length"],
  ["_"],
  ["Proxy"],
  ["PROXY"],
  ["Transfer-Encoding"],
  ["transfer-encoding"],
  [""],
  ["X Y"],
  ["X:"],
  ["X\n"],
  ["caf\xe9"],
  ["\u0130"],
  ["__proto__"],
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

Deno.test("headerName() finds the header that headerKey() makes a key of", () => {
  const anyName = fc.stringMatching(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,12}$/);
  fc.assert(
    fc.property(fc.oneof(anyName, fc.string()), (name) => {
      const key = headerKey(name);
      if (key !== undefined) {
        assertStrictEquals(headerName(key), name.toLowerCase());
      }
      // Any key at all, and one that looks like that of a header.
      for (const asked of [name, `HTTP_${name}`]) {
        const found = headerName(asked);
        if (found !== undefined) assertStrictEquals(headerKey(found), asked);
      }
    }),
  );
});

Deno.test.each([
  ["HTTP_CONTENT_TYPE"],
  ["HTTP_PROXY"],
  ["HTTP_TRANSFER_ENCODING"],
  ["HTTP_x"],
  ["HTTP_X-A"],
  ["HTTP_"],
  ["REQUEST_METHOD"],
  ["content-type"],
  [""],
])("headerName() knows no header for %j", (key) => {
  assertStrictEquals(headerName(key), undefined);
});
