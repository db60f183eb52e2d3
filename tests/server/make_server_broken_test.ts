import { assertEquals, assertStringIncludes } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import {
  type Anything,
  assertFails,
  outcomeOf,
} from "../gateway/outcome_of.ts";

Deno.test.each<[string, (startResponse: Anything) => Anything]>([
  ["throws", () => {
    throw new Error("on purpose");
  }],
  ["throws what is no error", () => {
    throw undefined;
  }],
  ["rejects", () => Promise.reject(new Error("on purpose"))],
  ["never calls startResponse", () => [toBytes("abc")]],
  ["never calls startResponse and has no body", () => []],
  ["calls startResponse twice", (startResponse) => {
    startResponse("200 OK", []);
    startResponse("200 OK", []);
    return [];
  }],
  ["catches that it called startResponse twice", (startResponse) => {
    startResponse("200 OK", []);
    try {
      startResponse("200 OK", []);
    } catch {
      // Swallowed, but not mended.
    }
    return [];
  }],
  ["returns nothing", (startResponse) => void startResponse("200 OK", [])],
  ["returns a string", (startResponse) => {
    startResponse("200 OK", []);
    return "abc";
  }],
  ["returns bytes", (startResponse) => {
    startResponse("200 OK", []);
    return toBytes("abc");
  }],
  ["returns an array with a string", (startResponse) => {
    startResponse("200 OK", []);
    return [toBytes("a"), "b"];
  }],
  ["yields a string", function* (startResponse): Generator<Anything, void> {
    startResponse("200 OK", []);
    yield "abc";
  }],
  ["yields promises", function* (startResponse): Generator<Anything, void> {
    startResponse("200 OK", []);
    yield Promise.resolve(toBytes("a"));
  }],
  ["gives no headers", (startResponse) => {
    startResponse("200 OK");
    return [];
  }],
  ["gives a Headers object", (startResponse) => {
    startResponse("200 OK", new Headers());
    return [];
  }],
  ["gives a number as value", (startResponse) => {
    startResponse("200 OK", [["Content-Length", 3]]);
    return [];
  }],
  ["gives a value above U+00FF", (startResponse) => {
    startResponse("200 OK", [["X-A", "\u0100"]]);
    return [];
  }],
  ["gives a name that is no token", (startResponse) => {
    startResponse("200 OK", [["X A", "1"]]);
    return [];
  }],
  ["gives two Content-Lengths", (startResponse) => {
    startResponse("200 OK", [["Content-Length", "3"], ["content-length", "3"]]);
    return [toBytes("abc")];
  }],
  ["writes a string", (startResponse) => {
    startResponse("200 OK", [])("abc");
    return [];
  }],
])("makeServer() answers 500 when the application %s", async (_what, app) => {
  const log = await assertFails((_environ, startResponse) =>
    app(startResponse)
  );
  assertEquals(log.length > 0, true);
});

Deno.test.each<[string, (startResponse: Anything) => Anything]>([
  [
    "an error after a chunk",
    function* (startResponse): Generator<Anything, void> {
      startResponse("200 OK", []);
      yield toBytes("abc");
      throw new Error("too late");
    },
  ],
  [
    "a rejection after a chunk",
    async function* (startResponse): AsyncGenerator<Anything, void> {
      startResponse("200 OK", []);
      yield toBytes("abc");
      await Promise.reject(new Error("too late"));
    },
  ],
  ["an error after write()", async (startResponse) => {
    await startResponse("200 OK", [])(toBytes("abc"));
    throw new Error("too late");
  }],
  [
    "a string after a chunk",
    function* (startResponse): Generator<Anything, void> {
      startResponse("200 OK", []);
      yield toBytes("abc");
      yield "too late";
    },
  ],
  [
    "a body shorter than its length",
    function* (startResponse): Generator<Anything, void> {
      startResponse("200 OK", [["Content-Length", "9"]]);
      yield toBytes("abc");
    },
  ],
  ["an array shorter than its length", (startResponse) => {
    startResponse("200 OK", [["Content-Length", "9"]]);
    return [toBytes("abc")];
  }],
  ["nothing instead of its length", (startResponse) => {
    startResponse("200 OK", [["Content-Length", "9"]]);
    return [];
  }],
])("makeServer() never ends a response well after %s", async (_what, app) => {
  const { head, body, complete, kept, log } = await outcomeOf(
    (_environ, startResponse) => app(startResponse),
  );
  assertEquals([head.status, complete, kept], [200, false, false]);
  // Deno may drop what it has not sent when the response breaks.
  assertStringIncludes("abc", body);
  assertEquals(log.length > 0, true);
});

Deno.test.each<[string, (startResponse: Anything) => Anything]>([
  ["an array", (startResponse) => {
    startResponse("200 OK", [["Content-Length", "3"]]);
    return [toBytes("ab"), toBytes("cde")];
  }],
  ["a generator", function* (startResponse): Generator<Anything, void> {
    startResponse("200 OK", [["Content-Length", "3"]]);
    yield toBytes("ab");
    yield toBytes("cde");
  }],
  ["a body without end", function* (startResponse): Generator<Anything, void> {
    startResponse("200 OK", [["Content-Length", "3"]]);
    for (const bytes = toBytes("abc");;) yield bytes;
  }],
])(
  "makeServer() sends no byte more of %s than its Content-Length says",
  async (_what, app) => {
    const { body, complete, kept, log } = await outcomeOf(
      (_environ, startResponse) => app(startResponse),
    );
    assertEquals([body, complete, kept], ["abc", true, true]);
    assertStringIncludes(log, "it is longer than its Content-Length of 3");
  },
);
