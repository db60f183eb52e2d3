import { assertEquals } from "@std/assert";
import { remember } from "../../wsgi/remember.ts";

/** A function that counts its calls, and one that remembers its results. */
const counted = () => {
  const calls: string[] = [];
  const lookUp = remember((name) => {
    calls.push(name);
    return name === "" ? undefined : name.toUpperCase();
  });
  return { lookUp, calls };
};

Deno.test("remember() looks a name up once, even if nothing was found", () => {
  const { lookUp, calls } = counted();
  for (const name of ["a", "", "a", "", "A"]) {
    assertEquals(lookUp(name), name === "" ? undefined : "A");
  }
  assertEquals(calls, ["a", "", "A"]);
});

Deno.test("remember() remembers 256 names, and looks others up every time", () => {
  const { lookUp, calls } = counted();
  const names = Array.from({ length: 300 }, (_, i) => `name-${i}`);
  for (const name of [...names, ...names]) {
    assertEquals(lookUp(name), name.toUpperCase());
  }
  assertEquals(calls, [...names, ...names.slice(256)]);
});

Deno.test("remember() remembers no name of more than 64 characters", () => {
  const { lookUp, calls } = counted();
  for (const length of [64, 65, 64, 65]) lookUp("a".repeat(length));
  assertEquals(calls.map(({ length }) => length), [64, 65, 65]);
});
