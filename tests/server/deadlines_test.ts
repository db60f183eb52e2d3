import { assertEquals } from "@std/assert";
import { Deadlines } from "../../server/deadlines.ts";
import { within } from "../raw_client.ts";

Deno.test.each<[string, number[], number, number]>([
  ["a tenth of the shortest limit", [500, 2_000], 2_000, 41],
  ["at least 10 ms", [20, 2_000], 20, 3],
  ["at most a second", [65_000, 30_000], 30_000, 31],
  ["a second without a limit", [Infinity], 5_000, 6],
])("Deadlines ticks at %s", (_, limits, limit, ticks) => {
  assertEquals(new Deadlines(limits).toTicks(limit), ticks);
});

Deno.test("Deadlines.toTicks() returns Infinity for no limit", () => {
  assertEquals(new Deadlines([30, Infinity]).toTicks(Infinity), Infinity);
});

// The sanitizers of the test detect a clock that still runs.
Deno.test("Deadlines checks all entries at each tick, and stops with the last one", async () => {
  const deadlines = new Deadlines([10]);
  const seen: string[] = [];
  const over = Promise.withResolvers<void>();
  const first = {
    expire(now: number): void {
      seen.push(`first ${now}`);
      deadlines.delete(first);
    },
  };
  const second = {
    expire(now: number): void {
      seen.push(`second ${now}`);
      if (now < 3) return;
      deadlines.delete(second);
      over.resolve();
    },
  };
  deadlines.add(first);
  deadlines.add(second);
  await within(over.promise, "three ticks");
  assertEquals(seen, ["first 1", "second 1", "second 2", "second 3"]);
  assertEquals(deadlines.now, 3);
  // It can start again.
  const again = Promise.withResolvers<number>();
  const third = { expire: again.resolve };
  deadlines.add(third);
  assertEquals(await within(again.promise, "a tick"), 4);
  deadlines.delete(third);
});

Deno.test("Deadlines.time is the time of the last tick, and of the start after a pause", async () => {
  const real = Date.now;
  using _clock = { [Symbol.dispose]: () => void (Date.now = real) };
  let time = 1_000;
  Date.now = () => time;
  const deadlines = new Deadlines([10]);
  const over = Promise.withResolvers<number>();
  const entry = { expire: over.resolve };
  deadlines.add(entry);
  assertEquals(deadlines.time, 1_000);
  time = 2_000;
  assertEquals(deadlines.time, 1_000);
  await within(over.promise, "a tick");
  assertEquals(deadlines.time, 2_000);
  deadlines.delete(entry);
  time = 90_000;
  deadlines.add(entry);
  assertEquals(deadlines.time, 90_000);
  deadlines.delete(entry);
});
