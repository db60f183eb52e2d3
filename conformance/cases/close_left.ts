/**
 * Cases about `close()` when the client leaves.
 *
 * @module
 */

import { expect, expectEqual } from "../expect.ts";
import type { ServerCase, Talk } from "../server_case.ts";
import { bytes, text } from "./fixtures.ts";
import { generated, watched } from "./bodies.ts";

/** Waits for the head and the first chunk of an endless body. */
async function begin(talk: Talk): Promise<void> {
  const client = await talk.connect();
  await client.send(talk.request());
  await client.head();
  await client.bytes(1);
  client.close();
}

/** The cases of this subject. */
export const CLOSE_LEFT_CASES: readonly ServerCase[] = [
  {
    id: "close/client-left",
    spec: "gone-stops",
    title: "When the client leaves a stream, it ends: return(), then close()",
    app: (probe) => (_environ, startResponse) => {
      startResponse("200 OK", text());
      return watched(
        probe,
        async function* (): AsyncGenerator<Uint8Array, void> {
          for (;;) {
            await new Promise((resolve) => setTimeout(resolve));
            yield new Uint8Array(4096);
          }
        },
        true,
      );
    },
    run: async (talk) => {
      await begin(talk);
      await talk.told("close");
      await talk.settle();
      expectEqual(talk.events(), ["return", "close"], "what was called");
    },
  },
  {
    id: "close/pending-next",
    spec: "close-pending-next",
    title: "A next() that is pending does not hold close() back",
    app: (probe) => (_environ, startResponse) => {
      startResponse("200 OK", text());
      return watched(
        probe,
        async function* (): AsyncGenerator<Uint8Array, void> {
          yield bytes("a");
          probe.tell("pending");
          await probe.gate("never");
        },
        true,
      );
    },
    run: async (talk) => {
      await begin(talk);
      await talk.told("close");
      expect(
        talk.events().filter((event) => event === "close").length === 1,
        "close() must be called once",
      );
    },
  },
  {
    id: "close/left-early",
    spec: "close-late-return",
    title: "When the client leaves before there is a body, it is closed unread",
    app: (probe) => async (environ, startResponse) => {
      const signal = environ["wsgiref.signal"]?.();
      probe.tell("waiting");
      await (signal === undefined
        ? probe.gate("left")
        : new Promise((resolve) =>
          signal.addEventListener("abort", resolve, { once: true })
        ));
      startResponse("200 OK", text());
      return watched(probe, () => {
        const rest = generated("a");
        return {
          next: () => {
            probe.tell("next");
            return rest.next();
          },
        };
      });
    },
    run: async (talk) => {
      const client = await talk.connect();
      await client.send(talk.request());
      await talk.told("waiting");
      client.close();
      talk.open("left");
      await talk.told("close");
      expect(
        !talk.events().includes("next"),
        "the body must be closed unread, but next() was called",
      );
    },
  },
];
