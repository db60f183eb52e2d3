import {
  assert,
  assertEquals,
  assertFalse,
  assertStrictEquals,
} from "@std/assert";
import {
  Cancellation,
  ClientDisconnected,
  ServerStopped,
} from "../../gateway/cancellation.ts";

Deno.test("Cancellation tells its listener the reason, once", () => {
  const cancellation = new Cancellation();
  const heard: unknown[] = [];
  cancellation.listen((reason) => heard.push(reason));
  assertFalse(cancellation.cancelled);
  assertStrictEquals(cancellation.reason, undefined);
  const reason = new ClientDisconnected();
  cancellation.cancel(reason);
  cancellation.cancel(new ServerStopped());
  assertEquals(heard, [reason]);
  assert(cancellation.cancelled);
  assertStrictEquals(cancellation.reason, reason);
});

Deno.test("Cancellation.listen() calls the listener at once when it is too late", () => {
  const cancellation = new Cancellation();
  const reason = new ClientDisconnected();
  cancellation.cancel(reason);
  cancellation.listen((heard) => assertStrictEquals(heard, reason));
  assert(cancellation.signal.aborted);
  assertStrictEquals(cancellation.signal.reason, reason);
  let calls = 0;
  cancellation.listen(() => calls++);
  assertEquals(calls, 1);
});

Deno.test("Cancellation.listen() replaces the listener", () => {
  const cancellation = new Cancellation();
  const heard: string[] = [];
  cancellation.listen(() => heard.push("first"));
  cancellation.listen(() => heard.push("second"));
  cancellation.cancel("any");
  assertEquals(heard, ["second"]);
});

Deno.test("Cancellation.signal aborts with the reason, after the listener", () => {
  const cancellation = new Cancellation();
  const order: string[] = [];
  const { signal } = cancellation;
  assertStrictEquals(cancellation.signal, signal);
  cancellation.listen(() => order.push("listener"));
  signal.addEventListener("abort", () => order.push("signal"));
  const reason = new ClientDisconnected();
  cancellation.cancel(reason);
  assertEquals(order, ["listener", "signal"]);
  assertStrictEquals(signal.reason, reason);
});

// The signal of a request never aborts after success.
Deno.test("Cancellation.finish() makes every later cancel() vain", () => {
  const cancellation = new Cancellation();
  const heard: unknown[] = [];
  const { signal } = cancellation;
  cancellation.listen((reason) => heard.push(reason));
  cancellation.finish();
  cancellation.cancel(new ClientDisconnected());
  cancellation.listen((reason) => heard.push(reason));
  cancellation.cancel(new ClientDisconnected());
  assertFalse(cancellation.cancelled);
  assertFalse(signal.aborted);
  assertStrictEquals(cancellation.reason, undefined);
  assertEquals(heard, []);
});

Deno.test("Cancellation.finish() does not undo a cancel()", () => {
  const cancellation = new Cancellation();
  cancellation.cancel(new ClientDisconnected());
  cancellation.finish();
  assert(cancellation.cancelled);
  assert(cancellation.signal.aborted);
});

Deno.test("Cancellation.cancel() may be called by its own listener", () => {
  const cancellation = new Cancellation();
  let calls = 0;
  cancellation.listen(() => {
    calls++;
    cancellation.cancel("again");
  });
  cancellation.cancel("first");
  assertEquals(calls, 1);
  assertEquals(cancellation.reason, "first");
});

Deno.test.each([
  ["ClientDisconnected", new ClientDisconnected()],
  ["ServerStopped", new ServerStopped()],
])("%s is an Error with its own name", (name, error) => {
  assert(error instanceof Error);
  assertEquals(error.name, name);
  assertEquals(String(error), `${name}: ${error.message}`);
  assertEquals(error.constructor.name, name);
});
