import { assert, assertEquals, assertRejects } from "@std/assert";
import { Gate } from "../../gateway/gate.ts";

/** Waits at a gate; returns the results of its callbacks. */
function waitAt(gate: Gate): unknown[] {
  const told: unknown[] = [];
  gate.wait(() => void told.push("open"), (reason) => void told.push(reason));
  return told;
}

Deno.test("Gate is open until it is closed", async () => {
  const gate = new Gate();
  assert(!gate.isClosed);
  assertEquals(waitAt(gate), ["open"]);
  assertEquals(await gate, undefined);
});

Deno.test("Gate.open() calls the waiting function synchronously, once", () => {
  const gate = new Gate();
  gate.close();
  assert(gate.isClosed);
  const told = waitAt(gate);
  assertEquals(told, []);
  gate.open();
  assertEquals(told, ["open"]);
  assert(!gate.isClosed);
  gate.close();
  gate.open();
  assertEquals(told, ["open"]);
});

Deno.test("Gate.then() resolves in a separate job when the gate opens", async () => {
  const gate = new Gate();
  gate.close();
  const order: string[] = [];
  const waiting = gate.then(() => void order.push("then"));
  gate.open();
  order.push("after open()");
  await waiting;
  assertEquals(order, ["after open()", "then"]);
});

Deno.test("Gate.then() calls all of several waiting functions", async () => {
  const gate = new Gate();
  gate.close();
  const both = Promise.all([Promise.resolve(gate), gate.then(() => 2)]);
  // A promise calls the then() of its value in a job of its own.
  await Promise.resolve();
  gate.open();
  assertEquals(await both, [undefined, 2]);
});

Deno.test("Gate.fail() rejects all current and later waiters", async () => {
  const gate = new Gate();
  gate.close();
  const reason = new Error("gone");
  const told = waitAt(gate);
  const waiting = assertRejects(async () => await gate, Error, "gone");
  await Promise.resolve();
  gate.fail(reason);
  await waiting;
  assertEquals(told, [reason]);
  gate.open();
  gate.fail(new Error("second"));
  assert(gate.isClosed);
  assertEquals(waitAt(gate), [reason]);
  await assertRejects(async () => await gate, Error, "gone");
});

Deno.test("Gate.fail() causes no unhandled rejection", async () => {
  const gate = new Gate();
  gate.close();
  let isCalled = false;
  gate.then(() => {}, () => void (isCalled = true));
  gate.fail(new Error("gone"));
  await Promise.resolve();
  await Promise.resolve();
  assert(isCalled);
});
