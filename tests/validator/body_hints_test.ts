// deno-lint-ignore-file explicit-function-return-type -- the applications in it have no types
import { assertEquals } from "@std/assert";
import { returning } from "./body_cases.ts";

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
