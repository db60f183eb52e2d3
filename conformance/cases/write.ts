/**
 * Cases about `write()`.
 *
 * @module
 */

import type { Application } from "../../wsgi/types.ts";
import { expect, expectEqual } from "../expect.ts";
import { isChunked } from "../raw_response.ts";
import type { ServerCase } from "../server_case.ts";
import { bytes, readPiece, text } from "./fixtures.ts";

/** Passes a value that is not a chunk to write(). */
const wrongChunk: ServerCase["app"] = (probe) => (_environ, startResponse) => {
  const write = startResponse("200 OK", text());
  try {
    write("text" as unknown as Uint8Array).catch(() => {});
    probe.report("thrown", false);
  } catch {
    probe.report("thrown", true);
  }
  return [];
};

/** The cases of this subject. */
export const WRITE_CASES: readonly ServerCase[] = [
  {
    id: "write/order",
    spec: "write-order",
    title: "Written chunks are sent in order, before the body",
    app: () => async (_environ, startResponse) => {
      const write = startResponse("200 OK", text());
      await write(bytes("one "));
      await write(bytes("two "));
      return [bytes("three")];
    },
    run: async (client) => {
      const { body, complete } = await client.ask();
      expectEqual([body, complete], ["one two three", true], "the body");
    },
  },
  {
    id: "write/not-awaited",
    spec: "write-order",
    title: "The order is kept even if write() is not awaited",
    app: () => (_environ, startResponse) => {
      const write = startResponse("200 OK", text());
      for (let index = 0; index < 20; index++) write(bytes(`${index} `));
      return [bytes("end")];
    },
    run: async (client) => {
      const { body, complete } = await client.ask();
      const expected = `${[...Array(20).keys()].join(" ")} end`;
      expectEqual([body, complete], [expected, true], "the body");
    },
  },
  {
    id: "write/sync",
    spec: "write-order",
    title: "A synchronous application can write and return an empty array",
    app: () => (_environ, startResponse) => {
      startResponse("200 OK", text())(bytes("written"));
      return [];
    },
    run: async (client) => {
      const { head, body, complete } = await client.ask();
      expectEqual(
        [head.status, body, complete],
        [200, "written", true],
        "the response",
      );
    },
  },
  {
    id: "write/with-length",
    spec: "write-order",
    title: "Content-Length applies to written and yielded chunks together",
    app: () => async (_environ, startResponse) => {
      const write = startResponse("200 OK", [...text(), [
        "Content-Length",
        "8",
      ]]);
      await write(bytes("five "));
      return [bytes("two")];
    },
    run: async (client) => {
      const { head, body, complete } = await client.ask();
      expectEqual(head.all("content-length"), ["8"], "Content-Length");
      expectEqual([body, complete], ["five two", true], "the body");
    },
  },
  {
    id: "write/arrives",
    spec: "server-no-delay",
    title: "A written chunk arrives before the application returns",
    app: (probe) => async (_environ, startResponse) => {
      const write = startResponse("200 OK", text());
      await write(bytes("early"));
      await probe.gate("go on");
      return [bytes(" late")];
    },
    run: async (client) => {
      const connection = await client.connect();
      await connection.send(client.request());
      const head = await connection.head();
      const early = await readPiece(connection, head, 5);
      expectEqual(early, "early", "the bytes that arrived");
      client.open("go on");
      const late = isChunked(head)
        ? (await connection.chunks()).body
        : await connection.rest();
      expectEqual(late, " late", "the rest");
    },
  },
  {
    id: "write/empty",
    spec: "server-headers-leave",
    title: "Writing an empty chunk does not send the headers",
    app: () => (_environ, startResponse) => {
      startResponse("200 OK", text())(new Uint8Array());
      startResponse("409 Conflict", text(), new Error("kit: on purpose"));
      return [bytes("changed")];
    },
    run: async (client) => {
      const { head, body } = await client.ask();
      expectEqual([head.status, body], [409, "changed"], "the response");
    },
  },
  {
    id: "write/no-chunk",
    spec: "write-throws",
    title:
      "write() throws if its argument is not a chunk, and the request fails",
    broken: true,
    app: wrongChunk,
    run: async (client) => {
      const { head } = await client.ask();
      expectEqual(head.status, 500, "the status");
      expectEqual(await client.waitFor("thrown"), true, "whether it threw");
      await client.settle();
    },
  },
  {
    id: "write/over-length",
    spec: "write-rejects",
    title:
      "write() beyond Content-Length rejects, and does not end the process",
    broken: true,
    app: (probe): Application => async (_environ, startResponse) => {
      const write = startResponse("200 OK", [...text(), [
        "Content-Length",
        "4",
      ]]);
      await write(bytes("four"));
      write(bytes("five"));
      await write(bytes("more")).then(
        () => probe.report("settled", "resolved"),
        () => probe.report("settled", "rejected"),
      );
      return [];
    },
    run: async (client) => {
      const { body } = await client.ask();
      expectEqual(body, "four", "the body");
      expectEqual(await client.waitFor("settled"), "rejected", "the promise");
      await client.settle();
    },
  },
  {
    id: "write/late",
    spec: "write-throws",
    title: "write() throws when the request is over",
    broken: true,
    app: (probe) => (_environ, startResponse) => {
      const write = startResponse("200 OK", text());
      probe.gate("over").then(() => {
        try {
          write(bytes("late")).catch(() => {});
          probe.report("late", "nothing");
        } catch {
          probe.report("late", "an error");
        }
      });
      return [bytes("body")];
    },
    run: async (client) => {
      const { body } = await client.ask();
      await client.settle();
      client.open("over");
      expect(
        await client.waitFor("late") === "an error" && body === "body",
        "the late write() must throw, but it did not",
      );
    },
  },
];
