import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { CheckedRequest } from "../../validator/wrap/checked_request.ts";
import { readEnviron } from "../../validator/wrap/read_environ.ts";
import { ValidatorContext } from "../../validator/context.ts";
import {
  activate,
  type ActiveRules,
  RULES,
} from "../../validator/rules/table.ts";
import { createEnviron } from "./scenario.ts";

/** A layer and its rules. */
interface Seat {
  readonly layer: ValidatorContext;
  readonly rules: ActiveRules;
}

function seat(): Seat {
  const layer = new ValidatorContext({}, RULES.map(({ id }) => id));
  return { layer, rules: activate((rules) => layer.select(rules)) };
}

/** A call of a layer whose environ leads to another call. */
function converse({ layer, rules }: Seat, linked?: unknown): CheckedRequest {
  const environ = readEnviron([createEnviron(), () => {}], rules);
  return new CheckedRequest(layer, rules, environ, linked);
}

Deno.test("CheckedRequest links the layers of one request", () => {
  const outer = converse(seat());
  const middle = converse(seat(), outer);
  const inner = converse(seat(), middle);
  assertStrictEquals(inner.outer, middle);
  assertStrictEquals(middle.outer, outer);
  assertStrictEquals(outer.outer, undefined);
  assertStrictEquals(outer.inner, middle);
  assertStrictEquals(middle.inner, inner);
});

Deno.test("CheckedRequest does not link to what is none", () => {
  for (const linked of [undefined, null, 5, {}, { isOver: false }]) {
    assertStrictEquals(converse(seat(), linked).outer, undefined);
  }
});

Deno.test("CheckedRequest does not link to a request that is over", () => {
  const earlier = converse(seat());
  earlier.finish();
  assertStrictEquals(converse(seat(), earlier).outer, undefined);
});

Deno.test("CheckedRequest does not link to a stack that is over, though a part was left open", () => {
  const outer = converse(seat());
  const inner = converse(seat(), outer);
  outer.finish();
  assertStrictEquals(inner.isOver, false);
  assertStrictEquals(converse(seat(), inner).outer, undefined);
});

Deno.test("CheckedRequest of a second try links to the layer outside, not to the first", () => {
  const outer = converse(seat());
  const again = seat();
  const first = converse(again, outer);
  const deeper = converse(seat(), first);
  for (const linked of [first, deeper]) {
    const second = converse(again, linked);
    assertStrictEquals(second.outer, outer);
    assertStrictEquals(outer.inner, second);
  }
  first.finish();
  deeper.finish();
  assertStrictEquals(converse(again, deeper).outer, outer);
});

Deno.test("CheckedRequest of an application that calls itself stands for itself", () => {
  const own = seat();
  const first = converse(own);
  assertStrictEquals(converse(own, first).outer, undefined);
});

Deno.test("CheckedRequest knows which layers are outside of it", () => {
  const outer = converse(seat());
  const inner = converse(seat(), converse(seat(), outer));
  assert(outer.isOutsideOf(inner));
  assert(!inner.isOutsideOf(outer));
  assert(!inner.isOutsideOf(inner));
});

Deno.test("CheckedRequest is all over when the layers outside of it are too", () => {
  const outer = converse(seat());
  const inner = converse(seat(), outer);
  inner.finish();
  assertEquals([inner.isOver, inner.isAllOver], [true, false]);
  outer.finish();
  assertEquals([inner.isOver, inner.isAllOver], [true, true]);
});

Deno.test("CheckedRequest counts the inner bodies that are open", () => {
  const outer = converse(seat());
  const first = converse(seat(), outer);
  const second = converse(seat(), outer);
  first.handOver();
  first.handOver();
  second.handOver();
  assertEquals(outer.openInner, 2);
  first.takeBack();
  first.takeBack();
  assertEquals(outer.openInner, 1);
  second.finish();
  assertEquals(outer.openInner, 0);
  second.takeBack();
  assertEquals(outer.openInner, 0);
});

Deno.test("CheckedRequest counts once as open, whatever ends it", () => {
  const { layer, rules } = seat();
  const request = converse({ layer, rules });
  assertEquals(layer.open, 1);
  request.finish();
  request.finish();
  assertEquals(layer.open, 0);
});

Deno.test("CheckedRequest reads the method once, and takes only a string", () => {
  assertEquals(converse(seat()).method, "GET");
  const { layer, rules } = seat();
  const environ = { ...createEnviron(), REQUEST_METHOD: 5 };
  const view = readEnviron([environ, () => {}], rules);
  assertEquals(new CheckedRequest(layer, rules, view, undefined).method, "");
});
