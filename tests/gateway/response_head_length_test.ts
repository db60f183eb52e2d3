import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  createHead,
  type ResponseHead,
  withContentLength,
  withoutContentLength,
} from "../../gateway/response_head.ts";
import type { HeaderTuple } from "../../wsgi/types.ts";

// length-digits
Deno.test.each([
  ["0", 0],
  ["12", 12],
  ["0012", 12],
  ["9007199254740991", 9007199254740991],
  ["9007199254740992", undefined],
  ["", undefined],
  [" 1", undefined],
  ["1 ", undefined],
  ["+1", undefined],
  ["-1", undefined],
  ["1.0", undefined],
  ["1e3", undefined],
  ["0x1", undefined],
  ["1,1", undefined],
  ["\xb2", undefined],
])("createHead() reads the Content-Length %j as %s", (value, length) => {
  for (const name of ["Content-Length", "content-length", "CONTENT-LENGTH"]) {
    const headers = [[name, value]];
    if (length === undefined) {
      assertThrows(
        () => createHead("200 OK", headers),
        TypeError,
        "Content-Length must be digits, got ",
      );
    } else {
      assertEquals(createHead("200 OK", headers).contentLength, length);
    }
  }
});

Deno.test("createHead() refuses a second Content-Length, even the same", () => {
  assertThrows(
    () =>
      createHead("200 OK", [["Content-Length", "1"], ["content-length", "1"]]),
    TypeError,
    "Content-Length must be given once, got it twice",
  );
});

Deno.test("withContentLength() adds a length only where there is none", () => {
  const without = createHead("200 OK", [["A", "b"]]);
  assertEquals(withContentLength(without, 5), {
    ...without,
    headers: [["A", "b"], ["Content-Length", "5"]],
    contentLength: 5,
  });
  assertEquals(without.headers, [["A", "b"]]);
  const zero = createHead("200 OK", [["content-length", "0"]]);
  assertStrictEquals(withContentLength(zero, 5), zero);
});

Deno.test("withoutContentLength() is the opposite of withContentLength()", () => {
  const headers: HeaderTuple[] = [["A", "b"], ["content-LENGTH", "0"], [
    "C",
    "",
  ]];
  const given: ResponseHead = createHead("204 Empty", headers);
  const without = withoutContentLength(given);
  assertEquals(without.headers, [["A", "b"], ["C", ""]]);
  assertEquals(without.contentLength, undefined);
  assertEquals(given.contentLength, 0);
  assertStrictEquals(withoutContentLength(without), without);
});
