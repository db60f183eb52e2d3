import { assertEquals } from "@std/assert";
import { createReference, REFERENCE } from "../../tools/rule_reference.ts";

Deno.test("docs/rules.md is what the rule table says (deno task rules)", async () => {
  assertEquals(await Deno.readTextFile(REFERENCE), await createReference());
});
