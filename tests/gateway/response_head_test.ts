import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "npm:fast-check@^4";
import { toFetchHandler } from "../../gateway/fetch/fetch.ts";
import {
  createHead,
  withContentLength,
  withoutContentLength,
} from "../../gateway/response_head.ts";
import type { HeaderTuple } from "../../wsgi/types.ts";
import { anyHead, goodHead, isAcceptable } from "./head_model.ts";

const LENGTH = ["content-length", "1"];

Deno.test("createHead() rejects an empty status, also before it has seen another", async () => {
  // The fragment makes a module of its own, which has called nothing yet.
  const fresh = await import("../../gateway/response_head.ts#fresh");
  assertThrows(() => fresh.createHead("", []), TypeError, "three digits");
});

/** Whether startResponse would accept a status and headers. */
function isTaken(status: unknown, headers: unknown): boolean {
  try {
    createHead(status, headers);
    return true;
  } catch (error) {
    assert(error instanceof TypeError || error instanceof RangeError);
    assert(/^Cannot start the response: [\x20-\uffff]+$/.test(error.message));
    return false;
  }
}

// status-no-control, status-bytestring, header-token, header-no-control
Deno.test("createHead() accepts the characters of reasons, names and values and no others", () => {
  const bytes = Array.from({ length: 256 }, (_, i) => String.fromCharCode(i));
  for (const unit of [...bytes, "\u0100", "€", "\u2028", "\ud83d"]) {
    const isToken = /^[!#$%&'*+.^_`|~0-9A-Za-z-]$/.test(unit);
    const isText = unit >= " " && unit !== "\x7f" && unit <= "\xff";
    for (const text of [unit, `a${unit}b`, `a${unit}`]) {
      assertEquals(isTaken(`200 ${text}`, []), isText);
      assertEquals(isTaken("200 OK", [[text, ""]]), isToken);
      assertEquals(isTaken("200 OK", [["X", text]]), isText || unit === "\t");
    }
  }
});

/** Makes an array and the arrays in it immutable. */
function freeze(value: unknown): void {
  if (!Array.isArray(value)) return;
  for (const inner of value) freeze(inner);
  Object.freeze(value);
}

Deno.test("createHead() accepts exactly what a slow model accepts, and changes nothing", () => {
  let taken = 0;
  const property = fc.property(anyHead, (head) => {
    freeze(head.headers);
    const expected = isAcceptable(head);
    assertEquals(isTaken(head.status, head.headers), expected);
    if (!expected) return;
    taken++;
    const made = createHead(head.status, head.headers);
    const { status, headers } = made;
    const isLength = ([name]: HeaderTuple) => /^content-length$/i.test(name);
    const length = headers.find(isLength)?.[1];
    const contentLength = length === undefined ? length : Number(length);
    const code = Number(status.slice(0, 3));
    assertEquals<unknown>(made, { ...head, code, contentLength });
  });
  fc.assert(property, { numRuns: 5000 });
  // Otherwise one half of the model would hardly be used.
  assert(taken > 1000 && taken < 4000, `${taken} of 5000 were accepted`);
});

Deno.test("createHead() accepts only heads that a Response can have", async () => {
  const property = fc.asyncProperty(goodHead, async ({ status, headers }) => {
    const handler = toFetchHandler((_environ, startResponse) => {
      startResponse(status, headers);
      return [];
    });
    // Under HEAD a Content-Length need not match the body.
    const request = new Request("http://h/", { method: "HEAD" });
    const response = await handler(request);
    assertEquals(`${response.status} ${response.statusText}`, status);
    for (const [name, value] of headers) {
      // Some statuses have none.
      if (/^content-length$/i.test(name)) continue;
      const got = response.headers.get(name);
      assert(got?.includes(value.trim()), `${name}: ${got}`);
    }
    await response.body?.cancel();
  });
  await fc.assert(property, { numRuns: 1000 });
});

const STATUS =
  "status must be three digits, a space and a reason without control characters, got";
const ARRAY = "headers must be an array of [name, value] tuples, got";
const TUPLE = "must be a [name, value] tuple, got";

Deno.test.each<[unknown, unknown, string]>([
  [200, [], 'status must be a string such as "200 OK", got 200'],
  [undefined, [], 'status must be a string such as "200 OK", got undefined'],
  [Object("200 OK"), [], 'such as "200 OK", got a String'],
  ["OK", [], `${STATUS} "OK"`],
  ["2000 OK", [], `${STATUS} "2000 OK"`],
  ["200 OK\n", [], `${STATUS} "200 OK\\n"`],
  // status-range
  ["199 Low", [], 'status must be from 200 to 599, got "199 Low"'],
  ["600 High", [], 'status must be from 200 to 599, got "600 High"'],
  ...([
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
    [[LENGTH, LENGTH], "Content-Length must be set only once, got two"],
  ] as const).map((row): [string, unknown, string] => ["200 OK", ...row]),
])(
  "createHead() describes the fault of the status %o and the headers %o",
  (status, headers, message) => {
    const isRange = message.includes("from 200 to 599");
    const create = () => createHead(status, headers);
    const error = assertThrows(create, isRange ? RangeError : TypeError);
    assert(error.message.startsWith("Cannot start the response: "));
    assert(error.message.endsWith(message), error.message);
  },
);

// server-start-copies
Deno.test("createHead() copies the array and its pairs, and reads each element once", () => {
  const pair: [string, string] = ["A", "b"];
  const headers = [pair];
  const head = createHead("200 OK", headers);
  pair[1] = "c";
  headers.length = 0;
  assertEquals(head.headers, [["A", "b"]]);
  let reads = 0;
  Object.defineProperty(pair, 1, { get: () => reads++ === 0 ? "b" : "\r\n" });
  assertEquals(createHead("200 OK", [pair]).headers, [["A", "b"]]);
});

Deno.test("withContentLength() adds a length only if there is none", () => {
  const without = createHead("200 OK", [["A", "b"]]);
  assertEquals(withContentLength(without, 5), {
    ...without,
    headers: [["A", "b"], ["Content-Length", "5"]],
    contentLength: 5,
  });
  assertEquals(without.headers, [["A", "b"]]);
  const zero = createHead("200 OK", [["content-length", "0"]]);
  assert(withContentLength(zero, 5) === zero);
});

Deno.test("withoutContentLength() is the opposite of withContentLength()", () => {
  const headers: HeaderTuple[] = [["A", "b"], ["content-LENGTH", "0"]];
  const given = createHead("204 Empty", [...headers, ["C", ""]]);
  const without = withoutContentLength(given);
  assertEquals(without.headers, [["A", "b"], ["C", ""]]);
  assertEquals([without.contentLength, given.contentLength], [undefined, 0]);
  assert(withoutContentLength(without) === without);
});
