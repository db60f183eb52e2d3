/**
 * Cases about a late call of `startResponse`, and when the headers are sent.
 *
 * @module
 */

import { expectEqual } from "../expect.ts";
import type { ServerCase } from "../server_case.ts";
import { bytes, MARKER, text } from "./fixtures.ts";

/** The cases of this subject. */
export const START_HEADERS_CASES: readonly ServerCase[] = [
  {
    id: "start-response/lazy",
    spec: "server-late-start",
    title: "A generator calls startResponse when it is first asked for a chunk",
    app: () =>
      function* (_environ, startResponse): Generator<Uint8Array, void> {
        startResponse("202 Accepted", text());
        yield bytes("lazy");
      },
    run: async (client) => {
      const { head, body } = await client.ask();
      expectEqual([head.status, body], [202, "lazy"], "the response");
    },
  },
  {
    id: "start-response/lazy-after-empty",
    spec: "server-late-start",
    title: "startResponse can be called after empty chunks",
    app: () =>
      async function* (
        _environ,
        startResponse,
      ): AsyncGenerator<Uint8Array, void> {
        yield new Uint8Array();
        yield new Uint8Array();
        startResponse("202 Accepted", text());
        yield new Uint8Array();
        yield bytes("lazy");
      },
    run: async (client) => {
      const { head, body } = await client.ask();
      expectEqual([head.status, body], [202, "lazy"], "the response");
    },
  },
  {
    id: "start-response/headers-wait",
    spec: "server-headers-leave",
    title: "Headers are not sent before the first non-empty chunk",
    app: (probe) =>
      async function* (
        _environ,
        startResponse,
      ): AsyncGenerator<Uint8Array, void> {
        startResponse("200 OK", text());
        yield new Uint8Array();
        await probe.gate("go on");
        startResponse("409 Conflict", text(), MARKER);
        yield bytes("changed");
      },
    run: async (client) => {
      const connection = await client.connect();
      await connection.send(client.request());
      await client.settle();
      client.open("go on");
      const { head, body } = await connection.response();
      expectEqual([head.status, body], [409, "changed"], "the response");
    },
  },
  {
    id: "start-response/headers-at-end",
    spec: "server-headers-leave",
    title: "Without any chunk, the headers are sent at the end",
    app: () =>
      // deno-lint-ignore require-yield -- it has no chunk
      function* (_environ, startResponse): Generator<Uint8Array, void> {
        startResponse("200 OK", [...text(), ["X-Sent", "1"]]);
      },
    run: async (client) => {
      const { head, body, complete } = await client.ask();
      expectEqual(head.get("x-sent"), "1", "the header");
      expectEqual([body, complete], ["", true], "the body");
    },
  },
];
