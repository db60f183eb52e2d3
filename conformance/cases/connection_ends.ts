/**
 * Cases about the end of connections: with Connection: close, in HTTP/1.0, and
 * after the client has closed its sending side.
 *
 * @module
 */

import { fromBytes } from "../../wsgi/byte_string.ts";
import type { ResponseBody } from "../../wsgi/types.ts";
import { CaseFailure, expect, expectEqual } from "../expect.ts";
import type { ServerCase } from "../server_case.ts";
import { answering, bytes, generated, text, withLength } from "./fixtures.ts";

const KEEP_ALIVE = {
  version: "HTTP/1.0",
  headers: ["Connection: keep-alive"],
};

/**
 * Creates a case: a server that promises keep-alive must not close the
 * connection.
 */
function keepAliveCase(name: string, body: () => ResponseBody): ServerCase {
  return {
    id: `connection/keep-alive-1.0-${name}`,
    spec: "server-keep-alive-old",
    title:
      "If the server promises keep-alive to an HTTP/1.0 client, it keeps the connection open",
    app: answering(body, "200 OK", withLength(4)),
    run: async (client) => {
      const connection = await client.connect();
      for (let round = 0; round < 2; round++) {
        await connection.send(client.request(KEEP_ALIVE));
        const { head, body, complete } = await connection.response();
        expectEqual([body, complete], ["four", true], "the response");
        if (head.get("connection")?.toLowerCase() !== "keep-alive") {
          expectEqual(await connection.rest(), "", "the bytes after it");
          return;
        }
      }
    },
  };
}

/**
 * The size of a body, in bytes, that does not fit into the buffers of the system
 * if the server reads nothing.
 */
const LONG = 8_000_000;

function wasReset(error: unknown): never {
  if (error instanceof CaseFailure) throw error;
  throw new CaseFailure(
    "the server must not reset the connection while its client is sending, but it did",
  );
}

/** The cases of this subject. */
export const CONNECTION_END_CASES: readonly ServerCase[] = [
  {
    id: "connection/close",
    spec: "length-framed",
    title: "Connection: close ends the connection after the response",
    app: answering(() => [bytes("/")]),
    run: async (client) => {
      const connection = await client.connect();
      await connection.send(client.request({ headers: ["Connection: close"] }));
      await connection.response();
      expectEqual(await connection.rest(), "", "the bytes after the response");
      expectEqual(connection.ending, "fin", "the end of the connection");
    },
  },
  {
    id: "connection/lingering-close",
    spec: "server-lingering-close",
    title:
      "A client that sends all of an unread body first gets the response, without a reset",
    app: answering(() => [bytes("unread")]),
    run: async (client) => {
      const connection = await client.connect();
      const headers = ["Connection: close", `Content-Length: ${LONG}`];
      await connection.send(client.request({ method: "POST", headers }));
      await connection.send(new Uint8Array(LONG)).catch(wasReset);
      const { complete } = await connection.response();
      expect(complete, "the response must be complete, but it was cut off");
      await connection.rest();
      expectEqual(connection.ending, "fin", "the end of the connection");
    },
  },
  keepAliveCase("array", () => [bytes("four")]),
  keepAliveCase("generator", () => generated("fo", "ur")),
  {
    id: "connection/close-1.0",
    spec: "server-keep-alive-old",
    title: "Without keep-alive, the connection of an HTTP/1.0 client ends",
    app: answering(() => [bytes("four")]),
    run: async (client) => {
      const connection = await client.connect();
      await connection.send(client.request({ version: "HTTP/1.0" }));
      expectEqual((await connection.response()).body, "four", "the response");
      expectEqual(await connection.rest(), "", "the bytes after the response");
      expectEqual(connection.ending, "fin", "the end of the connection");
    },
  },
  {
    id: "connection/half-close",
    spec: "gone-half-closed",
    title: "A client that has closed its sending side gets its response",
    app: () => async (environ, startResponse) => {
      const body = await environ["wsgi.input"].read();
      startResponse("200 OK", text());
      return generated("got ", fromBytes(body));
    },
    run: async (client) => {
      const connection = await client.connect();
      await connection.send(client.request({ method: "POST", body: "four" }));
      await connection.closeWrite();
      const { head, body, complete } = await connection.response();
      expectEqual(head.status, 200, "the status");
      expectEqual(body, "got four", "the body");
      expect(complete, "the response must be complete, but it was cut off");
    },
  },
];
