import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import type { HeaderTuple } from "../../wsgi/types.ts";
import { HeaderList, type HeaderParameters } from "../../wsgi/header_list.ts";
import { askPython, testWithPython } from "./python.ts";

function sample(): HeaderTuple[] {
  return [["A", "1"], ["b", "2"], ["a", "3"]];
}

Deno.test("HeaderList wraps the array that it is given and copies nothing", () => {
  const list = sample();
  const headers = new HeaderList(list);
  headers.append("c", "4");
  headers.delete("A");
  assertEquals(list, [["b", "2"], ["c", "4"]]);
  list.push(["d", "5"]);
  assertEquals(headers.get("D"), "5");
});

Deno.test("HeaderList is empty without an array", () => {
  for (const headers of [new HeaderList(), new HeaderList(null)]) {
    assertEquals([headers.entries(), `${headers}`], [[], "\r\n"]);
    headers.set("a", "1");
    assertEquals(headers.length, 1);
  }
});

Deno.test("HeaderList finds headers in any case, and lists them in order", () => {
  const list = sample();
  const headers = new HeaderList(list);
  const found = { a: ["1", "3"], A: ["1", "3"], B: ["2"], c: [] };
  for (const [name, values] of Object.entries(found)) {
    assertEquals(headers.get(name), values[0]);
    assertEquals(headers.getAll(name), values);
    assertEquals(headers.has(name), values.length > 0);
  }
  assert(new HeaderList([["empty", ""]]).has("Empty"));
  assertEquals(headers.length, 3);
  assertEquals(headers.keys(), ["A", "b", "a"]);
  assertEquals(headers.values(), ["1", "2", "3"]);
  assertEquals([...headers], list);
  assertEquals(headers.entries(), list);
  assert(headers.entries() !== list);
});

Deno.test.each<[string, (headers: HeaderList) => void, string]>([
  ["set() of all values of a name", (it) => it.set("a", "4"), "b: 2, a: 4"],
  ["append()", (it) => it.append("A", "4"), "A: 1, b: 2, a: 3, A: 4"],
  ["delete() of an absent name", (it) => it.delete("c"), "A: 1, b: 2, a: 3"],
  ["delete() of all values of a name", (it) => it.delete("A"), "b: 2"],
  ["setDefault() of a new name", (it) => {
    assertEquals(it.setDefault("C", "9"), "9");
    assertEquals(it.setDefault("A", "9"), "1");
  }, "A: 1, b: 2, a: 3, C: 9"],
  ["set() of an invalid value", (it) => {
    assertThrows(() => it.set("a", "4\n"), TypeError);
  }, "A: 1, b: 2, a: 3"],
])("HeaderList.%s changes the list", (_call, change, expected) => {
  const list = sample();
  change(new HeaderList(list));
  assertEquals(list.map((pair) => pair.join(": ")).join(", "), expected);
});

Deno.test.each<[string | null, HeaderParameters | undefined, string]>([
  ["text/plain", undefined, "text/plain"],
  ["text/plain", {}, "text/plain"],
  ["a", { filename: "x.png" }, 'a; filename="x.png"'],
  ["a", { one_two: "3" }, 'a; one-two="3"'],
  ["a", { x: 'say "\\"' }, 'a; x="say \\"\\\\\\""'],
  ["a", { x: "token" }, 'a; x="token"'],
  ["a", { x: "" }, "a; x"],
  ["a", { x: null, y: undefined, z: "1" }, 'a; x; y; z="1"'],
  [null, { x: "1", y: null }, 'x="1"; y'],
  [null, undefined, ""],
  ["", { x: "1" }, '; x="1"'],
])("HeaderList.addHeader() of %j and %j adds %s", (value, params, text) => {
  const headers = new HeaderList([["H", "before"]]);
  headers.addHeader("h", value, params);
  assertEquals(headers.entries(), [["H", "before"], ["h", text]]);
});

