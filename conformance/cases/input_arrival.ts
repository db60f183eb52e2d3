/**
 * Cases about `wsgi.input`: how a body arrives, whole, late or cut short.
 *
 * @module
 */

import { fromBytes } from "../../wsgi/byte_string.ts";
import { expectEqual } from "../expect.ts";
import type { ServerCase } from "../server_case.ts";
import { bytes, text } from "./fixtures.ts";
import { reading, whatWasRead } from "./input_case.ts";

/** Bodies that are cut short. */
const CUT: readonly [name: string, head: string, sent: string][] = [
  ["cut-length", "Content-Length: 10", "01234"],
  ["cut-chunk", "Transfer-Encoding: chunked", "a\r\n01234"],
  ["cut-chunks", "Transfer-Encoding: chunked", "5\r\n01234\r\n"],
];

function cutCase([name, header, sent]: typeof CUT[number]): ServerCase {
  return {
    id: `input/${name}`,
    spec: "input-cut-short",
    title:
      "Reading a body that was cut short rejects, and never signals the end",
    app: reading(async (input) => fromBytes(await input.read())),
    run: async (client) => {
      const connection = await client.connect();
      const head = client.request({ method: "POST", headers: [header] });
      await connection.send(head + sent);
      connection.close();
      await client.settle();
      // Some servers, such as nginx, pass on complete bodies only.
      if (!client.events().includes("called")) return;
      expectEqual(
        await client.waitFor("outcome"),
        { refused: ["RequestBodyError", 400] },
        "the result of reading",
      );
    },
  };
}

/** The cases of this subject. */
export const INPUT_ARRIVAL_CASES: readonly ServerCase[] = [
  {
    id: "input/large",
    spec: "input-limited",
    title: "A body of 1 MiB arrives whole",
    app: reading(async (input) => {
      let [size, sum] = [0, 0];
      // Many more reads than necessary, but not one per byte.
      for (let readings = 0; readings < 1000; readings++) {
        const piece = await input.read(10_000);
        if (piece.length === 0) break;
        size += piece.length;
        for (const byte of piece) sum = (sum * 31 + byte) % 65_521;
      }
      return [size, sum];
    }),
    run: async (client) => {
      const pattern = String.fromCharCode(...Array(251).keys());
      const body = pattern.repeat(4200).slice(0, 1 << 20);
      let sum = 0;
      for (let index = 0; index < body.length; index++) {
        sum = (sum * 31 + body.charCodeAt(index)) % 65_521;
      }
      await client.ask({ method: "POST", body });
      expectEqual(
        await whatWasRead(client),
        [1 << 20, sum],
        "size and checksum",
      );
    },
  },
  {
    id: "input/content-length",
    spec: "environ-content-length-true",
    title: "CONTENT_LENGTH, if present, is the number of bytes to read",
    app: (probe) => async (environ, startResponse) => {
      const { CONTENT_LENGTH: announced = null } = environ;
      const body = await environ["wsgi.input"].read();
      probe.report("lengths", [announced, String(body.length)]);
      startResponse("200 OK", text());
      return [bytes("ok")];
    },
    run: async (client) => {
      const sent = [{ body: "four" }, { body: "" }, { chunks: ["fo", "ur"] }];
      for (const [index, parts] of sent.entries()) {
        await client.ask({ method: "POST", ...parts });
        const lengths = await client.waitFor("lengths", index + 1);
        const [announced, read] = lengths as [string | null, string];
        // A server that buffers a chunked body knows its length.
        const absent = parts.body === undefined && announced === null;
        if (!absent) expectEqual(announced, read, "CONTENT_LENGTH");
        expectEqual(read, parts.body === "" ? "0" : "4", "the bytes to read");
      }
    },
  },
  ...CUT.map(cutCase),
  {
    id: "input/arrives-late",
    spec: "input-read-exact",
    title: "A read waits for bytes that the client sends later",
    app: reading(async (input, probe) => {
      const first = fromBytes(await input.read(3));
      probe.report("first", first);
      return first + fromBytes(await input.read());
    }),
    run: async (client) => {
      const connection = await client.connect();
      const header = "Content-Length: 6";
      await connection.send(
        `${client.request({ method: "POST", headers: [header] })}abc`,
      );
      expectEqual(await client.waitFor("first"), "abc", "the first part");
      await connection.send("def");
      await connection.response();
      expectEqual(await whatWasRead(client), "abcdef", "the whole body");
    },
  },
  {
    id: "input/lazy",
    spec: "input-lazy",
    title: "A response can be sent before the body of the request has arrived",
    app: () => (_environ, startResponse) => {
      startResponse("200 OK", text());
      return [bytes("early")];
    },
    run: async (client) => {
      const connection = await client.connect();
      const header = "Content-Length: 100000";
      await connection.send(
        client.request({ method: "POST", headers: [header] }),
      );
      const { head, body } = await connection.response();
      expectEqual([head.status, body], [200, "early"], "the response");
    },
  },
];
