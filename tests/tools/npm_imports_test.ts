import * as assert from "@std/assert";
import * as html from "@std/html";
import * as etag from "@std/http/etag";
import * as negotiation from "@std/http/negotiation";
import * as mediaTypes from "@std/media-types";
import * as path from "@std/path";
import config from "../../deno.json" with { type: "json" };
import npm from "../../tools/npm_imports.json" with { type: "json" };
import type * as npmAssert from "../../tools/npm/assert.ts";
import type * as npmHtml from "../../tools/npm/html.ts";
import type * as npmEtag from "../../tools/npm/http_etag.ts";
import type * as npmNegotiation from "../../tools/npm/http_negotiation.ts";
import type * as npmMediaTypes from "../../tools/npm/media_types.ts";
import type * as npmPath from "../../tools/npm/path.ts";

const { assertEquals } = assert;

const MAP: Readonly<Record<string, string>> = npm.imports;

type IsAny<T> = 0 extends 1 & T ? true : false;
type AnyNames<Module> = {
  [Name in keyof Module]: IsAny<Module[Name]> extends true ? Name : never;
}[keyof Module];

/** Does not compile if any export of the module is `any`. */
function assertTyped<Module>(
  ..._names: AnyNames<Module> extends never ? [] : [AnyNames<Module>]
): void {}

/** Does not compile unless `value` is assignable to the type. */
function assertHas<Type>(_value: Type): void {}

Deno.test("npm_imports.json has the package's own names, and every import of deno.json", () => {
  const names = Object.keys(MAP);
  const own = names.filter((name) => name.startsWith(config.name));
  const exports = Object.entries(config.exports).map(([name, target]) => [
    config.name + name.slice(1),
    `.${target}`,
  ]);
  assertEquals(own.map((name) => [name, MAP[name]]).sort(), exports.sort());
  const missing = Object.keys(config.imports).filter((name) =>
    !names.some((key) => key === name || key.startsWith(`${name}/`))
  );
  assertEquals(missing, []);
});

Deno.test("npm_imports.json repeats the npm imports of deno.json", () => {
  const entries = Object.entries(config.imports).filter(([, target]) =>
    target.startsWith("npm:")
  );
  assertEquals(entries, entries.map(([name]) => [name, MAP[name] ?? ""]));
});

Deno.test("no import of @std is any", () => {
  assertTyped<typeof assert>();
  assertTyped<typeof html>();
  assertTyped<typeof etag>();
  assertTyped<typeof negotiation>();
  assertTyped<typeof mediaTypes>();
  assertTyped<typeof path>();
  // @ts-expect-error One name of this module is any.
  assertTyped<{ typed: string; untyped: ReturnType<typeof JSON.parse> }>();
});

// If JSR answers, this compares our declarations with those of @std: code that
// compiles with ours must compile with its own. The reverse need not hold, since
// a release may add to what a function accepts, as one did with join().
Deno.test("@std has everything that tools/npm declares", () => {
  assertHas<typeof npmAssert>(assert);
  assertHas<typeof npmHtml>(html);
  assertHas<typeof npmEtag>(etag);
  assertHas<typeof npmNegotiation>(negotiation);
  assertHas<typeof npmMediaTypes>(mediaTypes);
  assertHas<typeof npmPath>(path);
});
