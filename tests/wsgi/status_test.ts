import { assertEquals } from "@std/assert";
import { STATUS_CODES } from "node:http";
import { hasNoBody, reasonPhrase } from "../../wsgi/status.ts";

const ALL = Array.from({ length: 1000 }, (_, code) => code);

Deno.test("hasNoBody() is true for 204, 205 and 304", () => {
  assertEquals(ALL.slice(200).filter(hasNoBody), [204, 205, 304]);
  assertEquals(hasNoBody(undefined), false);
});

Deno.test("reasonPhrase() agrees with Node.js, except where RFC 9110 has changed a phrase", () => {
  const changed: Record<number, string | undefined> = {
    413: "Content Too Large",
    418: "I'm a teapot",
    422: "Unprocessable Content",
    509: undefined,
  };
  const expected: Record<number, string | undefined> = STATUS_CODES;
  assertEquals(
    ALL.map((code) => reasonPhrase(code)),
    ALL.map((code) => code in changed ? changed[code] : expected[code]),
  );
});
