import { assertEquals } from "@std/assert";
import { globToRegExp } from "../../wsgi/glob.ts";

Deno.test.each<[glob: string, name: string, matches: boolean]>([
  ["environ/*", "environ/complete", true],
  ["environ/*", "environ/", true],
  ["environ/*", "my-environ/complete", false],
  ["*", "a/b/c", true],
  ["*/b", "a/b", true],
  ["*/b", "a/bc", false],
  ["a*c*", "a-b-c-d", true],
  ["body/204", "body/204", true],
  ["a.b", "a-b", false],
  ["a+(b)[c]{1}|^$?\\", "a+(b)[c]{1}|^$?\\", true],
])("globToRegExp(%j) matches %j: %s", (glob, name, matches) => {
  assertEquals(globToRegExp(glob).test(name), matches);
});
