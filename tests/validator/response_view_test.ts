import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "npm:fast-check@^4";
import { createHead } from "../../gateway/response_head.ts";
import { lookUpHeader } from "../../validator/views/known_headers.ts";
import { readResponse } from "../../validator/views/response_view.ts";
import type { Violation } from "../../mod.ts";
import type { Profile } from "../../validator.ts";
import { validate } from "./validated.ts";

/** Validates an application that calls startResponse with these arguments. */
function validating(
  profile: Profile,
): (status: unknown, headers: unknown) => Violation[] {
  let args: unknown[];
  const { call, violations } = validate((_environ, startResponse) => {
    startResponse(...args);
    return [];
  }, { throws: false, profile });
  return (...given) => {
    args = given;
    violations.length = 0;
    call();
    return violations.filter(({ rule }) => /^(status|headers|http)/.test(rule));
  };
}

const findings = validating("core");
const allFindings = validating("paranoid");

function refuses(status: unknown, headers: unknown): boolean {
  try {
    return createHead(status, headers) === undefined;
  } catch {
    return true;
  }
}

/** Text in which special characters are more frequent than by chance. */
const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom(...'\0\t\n\r \x7f\x80\xff\u0100\ud800:;=,"\\019aZ-_/|()'),
    fc.string({ minLength: 1, maxLength: 1 }),
  ),
  maxLength: 12,
});

const code = fc.nat(1000);
const status = fc.oneof(
  text,
  fc.tuple(code, text).map(([code, rest]) => `${code}${rest}`),
  fc.tuple(code, text).map(([code, rest]) => `${200 + code % 400} ${rest}`),
  fc.anything(),
);

const name = fc.oneof(
  text,
  fc.constantFrom("Content-Type", "Location", "ETag", "Set-Cookie", "Expires")
    .map((name) => name.toLowerCase()),
  fc.constantFrom("Content-Length", "Connection", "Retry-After", "X-A"),
);

/** Often a correct value. */
function mostly(arbitrary: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 8, arbitrary }, fc.anything());
}

const headers = mostly(
  fc.array(mostly(fc.tuple(name, text)), { maxLength: 4 }),
);

Deno.test("validator() finds an error if and only if the server refuses status or headers", () => {
  const property = fc.property(status, headers, (status, headers) => {
    const found = findings(status, headers).filter(({ severity, rule }) =>
      // The server sends Status, which is harmful only under CGI.
      severity === "error" && rule !== "headers/status"
    );
    assertEquals(found.length > 0, refuses(status, headers));
    for (const { message } of allFindings(status, headers)) {
      assert(message.length < 1000);
      assert(!/\p{Cc}/u.test(message), message);
    }
  });
  fc.assert(property, { numRuns: 2000 });
});

Deno.test("validator() passes on what reading the headers throws", () => {
  const { proxy, revoke } = Proxy.revocable([], {});
  revoke();
  assertThrows(() => findings("200 OK", proxy), TypeError);
  const get = (): never => {
    throw new RangeError("mine");
  };
  const header = Object.defineProperty(["X-A", "1"], 0, { get });
  assertThrows(() => findings("200 OK", [header]), RangeError, "mine");
});

Deno.test("validator() reads each status and header once", () => {
  let reads = 0;
  const header = ["X-A", "1"];
  Object.defineProperty(header, 1, { get: () => String(++reads) });
  const response = readResponse("200 OK", [header]);
  assertEquals(reads, 1);
  assertEquals(response.fields[0]?.value, "1");
});

Deno.test("readResponse() stops at the first element that is not a pair, however long the array is", () => {
  const response = readResponse("200 OK", new Array(2 ** 32 - 1));
  assertEquals(response.noPair?.index, 0);
});

Deno.test("readResponse() has a code only where three digits and a space begin the status", () => {
  const codes = ["200 OK", "200 ", "999 X", "200", "2000 OK", "", "OK", " 200"]
    .map((status) => readResponse(status, []).code);
  assertEquals(codes, [200, 200, 999, ...new Array(5).fill(undefined)]);
});

Deno.test("ResponseView.takeChange() returns a change once, findChange() always", () => {
  const headers = [["X-A", "1"]];
  const response = readResponse("200 OK", headers);
  assertEquals(response.takeChange(), undefined);
  headers.push(["X-B", "2"]);
  assertEquals(response.takeChange(), "2 headers in place of 1");
  assertEquals(response.takeChange(), undefined);
  assertEquals(response.findChange(), "2 headers in place of 1");
});

Deno.test("lookUpHeader() returns the same object for a name, and knows any number of names", () => {
  const long = `X-${"a".repeat(1000)}`;
  assertEquals(lookUpHeader(long), lookUpHeader(long));
  for (let i = 0; i < 1000; i++) {
    assertEquals(lookUpHeader(`X-${i}`).key, `x-${i}`);
  }
});