Deno.test("HeaderList.toString() and toBytes() write what HTTP sends", () => {
  const headers = new HeaderList([["A", "1"], ["B", "\xe9"]]);
  const text = "A: 1\r\nB: \xe9\r\n\r\n";
  assertEquals([`${headers}`, headers.toBytes()], [text, toBytes(text)]);
  const wide = new HeaderList([["A", "€"]]);
  assertEquals(wide.get("A"), "€");
  assertThrows(() => wide.toBytes(), TypeError, "U+20AC");
});

Deno.test.each<[unknown, string]>([
  [{}, "the list must be an array of [name, value] tuples, got an object"],
  ["a: 1", 'the list must be an array of [name, value] tuples, got "a: 1"'],
  [["a: 1"], 'list[0] must be a [name, value] tuple, got "a: 1"'],
  [[["a"]], "list[0] must be a [name, value] tuple, got an array"],
  [[["a", "1"], ["b", 2]], 'value of "b" must be a string, got 2'],
  [[[1, "a"]], "name must be a string, got 1"],
  [[["a", "\n"]], 'value of "a" must have no control characters, got "\\n"'],
])("HeaderList() rejects %j", (list, message) => {
  assertThrows(() => new HeaderList(list as HeaderTuple[]), TypeError, message);
});

/** The calls that take a name and a value. */
function calls(it: HeaderList, name: string, value: string): (() => void)[] {
  return [
    () => it.set(name, value),
    () => it.append(name, value),
    () => it.setDefault(name, value),
    () => it.addHeader(name, value),
  ];
}

Deno.test("HeaderList rejects control characters everywhere, but a tab in a value", () => {
  for (let code = 0; code <= 127; code++) {
    if (code > 31 && code < 127) continue;
    const bad = `a${String.fromCharCode(code)}b`;
    const noTab = bad.replace("\t", "\n");
    const headers = new HeaderList();
    const all = [
      ...calls(headers, bad, "v"),
      ...calls(headers, "n", noTab),
      () => headers.addHeader("n", "v", { [noTab]: "x" }),
      () => headers.addHeader("n", "v", { x: noTab }),
    ];
    for (const call of all) {
      assertThrows(call, TypeError, "must have no control characters, got ");
    }
    assertEquals(headers.length, 0);
  }
  const headers = new HeaderList([["n", "a\tb"]]);
  for (const call of calls(headers, "n", "a\tb")) call();
  assertEquals(headers.getAll("n"), ["a\tb", "a\tb", "a\tb"]);
});

Deno.test.each<[unknown]>([[1], [true], [{}], [new String("a")], [["a"]]])(
  "HeaderList rejects %j as name, value and parameter",
  (wrong) => {
    const headers = new HeaderList();
    const text = wrong as string;
    const all = [
      () => headers.set(text, "v"),
      ...calls(headers, "n", text),
      () => headers.addHeader("n", "v", { x: text }),
    ];
    for (const call of all) {
      assertThrows(call, TypeError, "must be a string, got ");
    }
    assertEquals(headers.length, 0);
  },
);

Deno.test("HeaderList hides secrets in its messages", () => {
  const set = () => new HeaderList().set("Set-Cookie", "session=hunter2\n");
  const { message } = assertThrows(set, TypeError);
  assertFalse(message.includes("hunter2"), message);
});

testWithPython("HeaderList does what Python's Headers does", async () => {
  const values = ["v", "", 'q"\\', null];
  const cases = values.flatMap((value) =>
    values.flatMap((x) =>
      ["x_y", "X", "_"].map((key) => ({ value, params: { [key]: x, z: "1" } }))
    )
  );
  const expected = await askPython(
    `
from wsgiref.headers import Headers
def run(case):
    headers = Headers([("A", "1"), ("b", "2"), ("a", "3")])
    headers.add_header("B", case["value"], **case["params"])
    first = headers.setdefault("b", "9")
    headers["a"] = "4"
    return [first, headers.get_all("B"), headers.keys(), len(headers), str(headers)]
`,
    cases,
  );
  const actual = cases.map(({ value, params }) => {
    const it = new HeaderList(sample());
    it.addHeader("B", value, params);
    const first = it.setDefault("b", "9");
    it.set("a", "4");
    return [first, it.getAll("B"), it.keys(), it.length, `${it}`];
  });
  assertEquals(actual, expected);
});
