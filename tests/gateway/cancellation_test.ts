import { assert, assertEquals } from "@std/assert";
import {
  Cancellation,
  ClientDisconnected,
  ServerStopped,
} from "../../gateway/cancellation.ts";

Deno.test("Cancellation.cancel() calls the last listener once, then aborts the signal", () => {
  const cancellation = new Cancellation();
  const order: unknown[] = [];
  const { signal } = cancellation;
  assert(cancellation.signal === signal);
  cancellation.listen(() => order.push("replaced"));
  cancellation.listen((reason) => {
    order.push(reason);
    cancellation.cancel("again");
  });
  signal.addEventListener("abort", () => order.push("signal"));
  assert(!cancellation.cancelled && cancellation.reason === undefined);
  const reason = new ClientDisconnected();
  cancellation.cancel(reason);
  cancellation.cancel(new ServerStopped());
  assertEquals(order, [reason, "signal"]);
  assert(cancellation.cancelled);
  assert(cancellation.reason === reason && signal.reason === reason);
});

Deno.test("Cancellation.listen() calls the listener immediately after cancel()", () => {
  const cancellation = new Cancellation();
  const reason = new ClientDisconnected();
  cancellation.cancel(reason);
  // It does not undo the cancellation.
  cancellation.finish();
  const heard: unknown[] = [];
  for (let turn = 0; turn < 2; turn++) {
    cancellation.listen((reason) => heard.push(reason));
  }
  assert(heard[0] === reason && heard[1] === reason && heard.length === 2);
  const { signal, cancelled } = cancellation;
  assert(cancelled && signal.aborted && signal.reason === reason);
});

// The signal of a request never aborts after success.
Deno.test("Cancellation.finish() disables cancel()", () => {
  const cancellation = new Cancellation();
  const heard: unknown[] = [];
  const { signal } = cancellation;
  cancellation.listen((reason) => heard.push(reason));
  cancellation.finish();
  cancellation.cancel(new ClientDisconnected());
  cancellation.listen((reason) => heard.push(reason));
  cancellation.cancel(new ClientDisconnected());
  assert(!cancellation.cancelled && !signal.aborted);
  assertEquals([cancellation.reason, heard], [undefined, []]);
});

Deno.test.each([
  ["ClientDisconnected", new ClientDisconnected()],
  ["ServerStopped", new ServerStopped()],
])("%s is an Error with its own name", (name, error) => {
  assert(error instanceof Error && error.constructor.name === name);
  assertEquals(String(error), `${name}: ${error.message}`);
});
