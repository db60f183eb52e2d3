import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import fc from "npm:fast-check@^4";
import { format, inspect } from "node:util";
import { createFetchEnviron } from "../../../gateway/fetch/environ.ts";
import { Laziness } from "../../../gateway/environ/lazy_environ.ts";
import type { Environ } from "../../../wsgi/types.ts";
import { validator } from "../../../validator/validator.ts";
import type { Violation } from "../../../validator/violation.ts";
import { anyOperations, type Operation } from "./any_operations.ts";
import { anyInfo, anyOptions, anyRequest, PORT } from "../any_request.ts";
import { asDenoGives, type WireRequest } from "./environ_model.ts";
import type { EnvironOptions } from "../../../gateway/environ/request_environ.ts";

function noSignal(): AbortSignal {
  throw new Error("Nobody asked for a signal");
}

/** Makes the same environ twice, the second one lazily; or neither. */
function both(
  wire: WireRequest,
  info: unknown,
  options: EnvironOptions,
): [eager: Environ, lazy: Environ] | undefined {
  const request = asDenoGives(wire, PORT);
  const make = (laziness?: Laziness): Environ | string => {
    try {
      return createFetchEnviron(request, info, noSignal, {
        ...options,
        laziness,
      });
    } catch (error) {
      return String(error);
    }
  };
  const eager = make();
  const laziness = new Laziness();
  assert(!laziness.decide());
  const lazy = make(laziness);
  if (typeof eager !== "string" && typeof lazy !== "string") {
    return [eager, lazy];
  }
  assertEquals(lazy, eager);
  return undefined;
}

/** What an operation gives or throws, so that two can be compared. */
function outcome(operation: Operation, environ: Environ): unknown {
  try {
    return { gave: operation(environ) };
  } catch (error) {
    // The text names the trap of a proxy where there is one.
    return { threw: (error as Error).name };
  }
}

/** The whole of an environ: order, values, attributes, prototype. */
function wholeOf(environ: Environ): unknown[] {
  const keys = Reflect.ownKeys(environ);
  return [
    keys,
    keys.map((key) => Object.getOwnPropertyDescriptor(environ, key)),
    Object.getPrototypeOf(environ),
    Object.isExtensible(environ),
  ];
}

/** The inputs are two objects of one class: made equal before the comparison. */
function withSameInput([eager, lazy]: [Environ, Environ]): void {
  const has = Object.hasOwn(eager, "wsgi.input");
  assert(has);
  lazy["wsgi.input"] = eager["wsgi.input"];
}

Deno.test("createFetchEnviron() makes a lazy environ that no program tells from an eager one", () => {
  let compared = 0;
  fc.assert(
    fc.property(
      anyRequest,
      anyOptions,
      anyInfo,
      anyOperations,
      (wire, options, [info], operations) => {
        const environs = both(wire, info, options);
        if (environs === undefined) return;
        const [eager, lazy] = environs;
        if (Object.hasOwn({ ...options.environ }, "wsgi.input") === false) {
          withSameInput(environs);
        }
        for (const operation of operations) {
          assertEquals(outcome(operation, lazy), outcome(operation, eager));
        }
        assertEquals(wholeOf(lazy), wholeOf(eager));
        assertEquals(Deno.inspect(lazy), Deno.inspect(eager));
        compared++;
      },
    ),
    { numRuns: 4000 },
  );
  assert(compared > 1000, `only ${compared} were compared`);
});

Deno.test("createFetchEnviron() makes a lazy environ that is shown whole before anybody has looked", () => {
  fc.assert(
    fc.property(
      anyRequest,
      fc.constantFrom<Operation[]>(
        (environ) => Deno.inspect(environ),
        (environ) => Deno.inspect([{ environ }]),
        (environ) => inspect(environ),
        (environ) => inspect([{ environ }]),
        (environ) => format("%O", environ),
      ),
      (wire, show) => {
        const environs = both(wire, undefined, {});
        if (environs === undefined) return;
        assertEquals(show(environs[1]), show(environs[0]));
        assertEquals(
          Reflect.ownKeys(environs[1]),
          Reflect.ownKeys(environs[0]),
        );
      },
    ),
    { numRuns: 500 },
  );
});

Deno.test("validator() in the paranoid profile finds the same in a lazy environ", () => {
  fc.assert(
    fc.property(anyRequest, anyOptions, anyInfo, (wire, options, [info]) => {
      const environs = both(wire, info, options);
      if (environs === undefined) return;
      const [eager, lazy] = environs.map((environ) => {
        const found: Violation[] = [];
        const app = validator((_environ, startResponse) => {
          startResponse("200 OK", [["Content-Type", "text/plain"]]);
          return [new Uint8Array(1)];
        }, {
          profile: "paranoid",
          throws: false,
          onViolation: (violation) => void found.push(violation),
        });
        const body = app(environ, () => () => Promise.resolve()) as
          & Uint8Array[]
          & {
            close?: () => unknown;
          };
        assertEquals(body.length, 1);
        body.close?.();
        return found.map(({ rule, message }) => [rule, message]);
      });
      assertEquals(lazy, eager);
    }),
    { numRuns: 500 },
  );
});

Deno.test("Laziness.decide() pauses when a whole environ was needed, ever longer", () => {
  const laziness = new Laziness();
  const pauseOf = (): number => {
    let count = 0;
    while (!laziness.decide()) count++;
    return count;
  };
  // The first one only shows how many headers there are.
  assertStrictEquals(pauseOf(), 1);
  laziness.saw(13);
  assertStrictEquals(pauseOf(), 0);
  laziness.pause();
  laziness.pause();
  assertStrictEquals(pauseOf(), 1000);
  assertStrictEquals(pauseOf(), 0);
  laziness.pause();
  assertStrictEquals(pauseOf(), 2000);
});

Deno.test("Laziness.decide() waits while requests have few headers", () => {
  const laziness = new Laziness();
  assert(!laziness.decide());
  laziness.saw(3);
  for (let i = 0; i < 100; i++) {
    assert(!laziness.decide());
    laziness.saw(i === 99 ? 4 : 3);
  }
  assert(laziness.decide());
});
