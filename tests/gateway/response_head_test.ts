import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import type { HeaderTuple } from "../../wsgi/types.ts";
import fc from "npm:fast-check@^4";
import {
  createHead,
  type ResponseHead,
  withContentLength,
  withoutContentLength,
} from "../../gateway/response_head.ts";

const LENGTH = ["content-length", "1"];

/** Every code unit up to U+00FF, and a few beyond. */
const UNITS = [
  ...Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)),
  "\u0100",
  "€",
  "\u2028",
  "\ud83d",
];

function isControl(unit: string): boolean {
  return unit < " " || unit === "\x7f";
}

function throws(run: () => unknown): boolean {
  try {
    run();
    return false;
  } catch {
    return true;
  }
}

Deno.test("createHead() refuses an empty status, also before it has seen another", async () => {
  // The fragment makes a module of its own, which has called nothing yet.
  const fresh = await import("../../gateway/response_head.ts#fresh");
  assertThrows(() => fresh.createHead("", []), TypeError, "three digits");
});

Deno.test("createHead() gives status, code and headers", () => {
  assertEquals(createHead("201 Made", [["X-A", "1"], ["x-a", ""]]), {
    status: "201 Made",
    code: 201,
    headers: [["X-A", "1"], ["x-a", ""]],
    contentLength: undefined,
  });
});

// head_model.ts says for any status and headers which are taken.
const STATUS =
  "status must be three digits, a space and a reason without control characters, got";
const ARRAY = "headers must be an array of [name, value] tuples, got";
const TUPLE = "must be a [name, value] tuple, got";

// status-range
Deno.test("createHead() takes the codes from 200 to 599 and no others", () => {
  for (let code = 0; code <= 999; code++) {
    const status = `${String(code).padStart(3, "0")} Any`;
    if (code >= 200 && code <= 599) {
      assertEquals(createHead(status, []).code, code);
    } else {
      assertThrows(
        () => createHead(status, []),
        RangeError,
        `status must be from 200 to 599, got "${status}"`,
      );
    }
  }
});

// status-no-control, status-bytestring, header-token, header-no-control
Deno.test("createHead() takes the characters of reasons, names and values and no others", () => {
  for (const unit of UNITS) {
    const isToken = /^[!#$%&'*+.^_`|~0-9A-Za-z-]$/.test(unit);
    const isText = !isControl(unit) && unit <= "\xff";
    for (const text of [unit, `a${unit}b`, `a${unit}`]) {
      const named = () => createHead("200 OK", [[text, ""]]);
      const valued = () => createHead("200 OK", [["X", text]]);
      assertEquals(throws(() => createHead(`200 ${text}`, [])), !isText);
      assertEquals(throws(named), !isToken);
      assertEquals(throws(valued), !isText && unit !== "\t");
    }
  }
});

Deno.test.each<[unknown, string]>([
  [200, 'status must be a string such as "200 OK", got 200'],
  [undefined, 'status must be a string such as "200 OK", got undefined'],
  [Object("200 OK"), 'such as "200 OK", got a String'],
  ["OK", `${STATUS} "OK"`],
  ["2000 OK", `${STATUS} "2000 OK"`],
  ["200 OK\n", `${STATUS} "200 OK\\n"`],
])("createHead() says what is wrong with the status %o", (status, message) => {
  assertComplaint(status, [], message);
});

Deno.test.each<[unknown, string]>([
  [undefined, `${ARRAY} undefined`],
  [{}, `${ARRAY} an object`],
  [new Headers(), `${ARRAY} a Headers`],
  [[["A", "b"], "B"], `headers[1] ${TUPLE} "B"`],
  [[["A"]], `headers[0] ${TUPLE} an array`],
  [[["A", "b", "c"]], `headers[0] ${TUPLE} an array`],
  [new Array(1), `headers[0] ${TUPLE} undefined`],
  [[{ 0: "A", 1: "b" }], `headers[0] ${TUPLE} an object`],
  [[[1, "b"]], "header name must be a string, got 1"],
  [[["", "b"]], 'header name must be a token, got ""'],
  [[["A:", "b"]], 'header name must be a token, got "A:"'],
  [[["A", 1]], 'value of header "A" must be a string, got 1'],
  [[["A", null]], 'value of header "A" must be a string, got null'],
  [[["A", "\n"]], 'no control characters and none above U+00FF, got "\\n"'],
  [[["TE", "b"]], 'hop-by-hop headers belong to the server, got "TE"'],
  [[["Content-Length", "x"]], 'Content-Length must be digits, got "x"'],
  [[LENGTH, LENGTH], "Content-Length must be given once, got it twice"],
])(
  "createHead() says what is wrong with the headers %o",
  (headers, message) => {
    assertComplaint("200 OK", headers, message);
  },
);

function assertComplaint(
  status: unknown,
  headers: unknown,
  message: string,
): void {
  const error = assertThrows(() => createHead(status, headers), TypeError);
  assertEquals(error.message.startsWith("Cannot start the response: "), true);
  assertEquals(error.message.endsWith(message), true, error.message);
}

// server-start-copies
Deno.test("createHead() copies the array and its pairs", () => {
  const pair: [string, string] = ["A", "b"];
  const headers = [pair];
  const head = createHead("200 OK", headers);
  pair[1] = "c";
  headers.length = 0;
  assertEquals(head.headers, [["A", "b"]]);
});

Deno.test("createHead() reads each element once, so that a getter cannot change it", () => {
  let reads = 0;
  const pair = ["A", "b"];
  Object.defineProperty(pair, 1, { get: () => reads++ === 0 ? "b" : "\r\n" });
  assertEquals(createHead("200 OK", [pair]).headers, [["A", "b"]]);
});

Deno.test("createHead() throws a TypeError or RangeError for anything", () => {
  fc.assert(fc.property(fc.anything(), fc.anything(), (status, headers) => {
    try {
      createHead(status, headers);
    } catch (error) {
      const { name, message } = error as Error;
      assertEquals(/^(?:Type|Range)Error$/.test(name), true, name);
      assertEquals(
        /^Cannot start the response: [\x20-\uffff]+$/.test(message),
        true,
      );
    }
  }));
});

// length-digits: head_model.ts has those that are refused.
Deno.test.each([["0", 0], ["12", 12], ["0012", 12]])(
  "createHead() reads the Content-Length %j as %s",
  (value, length) => {
    for (const name of ["Content-Length", "content-length", "CONTENT-LENGTH"]) {
      const head = createHead("200 OK", [[name, value]]);
      assertEquals(head.contentLength, length);
    }
  },
);

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
  const headers: HeaderTuple[] = [["A", "b"], ["content-LENGTH", "0"]];
  const given: ResponseHead = createHead("204 Empty", [...headers, ["C", ""]]);
  const without = withoutContentLength(given);
  assertEquals(without.headers, [["A", "b"], ["C", ""]]);
  assertEquals(without.contentLength, undefined);
  assertEquals(given.contentLength, 0);
  assertStrictEquals(withoutContentLength(without), without);
});
