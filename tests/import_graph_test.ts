import { assertEquals } from "@std/assert";
import { findCircle, importsIn, showImport } from "./import_graph.ts";

Deno.test("importsIn() finds imports of all kinds, with their names", () => {
  const source = `
    // import { none } from "./comment.ts";
import "./effect.ts";
import type { A } from "./type.ts";
export { b, type C } from "../up.ts";
import {
  d,
  e as f,
} from "./several.ts";
import { assert } from "@std/assert";
const g = await import("./dynamic.ts");
type H = import("./in_type.ts").H;
const i = new URL("../rooms/i.ts", import.meta.url);
`;
  assertEquals(importsIn("a/b.ts", source).map(showImport), [
    "a/b.ts imports all from a/effect.ts",
    "a/b.ts imports type { A } from a/type.ts",
    "a/b.ts imports { b, type C } from up.ts",
    "a/b.ts imports { d, e as f, } from a/several.ts",
    "a/b.ts imports import from a/dynamic.ts",
    "a/b.ts imports import from a/in_type.ts",
    "a/b.ts imports new URL from rooms/i.ts",
  ]);
});

Deno.test("findCircle() finds a circle, and only where there is one", () => {
  const step = (from: string, to: string) => ({ from, to, names: "" });
  const way = [step("a", "b"), step("b", "c"), step("c", "d")];
  assertEquals(findCircle(way), undefined);
  const circle = [step("b", "c"), step("c", "b")];
  assertEquals(findCircle([...way, step("c", "b")]), circle);
});
