import { assertEquals } from "@std/assert";
import { InputLog } from "../../validator/wrap/input_log.ts";
import { bytes } from "./programs.ts";

type Call = Parameters<InputLog["take"]>[0];
type Taken = ReturnType<InputLog["take"]>;

/** The result of a call to read() that has already begun. */
function take(
  log: InputLog,
  result: unknown,
  args: readonly unknown[] = [5],
  more: Partial<Call> = {},
): Taken {
  const settled = { isPromised: true, result };
  return log.take({ method: "read", args, ...more }, settled);
}

/** A complete call to read(), with its result. */
function read(...call: Parameters<typeof take>): Taken {
  call[0].begin();
  return take(...call);
}

Deno.test("InputLog knows how much is left only while no call is pending", () => {
  const log = new InputLog(5);
  assertEquals(log.left, 5);
  assertEquals(read(log, bytes("ab")).total, 2);
  assertEquals(log.left, 3);
  log.begin();
  assertEquals(log.left, undefined);
  read(log, bytes("a"));
  assertEquals(log.left, undefined);
  log.fail();
  assertEquals(log.left, 2);
  assertEquals(new InputLog(undefined).left, undefined);
});

Deno.test.each([
  [[], undefined, "read()"],
  [[undefined], undefined, "read()"],
  [[0], 0, undefined],
  [[5], 5, "read(5)"],
  [[-1], undefined, "read()"],
  [["5"], NaN, undefined],
  [[1.5], NaN, undefined],
  [[5, 1], NaN, undefined],
])(
  "InputLog reads the size of the arguments %j, and notes the call",
  (args, size, call) => {
    const log = new InputLog(undefined);
    assertEquals(read(log, bytes(""), args).size, size);
    if (size === size) {
      assertEquals(read(log, bytes("x"), []).earlier?.call, call);
    }
  },
);

Deno.test("InputLog remembers the read that showed the end, until it is reported", () => {
  const log = new InputLog(undefined);
  assertEquals(read(log, bytes("ab"), [2]).earlier, undefined);
  assertEquals(read(log, bytes(""), [2]).earlier, undefined);
  assertEquals(read(log, bytes("")).earlier, undefined);
  const end = { call: "read(2)", kind: "empty", length: 0 };
  assertEquals(read(log, bytes("abcde")).earlier, end);
  assertEquals(read(log, bytes("abcde")).earlier, undefined);
});

Deno.test("InputLog does not expect a full result if any length is allowed", () => {
  const log = new InputLog(undefined);
  read(log, bytes("ab"), [5], { isPartial: true });
  assertEquals(read(log, bytes("c"), [1]).earlier, undefined);
  read(log, bytes(""), [5], { isPartial: true });
  assertEquals(read(log, bytes("c")).earlier?.kind, "empty");
});

Deno.test("InputLog concludes nothing from calls that overlapped", () => {
  const log = new InputLog(undefined);
  log.begin();
  log.begin();
  log.begin();
  log.fail();
  take(log, bytes(""));
  assertEquals(take(log, bytes("x")).earlier, undefined);
  // They have finished, so later calls are in order.
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
  const end = { call: "the iteration", kind: "empty", length: 0 };
  assertEquals(read(log, bytes("abcde")).earlier, end);
});

Deno.test.each([
  [[[0, 2], [2, 4], [4, 6]], [false, false, false]],
  [[[2, 4], [0, 2]], [false, false]],
  [[[0, 3], [2, 4]], [false, true]],
  [[[0, 1], [0, 1]], [false, true]],
  [[[2, 4], [3, 3]], [false, false]],
  [[[3, 3], [2, 4]], [false, false]],
])("InputLog finds memory that was returned before: %j", (parts, expected) => {
  const buffer = bytes("abcdef");
  const log = new InputLog(undefined);
  const taken = parts.map(([start, end]) =>
    read(log, buffer.subarray(start, end)).isReused
  );
  assertEquals(taken, [...expected]);
});

Deno.test("InputLog reads the lines only of lists of lines", () => {
  const log = new InputLog(undefined);
  const lines = (result: unknown) =>
    read(log, result, [], { method: "readlines" });
  assertEquals(lines({ length: 0 }).pieces, undefined);
  assertEquals(lines(bytes("a")).pieces, undefined);
  assertEquals(lines([bytes("a"), "b"]).pieces, undefined);
  assertEquals(lines([bytes("a")]).pieces?.length, 1);
});
