import { assert, assertEquals, assertFalse, assertRejects } from "@std/assert";
import { Gate } from "../../gateway/gate.ts";

/** Waits at a gate and keeps what it is told. */
function waitAt(gate: Gate): unknown[] {
  const told: unknown[] = [];
  gate.wait(() => void told.push("open"), (reason) => void told.push(reason));
  return told;
}

Deno.test("Gate lets everybody through until it is closed", async () => {
  const gate = new Gate();
  assertFalse(gate.isClosed);
  assertEquals(waitAt(gate), ["open"]);
  assertEquals(await gate, undefined);
});

Deno.test("Gate.open() calls who waits inside of the call, once", () => {
  const gate = new Gate();
  gate.close();
  assert(gate.isClosed);
  const told = waitAt(gate);
  assertEquals(told, []);
  gate.open();
  assertEquals(told, ["open"]);
  assertFalse(gate.isClosed);
  gate.close();
  gate.open();
  assertEquals(told, ["open"]);
});

Deno.test("Gate.open() may be followed by another round inside of the callback", () => {
  const gate = new Gate();
  let rounds = 0;
  const wait = (): void => {
    gate.close();
    gate.wait(() => ++rounds === 3 || wait(), () => {});
  };
  wait();
  for (let turn = 0; turn < 4; turn++) gate.open();
  assertEquals(rounds, 3);
});

Deno.test("Gate.then() resolves in a job of its own when the gate opens", async () => {
  const gate = new Gate();
  gate.close();
  const order: string[] = [];
  const waiting = gate.then(() => void order.push("then"));
  gate.open();
  order.push("after open()");
  await waiting;
  assertEquals(order, ["after open()", "then"]);
});

Deno.test("Gate.then() gives every one of several waiters its turn", async () => {
  const gate = new Gate();
  gate.close();
  const both = Promise.all([Promise.resolve(gate), gate.then(() => 2)]);
  // What a promise makes of a thenable, it makes in a job of its own.
  await Promise.resolve();
  gate.open();
  assertEquals(await both, [undefined, 2]);
});

Deno.test("Gate.fail() tells everybody why, now and later", async () => {
  const gate = new Gate();
  gate.close();
  const reason = new Error("gone");
  const told = waitAt(gate);
  const waiting = assertRejects(async () => await gate, Error, "gone");
  await Promise.resolve();
  gate.fail(reason);
  await waiting;
  assertEquals(told, [reason]);
  assertEquals(waitAt(gate), [reason]);
  await assertRejects(async () => await gate, Error, "gone");
});

Deno.test("Gate stays closed after fail()", () => {
  const gate = new Gate();
  gate.fail(new Error("first"));
  gate.open();
  gate.fail(new Error("second"));
  assert(gate.isClosed);
  assertEquals(String(waitAt(gate)), "Error: first");
});

Deno.test("Gate.fail() is no unhandled rejection where nobody waits any more", async () => {
  const gate = new Gate();
  gate.close();
  let isCalled = false;
  gate.then(() => {}, () => void (isCalled = true));
  gate.fail(new Error("gone"));
  await Promise.resolve();
  await Promise.resolve();
  assert(isCalled);
});
