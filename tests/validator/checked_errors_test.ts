// deno-lint-ignore-file explicit-function-return-type -- what is wrong on purpose has no type
import { assertEquals, assertThrows } from "@std/assert";
import { ConformanceError, validator, type Violation } from "../../mod.ts";
import { createEnviron, type Loose } from "./scenario.ts";

/** Uses wsgi.errors as an application gets it from a validator. */
function use(
  action: (errors: Loose) => unknown,
  stream: object,
  throws = false,
): string[] {
  const environ = createEnviron();
  Reflect.set(environ, "wsgi.errors", stream);
  const found: string[] = [];
  const app = validator((environ, startResponse) => {
    action(environ["wsgi.errors"]);
    startResponse("200 OK", []);
    return [];
  }, {
    throws,
    onViolation: ({ rule }: Violation) => void found.push(rule),
  });
  app(environ, () => () => Promise.resolve());
  return found;
}

/** A stream that notes its calls. */
function noting(calls: unknown[][]) {
  return {
    write: (...args: unknown[]) => void calls.push(["write", ...args]),
    writelines: (...args: unknown[]) =>
      void calls.push(["writelines", ...args]),
    flush: (...args: unknown[]) => void calls.push(["flush", ...args]),
  };
}

Deno.test("CheckedErrors passes on what is written", () => {
  const calls: unknown[][] = [];
  const found = use((errors) => {
    errors.write("one\n");
    errors.writelines(["two\n", "three\n"]);
    errors.flush();
  }, noting(calls));
  assertEquals(calls, [
    ["write", "one\n"],
    ["writelines", ["two\n", "three\n"]],
    ["flush"],
  ]);
  assertEquals(found, []);
});

Deno.test("CheckedErrors iterates once over what is given to writelines()", () => {
  const calls: unknown[][] = [];
  let steps = 0;
  const found = use((errors) => {
    errors.writelines((function* () {
      for (const text of ["a", "b"]) {
        steps++;
        yield text;
      }
    })());
  }, noting(calls));
  assertEquals(steps, 2);
  assertEquals(calls, [["writelines", ["a", "b"]]]);
  assertEquals(found, []);
});

Deno.test("CheckedErrors passes on what is wrong too, where it does not throw", () => {
  const calls: unknown[][] = [];
  const error = new Error("The disk is full");
  const found = use((errors) => {
    errors.write(error);
    errors.writelines("text");
  }, noting(calls));
  assertEquals(calls, [["write", error], ["writelines", "text"]]);
  assertEquals(found, ["errors/write", "errors/writelines"]);
});

Deno.test("CheckedErrors makes torn-off methods work, and reports them", () => {
  const calls: unknown[][] = [];
  const found = use(({ write, writelines, flush }) => {
    write("a");
    writelines(["b"]);
    flush();
  }, noting(calls));
  assertEquals(calls, [["write", "a"], ["writelines", ["b"]], ["flush"]]);
  assertEquals(found, [
    "errors/torn-off",
    "errors/torn-off",
    "errors/torn-off",
  ]);
});

Deno.test("CheckedErrors calls the methods of the server on the server's object", () => {
  const receivers: unknown[] = [];
  const stream = {
    write() {
      receivers.push(this);
    },
    writelines() {},
    flush() {},
  };
  use((errors) => errors.write("a"), stream);
  assertEquals(receivers, [stream]);
});

Deno.test("CheckedErrors lets through what the server throws", () => {
  const full = new Error("The disk is full");
  const stream = {
    ...noting([]),
    write: () => {
      throw full;
    },
  };
  const found = use((errors) => {
    assertEquals(assertThrows(() => errors.write("text"), Error), full);
    assertEquals(assertThrows(() => errors.write(5), Error), full);
  }, stream);
  // Of what is no text, the server may well complain.
  assertEquals(found, ["errors/any-text", "errors/write"]);
});

Deno.test("CheckedErrors does nothing where a stream cannot be closed", () => {
  const found = use((errors) => errors.close(), noting([]));
  assertEquals(found, ["errors/closed"]);
});

Deno.test("CheckedErrors throws into who writes no text", () => {
  const error = assertThrows(
    () => use((errors) => errors.write(5), noting([]), true),
    ConformanceError,
    "the write() of wsgi.errors must be called with one string, got 5",
  );
  assertEquals(error.violation.blame, "application");
});
