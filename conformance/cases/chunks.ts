/**
 * Cases about the grammar of the chunked coding.
 *
 * @module
 */

import { fromBytes } from "../../wsgi/byte_string.ts";
import { expect, expectEqual } from "../expect.ts";
import type { ServerCase } from "../server_case.ts";
import { reading } from "./input_case.ts";

/** Reads the whole body. */
const readAll = reading(async (input) => fromBytes(await input.read()));

const CHUNKED = { method: "POST", headers: ["Transfer-Encoding: chunked"] };

/** Well-formed bodies, each of which is `hello`. */
const SOUND: readonly [name: string, title: string, body: string][] = [
  [
    "zeros",
    "A chunk size may have leading zeros",
    "0005\r\nhello\r\n0\r\n\r\n",
  ],
  ["case", "A chunk size may have letters of both cases", lettered()],
  [
    "extension",
    "Chunk extensions are dropped",
    '5;a=b;c="d"\r\nhello\r\n0;e\r\n\r\n',
  ],
  [
    "trailers",
    "Trailers are not a part of the body",
    "5\r\nhello\r\n0\r\nX-Trailer: 1\r\n\r\n",
  ],
];

function lettered(): string {
  const hello = "hello".padEnd(10, ".");
  return `a\r\n${hello}\r\nA\r\n${hello}\r\n0\r\n\r\n`;
}

function soundCase([name, title, body]: typeof SOUND[number]): ServerCase {
  return {
    id: `chunks/${name}`,
    spec: "input-decoded",
    title,
    app: readAll,
    run: async (client) => {
      const connection = await client.connect();
      await connection.send(client.request(CHUNKED) + body);
      const { head } = await connection.response();
      expectEqual(head.status, 200, "the status");
      const expected = name === "case" ? "hello.....hello....." : "hello";
      expectEqual(
        await client.waitFor("outcome"),
        { read: expected },
        "the result of reading",
      );
    },
  };
}

/** Malformed bodies. */
const MALFORMED: readonly [name: string, what: string, body: string][] = [
  ["plus", "a chunk size with a +", "+5\r\nhello\r\n0\r\n\r\n"],
  ["minus", "a chunk size with a -", "-5\r\nhello\r\n0\r\n\r\n"],
  ["prefix", "a chunk size with 0x", "0x5\r\nhello\r\n0\r\n\r\n"],
  ["digits", "a chunk size without digits", "g\r\nhello\r\n0\r\n\r\n"],
  ["no-size", "a chunk without a size", "\r\nhello\r\n0\r\n\r\n"],
  ["blank-before", "a space before a chunk size", " 5\r\nhello\r\n0\r\n\r\n"],
  ["blank-after", "a space after a chunk size", "5 \r\nhello\r\n0\r\n\r\n"],
  [
    "overflow",
    "a chunk size of 2^64 + 5",
    "10000000000000005\r\nhello\r\n0\r\n\r\n",
  ],
  ["bare-lf", "a bare LF after a chunk size", "5\nhello\r\n0\r\n\r\n"],
  ["bare-lf-data", "a bare LF after a chunk", "5\r\nhello\n0\r\n\r\n"],
  ["bare-cr", "a bare CR in an extension", "5;a\rb\r\nhello\r\n0\r\n\r\n"],
  ["unended", "no CRLF after a chunk", "5\r\nhello0\r\n\r\n"],
  ["too-long", "more data than a chunk size", "5\r\nhelloooo\r\n0\r\n\r\n"],
  ["bad-trailer", "a trailer without a colon", "5\r\nhello\r\n0\r\na\r\n\r\n"],
];

function malformedCase(
  [name, what, body]: typeof MALFORMED[number],
): ServerCase {
  return {
    id: `chunks/${name}`,
    spec: "server-bad-chunks",
    title: `A chunked body with ${what} is refused, and ends the connection`,
    app: readAll,
    run: async (client) => {
      const connection = await client.connect();
      const after = { target: "/after", headers: ["Connection: close"] };
      await connection.send(
        client.request(CHUNKED) + body + client.request(after),
      );
      // This may be a 400, the response of the application, or nothing.
      await connection.response();
      const rest = await connection.rest();
      expect(
        !/^HTTP\/1\.[01] 2/m.test(rest),
        "nothing after the malformed body must be served, but it was",
      );
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
export const CHUNK_CASES: readonly ServerCase[] = [
  ...SOUND.map(soundCase),
  ...MALFORMED.map(malformedCase),
];
