/**
 * What a program can do with an environ.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import fc from "npm:fast-check@^4";
import { format, inspect } from "node:util";
import type { Environ } from "../../../wsgi/types.ts";

/** Something a program does with an environ. What it gives is compared. */
export type Operation = (environ: Environ) => unknown;

const INSPECT = Symbol.for("nodejs.util.inspect.custom");
const MINE = Symbol("mine");

const anyKey: fc.Arbitrary<PropertyKey> = fc.oneof(
  fc.constantFrom<PropertyKey[]>(
    "HTTP_HOST",
    "HTTP_X_A",
    "HTTP_SET_COOKIE",
    "HTTP_COOKIE",
    "HTTP_PROXY",
    "HTTP_CONTENT_TYPE",
    "HTTP_CONTENT_LENGTH",
    "HTTP_x_a",
    "HTTP_X-A",
    "HTTP_",
    "X_A",
    "CONTENT_TYPE",
    "CONTENT_LENGTH",
    "REQUEST_METHOD",
    "PATH_INFO",
    "REMOTE_ADDR",
    "wsgi.input",
    "my.key",
    "toString",
    "constructor",
    "__proto__",
    "then",
    "7",
    INSPECT,
    MINE,
    Symbol.toStringTag,
    Symbol.toPrimitive,
    Symbol.iterator,
  ),
  fc.stringMatching(/^[A-Z_]{1,3}$/).map((name) => `HTTP_${name}`),
  fc.string(),
);

const anyValue = fc.constantFrom<unknown[]>(
  "new",
  "",
  undefined,
  null,
  5,
  Object.freeze(["an array"]),
);

const descriptor = fc.record({
  value: anyValue,
  writable: fc.boolean(),
  enumerable: fc.boolean(),
  configurable: fc.boolean(),
}, { requiredKeys: [] });

/** An accessor in a prototype, which must see the environ as `this`. */
const strange = {
  get HTTP_STRANGE(): unknown {
    return Object.keys(this).length;
  },
  set HTTP_SET(value: unknown) {
    (this as Record<string, unknown>)["seen"] = value;
  },
  HTTP_X_A: "inherited",
};
Object.freeze(strange);

const single: fc.Arbitrary<Operation> = fc.oneof(
  anyKey.map((key): Operation => (environ) => environ[key as string]),
  anyKey.map((key): Operation => (environ) => key in environ),
  fc.tuple(anyKey, anyValue).map(([key, value]): Operation => (environ) =>
    environ[key as string] = value
  ),
  fc.tuple(anyKey, anyValue).map(([key, value]): Operation => (environ) =>
    Reflect.set(environ, key, value)
  ),
);

const structural: fc.Arbitrary<Operation> = fc.oneof(
  anyKey.map((key): Operation => (environ) =>
    Reflect.deleteProperty(environ, key)
  ),
  anyKey.map((key): Operation => (environ) => Object.hasOwn(environ, key)),
  anyKey.map((key): Operation => (environ) =>
    Object.prototype.propertyIsEnumerable.call(environ, key)
  ),
  anyKey.map((key): Operation => (environ) =>
    Object.getOwnPropertyDescriptor(environ, key)
  ),
  fc.tuple(anyKey, descriptor).map(([key, one]): Operation => (environ) =>
    Reflect.defineProperty(environ, key, one)
  ),
  // A child has what its prototype has, and keeps what it is given.
  fc.tuple(anyKey, anyKey, anyValue).map(
    ([read, written, value]): Operation => (environ) => {
      const child = Object.create(environ);
      const done = Reflect.set(child, written, value);
      return [done, child[read], Reflect.ownKeys(child)];
    },
  ),
  fc.tuple(anyKey, anyValue).map(([key, value]): Operation => (environ) =>
    Object.assign(environ, { [key]: value }) === environ
  ),
);

const whole = fc.constantFrom<Operation[]>(
  (environ) => Reflect.ownKeys(environ),
  (environ) => Object.keys(environ),
  (environ) => Object.entries(environ),
  (environ) => ({ ...environ }),
  (environ) => Object.assign({}, environ),
  (environ) => Object.getOwnPropertyDescriptors(environ),
  (environ) => Object.getOwnPropertySymbols(environ),
  (environ) => JSON.stringify(environ),
  (environ) => {
    const keys: string[] = [];
    for (const key in environ) keys.push(key);
    return keys;
  },
  (environ) => Object.groupBy(Object.keys(environ), (key) => key.slice(0, 5)),
  (environ) => structuredClone(environ),
  (environ) => Deno.inspect(environ),
  (environ) => Deno.inspect({ nested: [environ] }, { depth: 9 }),
  (environ) => inspect(environ),
  (environ) => format("%O %s %j", environ, environ, environ),
  (environ) => new Map(Object.entries(environ)),
  (environ) => Object.freeze(environ) === environ,
  (environ) => Object.seal(environ) === environ,
  (environ) => Reflect.preventExtensions(environ),
  (environ) => Object.isFrozen(environ),
  (environ) => Object.isSealed(environ),
  (environ) => Object.isExtensible(environ),
  (environ) => Object.getPrototypeOf(environ) === Object.prototype,
  (environ) => Reflect.setPrototypeOf(environ, strange),
  (environ) => Reflect.setPrototypeOf(environ, null),
  (environ) => environ["HTTP_STRANGE"],
  (environ) => environ["HTTP_SET"] = "set",
  (environ) => String(environ),
  (environ) => Object.prototype.toString.call(environ),
  (environ) => environ.valueOf() === environ,
  (environ) => Array.isArray(environ),
  (environ) => environ instanceof Object,
  (environ) => typeof environ,
  (environ) => assertEquals({ ...environ }, environ),
  (environ) => {
    const { HTTP_X_A, ...rest } = environ;
    return [HTTP_X_A, rest];
  },
);

/** What a program does, one after the other. */
export const anyOperations: fc.Arbitrary<Operation[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: single },
    { weight: 2, arbitrary: structural },
    { weight: 1, arbitrary: whole },
  ),
  { maxLength: 8 },
);
