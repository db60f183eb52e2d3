import { assertEquals } from "@std/assert";
import { CHECKED_REQUEST } from "../../validator/views/environ_view.ts";
import { CheckedRequest } from "../../validator/wrap/checked_request.ts";
import { readEnviron } from "../../validator/wrap/read_environ.ts";
import { ValidatorContext } from "../../validator/context.ts";
import { activate } from "../../validator/rules/active_rules.ts";
import { RULES } from "../../validator/rules/table.ts";
import { createEnviron } from "./scenario.ts";

/** A call to a separate validator, whose environ is linked to another call. */
function request(linked?: CheckedRequest): CheckedRequest {
  const context = new ValidatorContext({}, RULES.map(({ id }) => id));
  const rules = activate((rules) => context.select(rules));
  const environ = { ...createEnviron(), [CHECKED_REQUEST]: linked };
  const view = readEnviron([environ, () => {}], rules);
  return new CheckedRequest(context, rules, view);
}

Deno.test("CheckedRequest counts the inner bodies that are open", () => {
  const outer = request();
  const [first, second] = [request(outer), request(outer)];
  for (const request of [first, first, second]) request.handOver();
  assertEquals(outer.openInner, 2);
  first.takeBack();
  first.takeBack();
  assertEquals(outer.openInner, 1);
  second.finish();
  second.finish();
  assertEquals(outer.openInner, 0);
  second.takeBack();
  assertEquals(outer.openInner, 0);
});
