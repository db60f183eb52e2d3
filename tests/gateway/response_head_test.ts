import { assertEquals, assertThrows } from "@std/assert";
import fc from "npm:fast-check@^4";
import { createHead } from "../../gateway/response_head.ts";

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

// status-string, status-digits, status-reason, status-single-space
Deno.test.each([
  ["200 OK", true],
  ["299 ", true],
  ["404 Not  found", true],
  ["200  two spaces", true],
  ["200 caf\xe9", true],
  ["200", false],
  ["200\tOK", false],
  ["200\xa0OK", false],
  ["20 OK", false],
  ["2000 OK", false],
  [" 200 OK", false],
  ["-200 OK", false],
  ["2e2 OK", false],
  ["\u0662\u0660\u0660 OK", false],
  ["200 OK\n", false],
  ["200 OK€", false],
  ["OK", false],
  ["", false],
])("createHead() takes %j for a status: %s", (status, isValid) => {
  if (isValid) {
    assertEquals(createHead(status, []).status, status);
  } else {
    assertThrows(
      () => createHead(status, []),
      TypeError,
      "status must be three digits, a space and a reason without control characters, got ",
    );
  }
});

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

// status-no-control, status-bytestring
Deno.test("createHead() takes every byte in a reason but control characters", () => {
  for (const unit of UNITS) {
    const isRefused = isControl(unit) || unit > "\xff";
    for (const status of [`200 ${unit}`, `200 a${unit}b`]) {
      assertEquals(throws(() => createHead(status, [])), isRefused, status);
    }
  }
});

// header-token
Deno.test("createHead() takes the characters of a token in a name and no others", () => {
  for (const unit of UNITS) {
    const isToken = /^[!#$%&'*+.^_`|~0-9A-Za-z-]$/.test(unit);
    for (const name of [unit, `X${unit}Y`, `X${unit}`]) {
      assertEquals(throws(() => createHead("200 OK", [[name, ""]])), !isToken);
    }
  }
});

// header-no-control, header-bytestring
Deno.test("createHead() takes every byte in a value but control characters other than tab", () => {
  for (const unit of UNITS) {
    const isRefused = isControl(unit) && unit !== "\t" || unit > "\xff";
    for (const value of [unit, `a${unit}b`, `a${unit}`]) {
      assertEquals(
        throws(() => createHead("200 OK", [["X", value]])),
        isRefused,
      );
    }
  }
});

Deno.test.each<[unknown, unknown, string]>([
  [200, [], 'status must be a string such as "200 OK", got 200'],
  [undefined, [], 'status must be a string such as "200 OK", got undefined'],
  [Object("200 OK"), [], 'such as "200 OK", got a String'],
  [
    "200 OK",
    undefined,
    "headers must be an array of [name, value] tuples, got undefined",
  ],
  [
    "200 OK",
    {},
    "headers must be an array of [name, value] tuples, got an object",
  ],
  [
    "200 OK",
    new Headers(),
    "headers must be an array of [name, value] tuples, got a Headers",
  ],
  [
    "200 OK",
    [["A", "b"], "B"],
    'headers[1] must be a [name, value] tuple, got "B"',
  ],
  ["200 OK", [["A"]], "headers[0] must be a [name, value] tuple, got an array"],
  [
    "200 OK",
    [["A", "b", "c"]],
    "headers[0] must be a [name, value] tuple, got an array",
  ],
  [
    "200 OK",
    new Array(1),
    "headers[0] must be a [name, value] tuple, got undefined",
  ],
  [
    "200 OK",
    [{ 0: "A", 1: "b" }],
    "headers[0] must be a [name, value] tuple, got an object",
  ],
  ["200 OK", [[1, "b"]], "header name must be a string, got 1"],
  ["200 OK", [["", "b"]], 'header name must be a token, got ""'],
  ["200 OK", [["A:", "b"]], 'header name must be a token, got "A:"'],
  ["200 OK", [["A", 1]], 'value of header "A" must be a string, got 1'],
  ["200 OK", [["A", null]], 'value of header "A" must be a string, got null'],
  [
    "200 OK",
    [["A", "b\n"]],
    'value of header "A" must have no control characters and none above U+00FF, got "b\\n"',
  ],
  [
    "200 OK",
    [["TE", "b"]],
    'hop-by-hop headers belong to the server, got "TE"',
  ],
])(
  "createHead() says what is wrong with %o and %o",
  (status, headers, message) => {
    const error = assertThrows(() => createHead(status, headers), TypeError);
    assertEquals(error.message.startsWith("Cannot start the response: "), true);
    assertEquals(error.message.endsWith(message), true, error.message);
  },
);

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
