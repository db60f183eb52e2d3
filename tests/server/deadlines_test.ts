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
