import { assert, assertEquals, assertFalse } from "@std/assert";
import { Buffer } from "node:buffer";
import { runInNewContext } from "node:vm";
import fc from "npm:fast-check@^4";
import { describe, escapeControls, quote } from "../../wsgi/describe.ts";
import { isThenable, isUint8Array } from "../../wsgi/describe.ts";
import { fail } from "../gateway/recording_transport.ts";

class Mine {}
const Anonymous = [class extends Mine {}][0]!;
class Bytes extends Uint8Array {}

Deno.test.each<[string, unknown]>([
  ["undefined", undefined],
  ["null", null],
  ["true", true],
  ["12", 12],
  ["-0", -0],
  ["NaN", NaN],
  ["a bigint", 12n],
  ["a symbol", Symbol("secret")],
  ['"text"', "text"],
  ["a function", () => {}],
  ["a function", Mine],
  ["an array", [1, 2]],
  ["an object", {}],
  ["an object", Object.create(null)],
  ["a Mine", new Mine()],
  ["a Mine", Object.create(Mine.prototype)],
  ["a Mine", new Anonymous()],
  ["an Error", new Error("secret")],
  ["a Promise", Promise.resolve()],
  ["an ArrayBuffer", new ArrayBuffer(1)],
  ["a URL", new URL("http://host/secret")],
  ["a URLSearchParams", new URLSearchParams("secret")],
  ["an Int8Array", new Int8Array(1)],
  ["a Uint8Array of 3 bytes", new Uint8Array(3)],
  ["a Uint8Array of 2 bytes", new Bytes(2)],
  ["a Uint8Array of 1 byte", Buffer.from("a")],
  ["a String", Object("secret")],
])("describe() says %s", (words, value) => {
  assertEquals(describe(value), words);
});

Deno.test("describe() calls nothing of the value", () => {
  const touched = () => fail("touched");
  class Trap {}
  Object.defineProperty(Trap.prototype, Symbol.toStringTag, { get: touched });
  const traps = { toString: touched, toJSON: touched };
  Object.assign(Trap.prototype, traps, { [Symbol.toPrimitive]: touched });
  assertEquals(describe(new Trap()), "a Trap");
  Object.defineProperty(Trap.prototype, "constructor", { get: touched });
  assertEquals(describe(new Trap()), "an object");
});

Deno.test("describe() handles proxies", () => {
  const traps = { getPrototypeOf: () => new Proxy({}, traps) };
  assertEquals(describe(new Proxy({}, traps)), "an object");
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  assertEquals(describe(proxy), "an object");
});

Deno.test("describe() bounds and escapes the name of a class", () => {
  const evil = class {};
  Object.defineProperty(evil, "name", { value: `A\n${"x".repeat(100)}` });
  assertEquals(describe(new evil()), `an A\\n${"x".repeat(58)}`);
});

Deno.test("describe() is short and printable for anything", () => {
  const anything = fc.anything({ withTypedArray: true });
  const any = fc.oneof(anything, fc.string({ unit: "binary" }));
  fc.assert(fc.property(any, (value) => {
    const words = describe(value);
    // 60 characters, each as \uNNNN at most, and the text around them.
    assert(words.length < 420);
    // deno-lint-ignore no-control-regex -- the test looks for them
    assertFalse(/[\x00-\x1f\x7f-\x9f\u2028\u2029]/.test(words));
  }));
});

Deno.test.each([
  ["", '""'],
  ["café", '"café"'],
  ['a"b\\c', '"a\\"b\\\\c"'],
  ["\n\r\t", '"\\n\\r\\t"'],
  ["\x00\x1b\x7f\x85\x9f\xa0", '"\\x00\\x1b\\x7f\\x85\\x9f\xa0"'],
  ["\u2028\u2029", '"\\u2028\\u2029"'],
  ["x".repeat(60), `"${"x".repeat(60)}"`],
  ["x".repeat(61), `"${"x".repeat(60)}…" (61 characters)`],
])("quote() of %j is %s", (text, quoted) => {
  assertEquals(quote(text), quoted);
});

Deno.test("escapeControls() keeps line feeds and tabs and no other control character", () => {
  for (let code = 0; code <= 0xff; code++) {
    const unit = String.fromCharCode(code);
    const isControl = code < 0x20 || code >= 0x7f && code <= 0x9f;
    const escaped = escapeControls(`a${unit}b`);
    const hex = code.toString(16).padStart(2, "0");
    const shown = unit === "\r" ? "\\r" : `\\x${hex}`;
    const isKept = !isControl || "\n\t".includes(unit);
    assertEquals(escaped, `a${isKept ? unit : shown}b`);
  }
});

Deno.test.each<[boolean, string, unknown]>([
  [true, "a Uint8Array", new Uint8Array()],
  [true, "a subclass", new Bytes()],
  [true, "a Buffer", Buffer.from("a")],
  [true, "one of another realm", runInNewContext("new Uint8Array(1)")],
  [false, "a Uint8ClampedArray", new Uint8ClampedArray()],
  [false, "a DataView", new DataView(new ArrayBuffer(1))],
  [false, "an ArrayBuffer", new ArrayBuffer(1)],
  [false, "an object with its prototype", Object.create(Uint8Array.prototype)],
  [false, "an object with its tag", { [Symbol.toStringTag]: "Uint8Array" }],
  [false, "a proxy", new Proxy(new Uint8Array(), {})],
  [false, "an array", [1]],
  [false, "its name", "Uint8Array"],
  [false, "null", null],
])("isUint8Array() is %s for %s", (expected, _what, value) => {
  assertEquals(isUint8Array(value), expected);
});

Deno.test("isThenable() is true for objects with a then()", () => {
  const thenables = [Promise.resolve(), { then: () => {} }];
  const others = [{ then: 1 }, null, "then"];
  assertEquals([...thenables, ...others].filter(isThenable), thenables);
});
