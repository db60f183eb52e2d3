/**
 * Cases about `close()`: what it waits for, what is stopped before it, and
 * errors that it throws.
 *
 * @module
 */

import { expectEqual } from "../expect.ts";
import type { ServerCase } from "../server_case.ts";
import { bytes, endless, text } from "./fixtures.ts";

/** The cases of this subject. */
export const CLOSE_CASES: readonly ServerCase[] = [
  {
    id: "close/stream",
    spec: "close-unread-body",
    title: "A stream that is not read, as under HEAD, is cancelled",
    app: (probe) => (_environ, startResponse) => {
      startResponse("200 OK", text());
      const chunks = endless(probe);
      return new ReadableStream<Uint8Array>({
        pull(controller): void {
          const { done, value } = chunks.next();
          if (done) controller.close();
          else controller.enqueue(value);
        },
        cancel: () => probe.report("cancelled"),
      }, { highWaterMark: 0 });
    },
    run: async (client) => {
      await client.ask({ method: "HEAD" });
      await client.waitFor("cancelled");
      expectEqual(client.events(), ["cancelled"], "the calls");
    },
  },
  {
    id: "close/finally",
    spec: "close-return-first",
    title: "A generator that is stopped runs its finally block",
    app: (probe) =>
      function* (_environ, startResponse): Generator<Uint8Array, void> {
        try {
          startResponse("200 OK", text());
          yield* endless(probe);
        } finally {
          probe.report("finally");
        }
      },
    run: async (client) => {
      await client.ask({ method: "HEAD" });
      await client.waitFor("finally");
      expectEqual(client.events(), ["finally"], "the calls");
    },
  },
  {
    id: "close/awaited",
    spec: "close-awaited",
    title: "close() waits until the promise of return() has resolved",
    app: (probe) => (_environ, startResponse) => {
      startResponse("200 OK", text());
      const chunks = endless(probe);
      const iterator: AsyncIterator<Uint8Array, void> = {
        next: () => Promise.resolve(chunks.next()),
        return: async () => {
          await probe.report("return begins");
          await probe.gate("go on");
          await probe.report("return ends");
          return { done: true, value: undefined };
        },
      };
      return {
        [Symbol.asyncIterator]: () => iterator,
        close: () => probe.report("close"),
      };
    },
    run: async (client) => {
      const connection = await client.connect();
      await connection.send(client.request({ method: "HEAD" }));
      await client.waitFor("return begins");
      await client.settle();
      client.open("go on");
      await client.waitFor("close");
      expectEqual(
        client.events(),
        ["return begins", "return ends", "close"],
        "the calls",
      );
    },
  },
  {
    id: "close/error",
    spec: "close-error",
    title: "An error from close() does not change the response",
    broken: true,
    app: () => (_environ, startResponse) => {
      startResponse("200 OK", text());
      return Object.assign([bytes("body")], {
        close: () => {
          throw new Error("kit: on purpose");
        },
      });
    },
    run: async (client) => {
      const { head, body, complete } = await client.ask();
      expectEqual(
        [head.status, body, complete],
        [200, "body", true],
        "the response",
      );
      await client.settle();
    },
  },
];
