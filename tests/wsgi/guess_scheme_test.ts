import { assertEquals } from "@std/assert";
import { guessScheme } from "../../wsgi/guess_scheme.ts";

Deno.test.each<[unknown, "http" | "https"]>([
  ["on", "https"],
  ["yes", "https"],
  ["1", "https"],
  ["ON", "http"],
  ["Yes", "http"],
  ["true", "http"],
  ["off", "http"],
  ["0", "http"],
  ["", "http"],
  [" on", "http"],
  [1, "http"],
  [true, "http"],
  [undefined, "http"],
])("guessScheme() makes %j %s", (HTTPS, scheme) => {
  assertEquals(guessScheme({ HTTPS }), scheme);
});

Deno.test("guessScheme() looks at HTTPS only", () => {
  assertEquals(guessScheme({}), "http");
  assertEquals(guessScheme({ https: "on", HTTP_HTTPS: "on" }), "http");
  assertEquals(guessScheme({ "wsgi.url_scheme": "https" }), "http");
});
