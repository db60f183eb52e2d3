import { assert, assertEquals } from "@std/assert";
import { describeEntry, describeValue, isSecret } from "../../wsgi/redact.ts";

for (
  const name of [
    "Authorization",
    "authorization",
    "COOKIE",
    "Cookie2",
    "Set-Cookie",
    "set-cookie2",
    "Proxy-Authorization",
    "HTTP_AUTHORIZATION",
    "HTTP_COOKIE",
    "HTTP_PROXY_AUTHORIZATION",
    " Cookie",
    "Cookie ",
    "Set_Cookie",
  ]
) {
  Deno.test(`isSecret() finds the secret in ${JSON.stringify(name)}`, () => {
    assert(isSecret(name));
  });
}

for (
  const name of [
    "",
    "Content-Type",
    "WWW-Authenticate",
    "X-Cookie-Consent",
    "HTTP_HOST",
    "REMOTE_USER",
    "cookie".repeat(1000),
  ]
) {
  Deno.test(`isSecret() finds none in ${JSON.stringify(name.slice(0, 30))}`, () => {
    assertEquals(isSecret(name), false);
  });
}

Deno.test("describeValue() shows what is no secret", () => {
  assertEquals(describeValue("Content-Type", "text/html"), '"text/html"');
  assertEquals(describeValue("Content-Length", 12), "12");
  assertEquals(describeValue(undefined, "a"), '"a"');
});

Deno.test("describeValue() tells only the length of a secret", () => {
  assertEquals(
    describeValue("Set-Cookie", "session=s3cret"),
    "a hidden value of 14 characters",
  );
  assertEquals(describeValue("HTTP_COOKIE", 12345), "a hidden number");
});

Deno.test("describeValue() tells the type of a secret that is no string", () => {
  assertEquals(describeValue("Cookie", ["a=1"]), "an array");
  assertEquals(describeValue("Cookie", undefined), "undefined");
});

Deno.test("describeEntry() hides the value in a header line", () => {
  assertEquals(
    describeEntry("Set-Cookie: session=s3cret"),
    "a header line in one string, with a hidden value",
  );
  assertEquals(
    describeEntry("Content-Type: text/html"),
    '"Content-Type: text/html"',
  );
  assertEquals(describeEntry("Set-Cookie"), '"Set-Cookie"');
  assertEquals(describeEntry(["Set-Cookie"]), "an array");
});
