import { assert, assertEquals } from "@std/assert";
import fc from "npm:fast-check@^4";
import { headerKey } from "../../../gateway/environ/header_variables.ts";

// environ-http-underscore, httpoxy
Deno.test.each([
  ..."X_Forwarded_For X-Forwarded_For Content_Length _ Proxy PROXY".split(" "),
  ..."Transfer-Encoding transfer-encoding X: caf\xe9 \u0130 __proto__".split(
    " ",
  ),
  ...["", "X Y", "X\n"],
])("headerKey() leaves %j out", (name) => {
  // The second result comes from the cache.
  assertEquals(headerKey(name), undefined);
  assertEquals(headerKey(name), undefined);
});

Deno.test("headerKey() returns one key for each name, in any case of letters", () => {
  const unit = fc.constantFrom(..."abcXYZ019.!-_");
  const anyName = fc.string({ unit, minLength: 1 });
  // More names than it caches.
  fc.assert(
    fc.property(anyName, anyName, (name, other) => {
      const key = headerKey(name);
      assertEquals(headerKey(name.toUpperCase()), key);
      assertEquals(headerKey(name.toLowerCase()), key);
      const isSame = name.toLowerCase() === other.toLowerCase();
      assert(key === undefined || isSame || headerKey(other) !== key);
    }),
    { numRuns: 1000 },
  );
});
