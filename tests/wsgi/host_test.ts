import { assertEquals } from "@std/assert";
import fc from "npm:fast-check@^4";
import { isHost } from "../../wsgi/host.ts";

const HOSTS = ` a example.com EXAMPLE.com. a_b-c~d !$&'()*+,;= %41 127.0.0.1
  0x7f.1 a.0xg xn--bcher-kva.example:80 %C3%A9 a: a:0 a:80 a:00080 a:65535
  [::1] [::1]: [::1]:80 [::ffff:1.2.3.4]`.split(/ |\n +/);

// No URL can have those at the end.
const OTHERS = `%41%zz % %4 a:65536 a:99999999999999999999 a:+1 a:-1 a:1e1 a:b
  a:80:80 a::80 [::1]:65536 [::1]80 [::1]a:80 a[::1] [::1]] [[::1] [::1 ::1]
  ::1 [] []:80 [:] [1:2] [a] [127.0.0.1] [fe80::1%25eth0] [fe80::1%eth0] [v1.a]
  a@b @ a/b a?b a#b a\\b a\t a\x00 "a" <a> a|b \xe9 \u0161 \u20ac a,b:1,c/
  999.999 999.999.999.999 1.2.3.4.5 a.1 a.0x 256.1.1.1 %2F %00 %20 %FF %25 xn--a
  a.xn-- %C2%AD :80`.split(/ +|\n +/)
  .concat("a: 1", "a b", " a", "a\n", "a:80\n", "[::1]\n");

Deno.test.each([
  ...HOSTS.map((host) => [host, true] as const),
  ...OTHERS.map((text) => [text, false] as const),
])("isHost(%j) is %j", (value, expected) => {
  // Twice: the last valid value is remembered.
  assertEquals([isHost(value), isHost(value)], [expected, expected]);
});

Deno.test("isHost() accepts only hosts that a URL can have", () => {
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
