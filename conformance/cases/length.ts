/**
 * Cases about the length of the body.
 *
 * @module
 */

import type { ResponseBody } from "../../wsgi/types.ts";
import { expect, expectEqual } from "../expect.ts";
import type { ServerCase } from "../server_case.ts";
import { answering, bytes, generated, withLength } from "./fixtures.ts";

/** The cases about lengths. */
export const LENGTH_CASES: readonly ServerCase[] = [
  {
    id: "length/array",
    spec: "length-computed",
    title: "The length of an array is sent as Content-Length",
    app: answering(() => [bytes("one"), bytes(""), bytes("three")]),
    run: async (client) => {
      const { head, body } = await client.ask();
      expectEqual(head.all("content-length"), ["8"], "Content-Length");
      expectEqual(head.get("transfer-encoding"), undefined, "the coding");
      expectEqual(body, "onethree", "the body");
    },
  },
  {
    id: "length/array-empty",
    spec: "length-computed",
    title: "The length of an empty array is 0",
    app: answering(() => [], "200 OK", []),
    run: async (client) => {
      const { head } = await client.ask();
      expectEqual(head.all("content-length"), ["0"], "Content-Length");
    },
  },
  {
    id: "length/given",
    spec: "length-framed",
    title: "A generated body is sent with the application's Content-Length",
    app: answering(() => generated("one", "three"), "200 OK", withLength(8)),
    run: async (client) => {
      const { head, body, complete } = await client.ask();
      expectEqual(head.all("content-length"), ["8"], "Content-Length");
      expectEqual(head.get("transfer-encoding"), undefined, "the coding");
      expectEqual([body, complete], ["onethree", true], "the body");
    },
  },
  {
    id: "length/chunked",
    spec: "length-framed",
    title: "A body of unknown length is framed so that its end is visible",
    app: answering(() => generated("one", "three")),
    run: async (client) => {
      const { head, body, complete } = await client.ask();
      expectEqual(head.get("content-length"), undefined, "Content-Length");
      expectEqual([body, complete], ["onethree", true], "the body");
    },
  },
  {
    id: "length/http-1.0",
    spec: "length-framed",
    title: "For HTTP/1.0, a body of unknown length ends with the connection",
    app: answering(() => generated("one", "three")),
    run: async (client) => {
      const connection = await client.connect();
      const parts = {
        version: "HTTP/1.0",
        headers: ["Connection: keep-alive"],
      };
      await connection.send(client.request(parts));
      const head = await connection.head();
      expectEqual(head.get("transfer-encoding"), undefined, "the coding");
      expectEqual(await connection.rest(), "onethree", "the body");
      expectEqual(connection.ending, "fin", "the end of the connection");
    },
  },
  ...[
    ["array", () => [bytes("onetwo")]],
    ["generator", () => generated("one", "two")],
    ["chunk", () => generated("onetwo")],
  ].map(([name, body]): ServerCase => ({
    id: `length/truncated-${String(name)}`,
    spec: "length-truncated",
    title: "No more bytes are sent than Content-Length says",
    broken: true,
    app: answering(body as () => ResponseBody, "200 OK", withLength(4)),
    run: async (client) => {
      const connection = await client.connect();
      await connection.send(client.request({ headers: ["Connection: close"] }));
      const head = await connection.head();
      // An array is known completely, so the server may also reject it.
      if (name === "array" && head.status === 500) return;
      expectEqual(head.status, 200, "the status");
      const rest = await connection.rest();
      expectEqual(rest, "onet", "the bytes after the head");
    },
  })),
  {
    id: "length/end-asked",
    spec: "length-end-asked",
    title:
      "When Content-Length is reached, the body is asked for one more chunk",
    app: (probe) =>
      function* (_environ, startResponse): Generator<Uint8Array, void> {
        startResponse("200 OK", withLength(4));
        yield bytes("four");
        probe.report("after the last yield");
      },
    run: async (client) => {
      const { body } = await client.ask();
      expectEqual(body, "four", "the body");
      await client.waitFor("after the last yield");
    },
  },
  ...[
    ["array", () => [bytes("one")]],
    ["generator", () => generated("one")],
  ].map(([name, body]): ServerCase => ({
    id: `length/short-${String(name)}`,
    spec: "length-short-breaks",
    title:
      "If a body is shorter than its Content-Length, the connection breaks",
    broken: true,
    app: answering(body as () => ResponseBody, "200 OK", withLength(4)),
    run: async (client) => {
      const { head, complete } = await client.ask();
      if (name === "array" && head.status === 500) return;
      expect(!complete, "the connection must break, but the body ended");
      expectEqual(head.get("content-length"), "4", "Content-Length");
    },
  })),
];
