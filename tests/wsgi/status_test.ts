import { assertEquals, assertMatch } from "@std/assert";
import { hasNoBody, reasonPhrase } from "../../wsgi/status.ts";

Deno.test("hasNoBody() knows 204, 205 and 304", () => {
  const found = [];
  for (let code = 200; code <= 599; code++) {
    if (hasNoBody(code)) found.push(code);
  }
  assertEquals(found, [204, 205, 304]);
  assertEquals(hasNoBody(undefined), false);
});

Deno.test.each(
  [
    [100, "Continue"],
    [200, "OK"],
    [203, "Non-Authoritative Information"],
    [304, "Not Modified"],
    [404, "Not Found"],
    [407, "Proxy Authentication Required"],
    [413, "Content Too Large"],
    [422, "Unprocessable Content"],
    [500, "Internal Server Error"],
    [511, "Network Authentication Required"],
    [299, undefined],
    [306, undefined],
    [0, undefined],
  ] as const,
)("reasonPhrase() gives %i %s", (code, phrase) => {
  assertEquals(reasonPhrase(code), phrase);
});

Deno.test("reasonPhrase() gives what may stand in a status line", () => {
  for (let code = 100; code <= 599; code++) {
    assertMatch(reasonPhrase(code) ?? "None", /^[A-Z][A-Za-z' -]*$/);
  }
});
