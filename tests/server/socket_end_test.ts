import { assertEquals } from "@std/assert";
import { LingeringClose } from "../../server/socket_end.ts";
import { SocketWriter } from "../../server/socket_writer.ts";
import { FakeSocket, turn } from "./fake_socket.ts";

/** Replaces the timers; the test decides when the next one is due. */
class FakeTimers implements Disposable {
  readonly #real = { setTimeout, clearTimeout };
  #due: (() => void) | undefined;
  /** The number of milliseconds for which each timer was started. */
  readonly waits: number[] = [];

  constructor() {
    const set = (due: () => void, ms: number): number => {
      this.#due = due;
      return this.waits.push(ms);
    };
    const clear = (): void => void (this.#due = undefined);
    Object.assign(globalThis, { setTimeout: set, clearTimeout: clear });
  }

  /** Lets the time pass until the pending timer is due. */
  pass(): void {
    const due = this.#due;
    this.#due = undefined;
    due?.();
  }

  [Symbol.dispose](): void {
    Object.assign(globalThis, this.#real);
  }
}

const OBSERVER = { onWriteError(): void {}, onFault(): void {} };

/** A connection that lingers for 2 s without a byte, or for 6 s. */
async function linger(): Promise<{ end: LingeringClose; socket: FakeSocket }> {
  const socket = new FakeSocket();
  const limits = { quietMs: 2_000, timeMs: 6_000 };
  const writer = new SocketWriter(socket, OBSERVER);
  const end = new LingeringClose(socket, writer, limits);
  end.start(() => false, () => {
    end.stop();
    socket.close();
  });
  await turn();
  return { end, socket };
}

Deno.test.each<[string, boolean[], number]>([
  ["nothing arrives", [false], 1],
  ["nothing arrives any more", [true, false], 2],
  ["the maximum time has passed", [true, true, true], 3],
])(
  "LingeringClose.start() closes the connection when %s",
  async (_, arrivals, count) => {
    using timers = new FakeTimers();
    const { end, socket } = await linger();
    for (const arrives of arrivals) {
      assertEquals(socket.closed, 0);
      if (arrives) end.discard(1);
      timers.pass();
    }
    assertEquals(socket.closed, 1);
    assertEquals(timers.waits, Array(count).fill(2_000));
  },
);

Deno.test("LingeringClose.isFull is true after 64 MiB", async () => {
  using _ = new FakeTimers();
  const { end } = await linger();
  end.discard(64 * 1_048_576);
  assertEquals(end.isFull, false);
  end.discard(1);
  assertEquals(end.isFull, true);
  end.stop();
});
