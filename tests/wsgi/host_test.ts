import { assertEquals } from "@std/assert";
import fc from "npm:fast-check@^4";
import { isHost } from "../../wsgi/host.ts";

Deno.test.each<[string, boolean]>([
  ["", true],
  ["a", true],
  ["example.com", true],
  ["EXAMPLE.com.", true],
  ["a_b-c~d", true],
  ["!$&'()*+,;=", true],
  ["%41%zz", false],
  ["%41", true],
  ["%", false],
  ["%4", false],
  ["127.0.0.1", true],
  // No URL can have these.
  ...[
    ...["999.999", "999.999.999.999", "1.2.3.4.5", "a.1", "a.0x", "256.1.1.1"],
    ...["%2F", "%00", "%20", "%FF", "%25", "xn--a", "a.xn--", "%C2%AD", ":80"],
  ].map((host): [string, boolean] => [host, false]),
  ["0x7f.1", true],
  ["a.0xg", true],
  ["xn--bcher-kva.example:80", true],
  ["%C3%A9", true],
  ["a:", true],
  ["a:0", true],
  ["a:80", true],
  ["a:00080", true],
  ["a:65535", true],
  ["a:65536", false],
  ["a:99999999999999999999", false],
  ["a:+1", false],
  ["a:-1", false],
  ["a:1e1", false],
  ["a: 1", false],
  ["a:b", false],
  ["a:80:80", false],
  ["a::80", false],
  ["[::1]", true],
  ["[::1]:", true],
  ["[::1]:80", true],
  ["[::1]:65536", false],
  ["[::1]80", false],
  ["[::1]a:80", false],
  ["a[::1]", false],
  ["[::1]]", false],
  ["[[::1]", false],
  ["[::1", false],
  ["::1]", false],
  ["::1", false],
  ["[]", false],
  ["[]:80", false],
  ["[:]", false],
  ["[1:2]", false],
  ["[a]", false],
  ["[127.0.0.1]", false],
  ["[::ffff:1.2.3.4]", true],
  ["[fe80::1%25eth0]", false],
  ["[fe80::1%eth0]", false],
  ["[v1.a]", false],
  ["a@b", false],
  ["@", false],
  ["a/b", false],
  ["a?b", false],
  ["a#b", false],
  ["a\\b", false],
  ["a b", false],
  [" a", false],
  ["a\t", false],
  ["a\n", false],
  ["a:80\n", false],
  ["[::1]\n", false],
  ["a\x00", false],
  ['"a"', false],
  ["<a>", false],
  ["a|b", false],
  ["\xe9", false],
  ["\u0161", false],
  ["\u20ac", false],
  ["a,b:1,c/", false],
])("isHost(%j) is %j", (value, expected) => {
  // Twice: the last valid value is remembered.
  assertEquals([isHost(value), isHost(value)], [expected, expected]);
});

Deno.test("isHost() accepts nothing that no URL can have", () => {
  const part = fc.constantFrom(
    ..."a 0 9 x . - _ ~ ! : [ ] xn-- 0x 256 %41 %2F %FF %C3%A9 ::1".split(" "),
  );
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 8 }), (parts) => {
      const host = parts.join("");
      return !isHost(host) || URL.canParse(`http://${host}/`);
    }),
    { numRuns: 2_000 },
  );
});
