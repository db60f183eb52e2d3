import {
  assert,
  assertEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { BodyReader } from "../../gateway/body_reader.ts";
import { toBytes } from "../../wsgi/byte_string.ts";
import { bodyOf, hanging } from "./recording_body.ts";
import { Events } from "./recording_transport.ts";

/** A reader and the list of what it has logged. */
function logging(body: unknown): { reader: BodyReader; logged: unknown[] } {
  const logged: unknown[] = [];
  return {
    reader: new BodyReader(body, { add: (error) => logged.push(error) }),
    logged,
  };
}

Deno.test("BodyReader.close() calls return(), then close(), of a body that was begun", () => {
  const events = new Events();
  const { reader } = logging(bodyOf("iterator", ["a", "b"], events));
  reader.open();
  reader.next();
  assertStrictEquals(reader.close(), undefined);
  assertEquals(events.list, ["next", "return", "close"]);
});

// close-unread-body
Deno.test("BodyReader.close() opens a body that was never begun", () => {
  const events = new Events();
  const { reader, logged } = logging(bodyOf("iterator", ["a"], events));
  reader.close();
  assertEquals(events.list, ["return", "close"]);
  assertEquals(logged, []);
});

Deno.test("BodyReader.close() calls no return() after the end", () => {
  const events = new Events();
  const { reader } = logging(bodyOf("iterator", [], events));
  reader.open();
  reader.next();
  reader.close();
  assertEquals(events.list, ["next", "close"]);
});

Deno.test.each<[string, () => unknown, string[]]>([
  ["an error", () => fail("no more"), ["close"]],
  ["a chunk that is none", () => ({ value: "text" }), ["return", "close"]],
])("BodyReader.close() after %s", (_what, next, expected) => {
  const events = new Events();
  const { reader } = logging({
    [Symbol.iterator]: () => ({ next, return: () => events.add("return") }),
    close: () => events.add("close"),
  });
  reader.open();
  assertThrows(() => reader.next());
  reader.close();
  assertEquals(events.list, expected);
});

Deno.test("BodyReader.close() takes no iterator of an array", () => {
  const events = new Events();
  const { reader, logged } = logging(Object.assign([toBytes("a")], {
    [Symbol.iterator]: () => fail("unexpected"),
    close: () => events.add("close"),
  }));
  reader.close();
  assertEquals([events.list, logged], [["close"], []]);
});

function fail(message: string): never {
  throw new Error(message);
}

// close-once
Deno.test("BodyReader.close() does all of it once", async () => {
  const events = new Events();
  const { reader } = logging(bodyOf("async iterator", ["a"], events));
  assertEquals(reader.isClosed, false);
  const first = reader.close();
  assertEquals(reader.isClosed, true);
  assert(first instanceof Promise);
  assertStrictEquals(reader.close(), first);
  await first;
  assertStrictEquals(reader.close(), first);
  assertEquals(events.list, ["return", "close"]);
});

Deno.test("BodyReader.close() does nothing when it is called by the body's own close()", () => {
  let calls = 0;
  const body = {
    ...bodyOf("iterator", []),
    close(): void {
      calls++;
      reader.close();
    },
  };
  const { reader } = logging(body);
  reader.close();
  assertEquals(calls, 1);
});

// close-pending-next
Deno.test("BodyReader.close() does not wait for a next() that is pending", async () => {
  const events = new Events();
  const { reader } = logging(hanging(events));
  reader.open();
  const chunk = reader.nextAsync();
  await reader.close();
  assertStrictEquals(await chunk, undefined);
  assertEquals(events.list, ["next", "return", "close"]);
});

Deno.test("BodyReader.close() leaves what a pending next() brings too late alone", async () => {
  const late = [{ value: toBytes("late") }, { value: "no chunk" }, undefined];
  for (const result of late) {
    const gate = Promise.withResolvers<unknown>();
    const { reader, logged } = logging({
      [Symbol.asyncIterator]: () => ({ next: () => gate.promise }),
    });
    reader.open();
    const chunk = reader.nextAsync();
    await reader.close();
    gate.resolve(result);
    await gate.promise;
    assertStrictEquals(await chunk, undefined);
    assertEquals(logged, []);
  }
});

// close-awaited
Deno.test("BodyReader.close() waits for return() before it calls close()", async () => {
  const events = new Events();
  const returned = Promise.withResolvers<void>();
  const { reader } = logging({
    [Symbol.asyncIterator]: () => ({ return: () => returned.promise }),
    close: () => events.add("close"),
  });
  const closing = reader.close();
  await Promise.resolve();
  assertEquals(events.list, []);
  returned.resolve();
  await closing;
  assertEquals(events.list, ["close"]);
});

// close-error
Deno.test("BodyReader.close() logs what return() and close() throw or reject with", async () => {
  const [first, second] = [new Error("return"), new Error("close")];
  for (const isSync of [true, false]) {
    const fail = (error: Error): Promise<never> => {
      if (isSync) throw error;
      return Promise.reject(error);
    };
    const { reader, logged } = logging({
      [Symbol.asyncIterator]: () => ({ return: () => fail(first) }),
      close: () => fail(second),
    });
    await reader.close();
    assertEquals(logged, [first, second]);
  }
});

Deno.test("BodyReader.close() logs what is wrong with a body that was never opened", () => {
  const { reader, logged } = logging("text");
  reader.close();
  assertEquals(logged.length, 1);
  assert(logged[0] instanceof TypeError);
});

Deno.test("BodyReader.close() logs a getter that throws", () => {
  const failure = new Error("no close");
  const { reader, logged } = logging({
    [Symbol.iterator]: () => ({}),
    get close(): never {
      throw failure;
    },
  });
  reader.close();
  assertEquals(logged, [failure]);
});

Deno.test.each([[undefined], [null], ["close"], [{}]])(
  "BodyReader.close() ignores %j as a close()",
  (close) => {
    const { reader, logged } = logging({
      [Symbol.iterator]: () => ({}),
      close,
    });
    assertStrictEquals(reader.close(), undefined);
    assertEquals(logged, []);
  },
);
