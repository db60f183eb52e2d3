import { assertEquals } from "@std/assert";
import { describeEntry, describeValue, isSecret } from "../../wsgi/redact.ts";

const SECRET = `Authorization authorization COOKIE Cookie2 Set-Cookie
  set-cookie2 Proxy-Authorization HTTP_AUTHORIZATION HTTP_COOKIE
  HTTP_PROXY_AUTHORIZATION Set_Cookie`.split(/\s+/).concat(
  " Cookie",
  "Cookie ",
);
const OPEN =
  "Content-Type WWW-Authenticate X-Cookie-Consent HTTP_HOST REMOTE_USER"
    .split(" ").concat("", "cookie".repeat(99));

Deno.test("isSecret() finds the names whose values are secret", () => {
  assertEquals([...SECRET, ...OPEN].filter(isSecret), SECRET);
});

Deno.test.each<[string | undefined, unknown, string]>([
  ["Content-Type", "text/html", '"text/html"'],
  ["Content-Length", 12, "12"],
  [undefined, "a", '"a"'],
  ["Set-Cookie", "session=s3cret", "a hidden value of 14 characters"],
  ["HTTP_COOKIE", 12345, "a hidden number"],
  ["Cookie", ["a=1"], "an array"],
  ["Cookie", undefined, "undefined"],
])("describeValue() of %j and %j is %s", (name, value, words) => {
  assertEquals(describeValue(name, value), words);
});

Deno.test.each<[unknown, string]>([
  ["Cookie: a=s3cret", "a header line in one string, with a hidden value"],
  ["Content-Type: text/html", '"Content-Type: text/html"'],
  ["Set-Cookie", '"Set-Cookie"'],
  [["Set-Cookie"], "an array"],
])("describeEntry() of %j is %s", (entry, words) => {
  assertEquals(describeEntry(entry), words);
});
