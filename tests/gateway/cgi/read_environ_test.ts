import { assertEquals, assertNotStrictEquals } from "@std/assert";
import { isByteString } from "../../../wsgi/byte_string.ts";
import { readEnviron } from "../../../gateway/cgi/cgi.ts";

Deno.test.each([
  ["/a", "/a"],
  ["/café", "/caf\xc3\xa9"],
  ["/€", "/\xe2\x82\xac"],
  ["/😀", "/\xf0\x9f\x98\x80"],
  ["", ""],
])("readEnviron() makes of %j the ByteString %j", (text, bytes) => {
  assertEquals(readEnviron({ PATH_INFO: text }), { PATH_INFO: bytes });
});

Deno.test("readEnviron() gives a new object and changes nothing", () => {
  const env = Object.freeze({ A: "é", Bé: "2" });
  const variables = readEnviron(env);
  assertNotStrictEquals<object>(variables, env);
  assertEquals(variables, { A: "\xc3\xa9", "B\xc3\xa9": "2" });
});

Deno.test("readEnviron() reads the environment of the process", () => {
  const name = "WSGIREF_READ_ENVIRON";
  Deno.env.set(name, "é");
  try {
    const variables = readEnviron();
    assertEquals(variables[name], "\xc3\xa9");
    assertEquals(Object.values(variables).every(isByteString), true);
  } finally {
    Deno.env.delete(name);
  }
  assertEquals(readEnviron()[name], undefined);
});
