/**
 * Cases about the flow of a body: chunks are neither delayed nor created ahead.
 *
 * @module
 */

import { expect, expectEqual } from "../expect.ts";
import type { Probe, ServerCase } from "../server_case.ts";
import { answering, bytes, readPiece, text } from "./fixtures.ts";

/** A body whose chunks wait for a gate, one after the other. */
async function* gated(
  probe: Probe,
  count: number,
): AsyncGenerator<Uint8Array, void> {
  for (let index = 0; index < count; index++) {
    await probe.gate(`chunk ${index}`);
    // Awaited, so that the report arrives before the chunk is sent.
    await probe.report("made", index);
    yield bytes(`chunk ${index};`);
  }
}

/** The cases of this subject. */
export const BODY_FLOW_CASES: readonly ServerCase[] = [
  {
    id: "body/not-held-back",
    spec: "server-no-delay",
    title: "A chunk arrives before the next one is made",
    app: answering((probe) => gated(probe, 3)),
    run: async (client) => {
      const connection = await client.connect();
      await connection.send(client.request());
      client.open("chunk 0");
      const head = await connection.head();
      for (let index = 0; index < 3; index++) {
        client.open(`chunk ${index}`);
        const chunk = await readPiece(connection, head, 8);
        expectEqual(chunk, `chunk ${index};`, "the chunk");
        const made = client.events().filter((event) => event === "made");
        expectEqual(made.length, index + 1, "the chunks made until then");
      }
    },
  },
  {
    id: "body/backpressure",
    spec: "server-backpressure",
    title: "A client that does not read stops the body",
    app: (probe) =>
      async function* (
        _environ,
        startResponse,
      ): AsyncGenerator<Uint8Array, void> {
        startResponse("200 OK", [["Content-Type", "application/octet-stream"]]);
        // More than the buffers of a few sockets can hold.
        const chunk = new Uint8Array(1 << 18);
        for (let index = 0; index < 128; index++) {
          probe.report("made");
          yield chunk;
        }
        probe.report("all made");
      },
    run: async (client) => {
      const connection = await client.connect();
      await connection.send(client.request());
      await client.waitFor("made");
      let before = -1;
      // The body continues until the buffers are full; then it must stop.
      for (;;) {
        await client.settle();
        await client.settle();
        const made = client.events().length;
        if (made === before) break;
        before = made;
      }
      expect(
        !client.events().includes("all made"),
        "the body must stop while the client does not read, but it went on",
      );
    },
  },
  {
    id: "body/interleaved",
    spec: "async-interleaved",
    title: "While one request waits, others are answered",
    app: (probe) => async (environ, startResponse) => {
      if (environ.PATH_INFO === "/slow") {
        probe.report("waiting");
        await probe.gate("go on");
      }
      startResponse("200 OK", text());
      return [bytes(environ.PATH_INFO)];
    },
    run: async (client) => {
      const slow = await client.connect();
      await slow.send(client.request({ target: "/slow" }));
      await client.waitFor("waiting");
      const { body } = await client.ask({ target: "/fast" });
      expectEqual(body, "/fast", "the other body");
      client.open("go on");
      expectEqual((await slow.response()).body, "/slow", "the body");
    },
  },
];
