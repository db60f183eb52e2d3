import { assertEquals } from "@std/assert";
import { isToken } from "../../wsgi/token.ts";

Deno.test("isToken() takes each character of RFC 9110, and no other", () => {
  const others = "!#$%&'*+-.^_`|~";
  for (let code = 0; code < 0x200; code++) {
    const char = String.fromCharCode(code);
    const isAlphanumeric = /^[0-9A-Za-z]$/.test(char);
    assertEquals(isToken(char), isAlphanumeric || others.includes(char), char);
    assertEquals(isToken(`a${char}b`), isToken(char), char);
  }
});

Deno.test("isToken() refuses nothing at all and a line feed at the end", () => {
  assertEquals(isToken(""), false);
  assertEquals(isToken("GET\n"), false);
});
