// deno-lint-ignore-file explicit-function-return-type -- the applications in it have no types
import { assert, assertEquals } from "@std/assert";
import { returning } from "./body_cases.ts";
import type { Loose } from "./scenario.ts";

const bytes = new Uint8Array([79, 75]);

/** What is returned as a body, and what the hint has to say about it. */
const BODIES: readonly (readonly [make: () => Loose, hint: string])[] = [
  [() => "text", "[new TextEncoder().encode(text)]"],
  [() => new String("text"), "[new TextEncoder().encode(text)]"],
  [() => bytes, "[bytes]"],
  [() => new Uint16Array(2), "view.byteOffset"],
  [() => new DataView(new ArrayBuffer(2)), "view.byteOffset"],
  [() => new ArrayBuffer(2), "[new Uint8Array(buffer)]"],
  [() => undefined, "Is a return missing?"],
  [() => null, "Return []"],
  [() => 200, "Return [bytes], a generator"],
  [() => ({ hello: "world" }), "JSON.stringify(data)"],
  [() => ({ status: 200, headers: [], body: [] }), "the body alone"],
  [() => function* () {}, "return body()"],
  [() => async function* () {}, "return body()"],
  [() => () => [bytes], "the iterable that it makes"],
  [() => function write() {}, "what startResponse returned"],
  [() => new Response("text"), "response.body ?? []"],
  [() => new Request("http://localhost/"), "request.body ?? []"],
  [() => new Blob(["text"]), "blob.stream()"],
  [() => new File(["text"], "name"), "blob.stream()"],
  [() => new Map(), "Make text of it"],
  [() => new Headers(), "Make text of it"],
  [() => new URLSearchParams(), "Make text of it"],
  [() => new FormData(), "Make text of it"],
  [() => ({ next: () => ({ done: true }) }), "[Symbol.iterator]()"],
  [() => new Proxy({}, { getPrototypeOf: () => null }), "JSON"],
  [() => Object.assign([], { close: true }), "close()"],
  [() => Object.assign([], { *close() {} }), "Remove the *"],
];

/** What is a chunk of an array, and what the hint has to say about it. */
const CHUNKS: readonly (readonly [make: () => Loose, hint: string])[] = [
  [() => "text", "[new TextEncoder().encode(text)]"],
  [() => new String("text"), "encode(`${text}`)"],
  [() => 79, "yield* would take it apart"],
  [() => undefined, "Is a value missing?"],
  [() => null, "new Uint8Array()"],
  [() => true, "new TextEncoder().encode(text)"],
  [() => ({ hello: "world" }), "JSON.stringify(data)"],
  [() => new Int8Array(2), "view.byteOffset"],
  [() => new Uint8ClampedArray(2), "view.byteOffset"],
  [() => new BigUint64Array(2), "view.byteOffset"],
  [() => new DataView(new ArrayBuffer(2)), "view.byteOffset"],
  [() => new ArrayBuffer(2), "[new Uint8Array(buffer)]"],
  [() => new SharedArrayBuffer(2), "[new Uint8Array(buffer)]"],
  [() => new Blob(["text"]), "await blob.bytes()"],
  [() => new Response("text"), "await response.bytes()"],
  [() => [79, 75], "Uint8Array.from(numbers)"],
  [() => [bytes], "yield* chunks"],
  [() => [bytes].values(), "yield* body"],
  [() => new ReadableStream(), "async generator: yield* body"],
  [() => Promise.resolve(bytes), "[await promise]"],
  [() => ({ then: () => {} }), "[await promise]"],
  [() => () => bytes, "Call it"],
  [() => Object.create(Uint8Array.prototype), "the array itself"],
  [() => new Proxy(bytes, {}), "the array itself"],
];

for (const [index, [make, hint]] of BODIES.entries()) {
  Deno.test(`validator() has a hint for what is no body (${index}: ${hint})`, () => {
    const { call, found } = returning(make, { throws: false });
    call();
    assertEquals(found.length, 1);
    assert(found[0]?.hint?.includes(hint), found[0]?.hint);
  });
}

for (const [index, [make, hint]] of CHUNKS.entries()) {
  Deno.test(`validator() has a hint for what is no chunk (${index}: ${hint})`, () => {
    const { call, found } = returning(() => [make()], { throws: false });
    call();
    assertEquals(found.map(({ rule }) => rule), ["body/chunk"]);
    assert(found[0]?.hint?.includes(hint), found[0]?.hint);
  });
}

Deno.test("validator() calls nothing of what is no body and no chunk", () => {
  const touched: string[] = [];
  const touch = (key: PropertyKey): never => {
    touched.push(String(key));
    throw new Error("touched");
  };
  const value = {
    toString: () => touch("toString"),
    valueOf: () => touch("valueOf"),
    toJSON: () => touch("toJSON"),
    then: undefined,
    get next() {
      return touch("next");
    },
    get body() {
      return touch("body");
    },
    get [Symbol.toStringTag]() {
      return touch("toStringTag");
    },
    get constructor() {
      return touch("constructor");
    },
  };
  returning(() => value, { throws: false }).call();
  returning(() => [value], { throws: false }).call();
  assertEquals(touched, []);
});
