import { assertEquals } from "@std/assert";
import { InputLog } from "../../validator/wrap/input_log.ts";

type Call = Parameters<InputLog["take"]>[0];
type Taken = ReturnType<InputLog["take"]>;

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A call of read() with its result, begun and taken. */
function read(
  log: InputLog,
  result: unknown,
  args: readonly unknown[] = [5],
  more: Partial<Call> = {},
): Taken {
  log.begin();
  return log.take({ method: "read", args, ...more }, {
    isPromised: true,
    result,
  });
}

Deno.test("InputLog knows what is left only where no call is pending", () => {
  const log = new InputLog(5);
  assertEquals(log.left, 5);
  assertEquals(read(log, bytes("ab")).total, 2);
  assertEquals(log.left, 3);
  log.begin();
  assertEquals(log.left, undefined);
  log.fail();
  assertEquals(log.left, 3);
  assertEquals(new InputLog(undefined).left, undefined);
});

Deno.test.each([
  [[], undefined],
  [[undefined], undefined],
  [[0], 0],
  [[5], 5],
  [[-1], undefined],
  [["5"], NaN],
  [[1.5], NaN],
  [[5, 1], NaN],
])("InputLog takes %j for a size", (args, size) => {
  assertEquals(read(new InputLog(undefined), bytes("a"), args).size, size);
});

Deno.test("InputLog remembers the read that showed the end, until it is told", () => {
  const log = new InputLog(undefined);
  assertEquals(read(log, bytes("ab"), [2]).earlier, undefined);
  assertEquals(read(log, bytes(""), [2]).earlier, undefined);
  assertEquals(read(log, bytes("")).earlier, undefined);
  const end = { call: "read(2)", kind: "empty", length: 0 };
  assertEquals(read(log, bytes("abcde")).earlier, end);
  assertEquals(read(log, bytes("abcde")).earlier, undefined);
});

Deno.test("InputLog takes a read that gave too little for the end", () => {
  const log = new InputLog(undefined);
  read(log, bytes("ab"), []);
  assertEquals(read(log, bytes("c")).earlier, {
    call: "read()",
    kind: "bytes",
    length: 2,
  });
});

Deno.test("InputLog expects no full result where any length may come", () => {
  const log = new InputLog(undefined);
  read(log, bytes("ab"), [5], { isPartial: true });
  assertEquals(read(log, bytes("c"), [1]).earlier, undefined);
  read(log, bytes(""), [5], { isPartial: true });
  assertEquals(read(log, bytes("c")).earlier?.kind, "empty");
});

Deno.test("InputLog concludes nothing from calls that overlapped", () => {
  const log = new InputLog(undefined);
  log.begin();
  read(log, bytes(""));
  log.fail();
  assertEquals(read(log, bytes("abcde")).earlier, undefined);
  // They are over: what comes now is in order.
  read(log, bytes(""));
  assertEquals(read(log, bytes("abcde")).earlier?.kind, "empty");
});

Deno.test("InputLog concludes nothing from an iteration that overlapped a call", () => {
  const log = new InputLog(undefined);
  log.begin();
  log.begin();
  log.end();
  log.fail();
  assertEquals(read(log, bytes("abcde")).earlier, undefined);
  log.begin();
  log.end();
  assertEquals(read(log, bytes("abcde")).earlier, {
    call: "the iteration",
    kind: "empty",
    length: 0,
  });
});

Deno.test("InputLog counts calls that overlapped one by one", () => {
  const log = new InputLog(9);
  log.begin();
  read(log, bytes("ab"));
  assertEquals(log.left, undefined);
  log.fail();
  assertEquals(log.left, 7);
});

Deno.test("InputLog sees memory that was given before", () => {
  const buffer = bytes("abcdef");
  const isReused = (...parts: readonly (readonly [number, number])[]) => {
    const log = new InputLog(undefined);
    return parts.map(([start, end]) =>
      read(log, buffer.subarray(start, end)).isReused
    );
  };
  assertEquals(isReused([0, 2], [2, 4], [4, 6]), [false, false, false]);
  assertEquals(isReused([2, 4], [0, 2]), [false, false]);
  assertEquals(isReused([0, 3], [2, 4]), [false, true]);
  assertEquals(isReused([0, 1], [0, 1]), [false, true]);
  assertEquals(isReused([2, 4], [3, 3]), [false, false]);
  assertEquals(isReused([3, 3], [2, 4]), [false, false]);
});

Deno.test("InputLog takes nothing apart that is no list of lines", () => {
  const log = new InputLog(undefined);
  const lines = (result: unknown) =>
    read(log, result, [], { method: "readlines" });
  assertEquals(lines({ length: 0 }).pieces, undefined);
  assertEquals(lines(bytes("a")).pieces, undefined);
  assertEquals(lines([bytes("a"), "b"]).pieces, undefined);
  assertEquals(lines([bytes("a")]).pieces?.length, 1);
});
