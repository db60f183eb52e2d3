import { assertEquals, assertStrictEquals } from "@std/assert";
import { CHECKED_REQUEST } from "../../validator/views/environ_view.ts";
import { CheckedRequest } from "../../validator/wrap/checked_request.ts";
import { readEnviron } from "../../validator/wrap/read_environ.ts";
import { ValidatorContext } from "../../validator/context.ts";
import {
  activate,
  type ActiveRules,
} from "../../validator/rules/active_rules.ts";
import { RULES } from "../../validator/rules/table.ts";
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
function converse(
  { layer, rules }: Seat,
  linked?: unknown,
  variables: object = {},
): CheckedRequest {
  const environ = {
    ...createEnviron(),
    ...variables,
    [CHECKED_REQUEST]: linked,
  };
  const view = readEnviron([environ, () => {}], rules);
  return new CheckedRequest(layer, rules, view);
}

/** A stack of three calls. */
function stack(): [CheckedRequest, CheckedRequest, CheckedRequest] {
  const outer = converse(seat());
  const middle = converse(seat(), outer);
  return [outer, middle, converse(seat(), middle)];
}

Deno.test("CheckedRequest links the layers of one request", () => {
  const [outer, middle, inner] = stack();
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

Deno.test("CheckedRequest does not link to a request or a stack that is over", () => {
  const [outer, middle] = stack();
  outer.finish();
  assertStrictEquals(converse(seat(), outer).outer, undefined);
  assertStrictEquals(middle.isOver, false);
  assertStrictEquals(converse(seat(), middle).outer, undefined);
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
  assertStrictEquals(converse(own, converse(own)).outer, undefined);
});

Deno.test("CheckedRequest knows which layers are outside of it, and when all are over", () => {
  const [outer, middle, inner] = stack();
  assertEquals(outer.isOutsideOf(inner), true);
  assertEquals(inner.isOutsideOf(outer), false);
  assertEquals(inner.isOutsideOf(inner), false);
  middle.finish();
  assertEquals([middle.isOver, middle.isAllOver], [true, false]);
  outer.finish();
  assertEquals([middle.isOver, middle.isAllOver], [true, true]);
});

Deno.test("CheckedRequest counts the inner bodies that are open", () => {
  const outer = converse(seat());
  const first = converse(seat(), outer);
  const second = converse(seat(), outer);
  for (const request of [first, first, second]) request.handOver();
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
  const number = converse(seat(), undefined, { REQUEST_METHOD: 5 });
  assertEquals(number.method, "");
});
