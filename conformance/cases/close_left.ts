/**
 * Cases about `close()` when the client leaves.
 *
 * @module
 */

import { expect, expectEqual } from "../expect.ts";
import type { CaseClient, ServerCase } from "../server_case.ts";
import {
  abortedOrOver,
  bytes,
  endlessLate,
  generated,
  text,
  watched,
} from "./fixtures.ts";

/** Waits for the head and the first chunk of an endless body. */
async function begin(client: CaseClient): Promise<void> {
  const connection = await client.connect();
  await connection.send(client.request());
  await connection.head();
  await connection.bytes(1);
  connection.close();
}

/** The cases of this subject. */
export const CLOSE_LEFT_CASES: readonly ServerCase[] = [
  {
    id: "close/client-left",
    spec: "gone-stops",
    title:
      "When the client leaves during a stream, return() and then close() are called",
    app: (probe) => (_environ, startResponse) => {
      startResponse("200 OK", text());
      return watched(probe, () => endlessLate(probe), true);
    },
    run: async (client) => {
      await begin(client);
      await client.waitFor("close");
      await client.settle();
      expectEqual(client.events(), ["return", "close"], "the calls");
    },
  },
  {
    id: "close/pending-next",
    spec: "close-pending-next",
    title: "A pending next() does not delay close()",
    app: (probe) => (_environ, startResponse) => {
      startResponse("200 OK", text());
      return watched(
        probe,
        async function* (): AsyncGenerator<Uint8Array, void> {
          yield bytes("a");
          probe.report("pending");
          await probe.gate("never");
        },
        true,
      );
    },
    run: async (client) => {
      await begin(client);
      await client.waitFor("close");
      expect(
        client.events().filter((event) => event === "close").length === 1,
        "close() must be called once",
      );
    },
  },
  {
    id: "close/left-early",
    spec: "close-late-return",
    title:
      "If the client leaves before the application returns, the body is closed unread",
    app: (probe) => async (environ, startResponse) => {
      const signal = environ["wsgiref.signal"]?.();
      probe.report("waiting");
      await (signal === undefined
        ? probe.gate("left")
        : abortedOrOver(probe, signal));
      startResponse("200 OK", text());
      return watched(probe, () => {
        const rest = generated("a");
        return {
          next: () => {
            probe.report("next");
            return rest.next();
          },
        };
      });
    },
    run: async (client) => {
      const connection = await client.connect();
      await connection.send(client.request());
      await client.waitFor("waiting");
      connection.close();
      client.open("left");
      await client.waitFor("close");
      expect(
        !client.events().includes("next"),
        "the body must be closed unread, but next() was called",
      );
    },
  },
];
