import { assertEquals } from "@std/assert";
import { hasBareComma } from "../../wsgi/bare_comma.ts";

Deno.test("hasBareComma() finds a comma outside of quoted strings", () => {
  for (
    const [value, expected] of [
      ["", false],
      ["text/plain", false],
      ["a/b, c/d", true],
      ['a/b; c="d,e"', false],
      ['a/b; c="d,e", f/g', true],
      ['a/b; c="\\",e"', false],
      ['a/b; c="\\\\",e', true],
      ['a/b; c="d,e', true],
      ['a/b; c="\\,', true],
      ['a/b; c="d', false],
      ["a\\,b", true],
    ] as const
  ) {
    assertEquals(hasBareComma(value), expected, value);
  }
});

Deno.test("hasBareComma() agrees with a pattern for quoted strings", () => {
  const chars = ["a", ",", '"', "\\"];
  for (let number = 0; number < 4 ** 7; number++) {
    let value = "";
    for (let left = number; left > 0; left = Math.floor(left / 4)) {
      value += chars[left % 4];
    }
    const rest = value.replace(/"(?:[^"\\]|\\.)*"/g, "");
    assertEquals(hasBareComma(value), rest.includes(","), value);
  }
});
