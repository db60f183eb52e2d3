/**
 * Cases about `wsgi.input`.
 *
 * @module
 */

import { fromBytes } from "../../gateway/byte_string.ts";
import type { Application, InputStream } from "../../gateway/types.ts";
import { expect, expectEqual } from "../expect.ts";
import type { Probe, RequestParts, ServerCase, Talk } from "../server_case.ts";
import { bytes, text } from "./apps.ts";

/** What reading brought. One of the two is there. */
interface Outcome {
  readonly read?: unknown;
  readonly refused?: readonly [name: unknown, status: unknown];
}

/** Tells what reading brings: ByteStrings, or how it was refused. */
function reading(
  read: (input: InputStream, probe: Probe) => Promise<unknown>,
): (probe: Probe) => Application {
  return (probe) => async (environ, startResponse) => {
    probe.tell("called");
    let outcome: Outcome;
    try {
      outcome = { read: await read(environ["wsgi.input"], probe) };
    } catch (error) {
      const { name, status } = error as { name?: unknown; status?: unknown };
      outcome = { refused: [name, status] };
    }
    probe.tell("outcome", outcome);
    startResponse("200 OK", text());
    return [bytes("ok")];
  };
}

/** Waits for what was read, which must not have been refused. */
async function whatWasRead(talk: Talk): Promise<unknown> {
  const { read, refused } = await talk.told("outcome") as Outcome;
  expect(
    refused === undefined,
    `the body must be readable, but reading it was refused with ${
      JSON.stringify(refused)
    }`,
  );
  return read;
}

/** Reads in pieces of these sizes, and goes on with the last of them. */
async function readBy(
  input: InputStream,
  ...sizes: (number | undefined)[]
): Promise<string[]> {
  const pieces: string[] = [];
  for (let index = 0;; index++) {
    const size = sizes[Math.min(index, sizes.length - 1)];
    const piece = fromBytes(await input.read(size));
    pieces.push(piece);
    if (piece === "") return pieces;
  }
}

async function linesOf(input: InputStream): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of input) lines.push(fromBytes(line));
  return lines;
}

/** A body, a way to read it, and what must come. */
interface Reading {
  readonly name: string;
  readonly spec: string;
  readonly title: string;
  readonly parts: RequestParts;
  readonly read: (input: InputStream) => Promise<unknown>;
  readonly expected: unknown;
}

const LINES = "one\n\ntwo\r\nthree";
const POST = { method: "POST" };

const READINGS: readonly Reading[] = [
  {
    name: "read-all",
    spec: "input-read-exact",
    title: "read() gives the whole body, then nothing, for ever",
    parts: { ...POST, body: "0123456789" },
    read: async (input) => [
      fromBytes(await input.read()),
      fromBytes(await input.read()),
      fromBytes(await input.read(5)),
      fromBytes(await input.readline()),
      await input.readlines(),
    ],
    expected: ["0123456789", "", "", "", []],
  },
  {
    name: "read-negative",
    spec: "input-read-exact",
    title: "read(-1) gives the whole body",
    parts: { ...POST, body: "0123456789" },
    read: async (input) => fromBytes(await input.read(-1)),
    expected: "0123456789",
  },
  {
    name: "read-zero",
    spec: "input-read-exact",
    title: "read(0) gives nothing and takes nothing",
    parts: { ...POST, body: "abc" },
    read: async (input) => [
      fromBytes(await input.read(0)),
      fromBytes(await input.read()),
    ],
    expected: ["", "abc"],
  },
  {
    name: "read-sized",
    spec: "input-read-exact",
    title: "read(n) gives exactly n bytes, and less at the end only",
    parts: { ...POST, body: "0123456789" },
    read: (input) => readBy(input, 3, 4, 100),
    expected: ["012", "3456", "789", ""],
  },
  {
    name: "read-across-chunks",
    spec: "input-read-exact",
    title: "read(n) gives n bytes across the chunks of the client",
    parts: { ...POST, chunks: ["0", "12345", "67", "89"] },
    read: (input) => readBy(input, 4),
    expected: ["0123", "4567", "89", ""],
  },
  {
    name: "read-bytes",
    spec: "input-decoded",
    title: "All values of a byte arrive",
    parts: {
      ...POST,
      body: String.fromCharCode(...Array(256).keys()),
    },
    read: async (input) => fromBytes(await input.read()),
    expected: String.fromCharCode(...Array(256).keys()),
  },
  {
    name: "readline",
    spec: "input-readline",
    title: "readline() gives lines with their end, the last without",
    parts: { ...POST, body: LINES },
    read: async (input) => {
      const lines: string[] = [];
      for (let index = 0; index < 5; index++) {
        lines.push(fromBytes(await input.readline()));
      }
      return lines;
    },
    expected: ["one\n", "\n", "two\r\n", "three", ""],
  },
  {
    name: "readline-sized",
    spec: "input-readline",
    title: "readline(n) gives n bytes of a line at most",
    parts: { ...POST, body: "abcdef\ngh" },
    read: async (input) => [
      fromBytes(await input.readline(4)),
      fromBytes(await input.readline(100)),
      fromBytes(await input.readline(0)),
      fromBytes(await input.readline(-1)),
    ],
    expected: ["abcd", "ef\n", "", "gh"],
  },
  {
    name: "readline-across-chunks",
    spec: "input-readline",
    title: "readline() finds the end of a line that chunks cut up",
    parts: { ...POST, chunks: ["ab", "c", "\nde\n", "f"] },
    read: linesOf,
    expected: ["abc\n", "de\n", "f"],
  },
  {
    name: "readlines",
    spec: "input-readlines",
    title: "readlines() gives all lines",
    parts: { ...POST, body: LINES },
    read: async (input) => (await input.readlines()).map(fromBytes),
    expected: ["one\n", "\n", "two\r\n", "three"],
  },
  {
    name: "readlines-hint",
    spec: "input-readlines",
    title: "readlines(hint) stops after the line that reaches the hint",
    parts: { ...POST, body: LINES },
    read: async (input) => [
      (await input.readlines(5)).map(fromBytes),
      fromBytes(await input.read()),
    ],
    expected: [["one\n", "\n"], "two\r\nthree"],
  },
  {
    name: "iteration",
    spec: "input-readlines",
    title: "Iteration gives all lines",
    parts: { ...POST, body: LINES },
    read: linesOf,
    expected: ["one\n", "\n", "two\r\n", "three"],
  },
  {
    name: "mixed",
    spec: "input-read-exact",
    title: "All ways of reading go on where the one before stopped",
    parts: { ...POST, body: "ab\ncd\nef\ngh" },
    read: async (input) => [
      fromBytes(await input.read(1)),
      fromBytes(await input.readline()),
      (await input.readlines(1)).map(fromBytes),
      await linesOf(input),
    ],
    expected: ["a", "b\n", ["cd\n"], ["ef\n", "gh"]],
  },
  {
    name: "in-order",
    spec: "input-in-order",
    title: "Readings that overlap are served in the order of the calls",
    parts: { ...POST, body: "abc\ndefghi" },
    read: async (input) => {
      const all = [input.read(2), input.readline(), input.read(3)];
      return (await Promise.all(all)).map(fromBytes);
    },
    expected: ["ab", "c\n", "def"],
  },
  {
    name: "fresh",
    spec: "input-fresh",
    title: "An array that was given out does not change with later readings",
    parts: { ...POST, body: "aaaabbbbcccc" },
    read: async (input) => {
      const all = [await input.read(4), await input.read(4)];
      await input.read(4);
      return all.map(fromBytes);
    },
    expected: ["aaaa", "bbbb"],
  },
  {
    name: "none",
    spec: "input-end",
    title: "A request without a body has an input at its end",
    parts: {},
    read: async (input) => [
      fromBytes(await input.read()),
      fromBytes(await input.readline()),
      await linesOf(input),
    ],
    expected: ["", "", []],
  },
  {
    name: "empty",
    spec: "input-end",
    title: "An empty body has an input at its end",
    parts: { ...POST, body: "" },
    read: async (input) => [fromBytes(await input.read(10))],
    expected: [""],
  },
  {
    name: "empty-chunked",
    spec: "input-end",
    title: "An empty chunked body has an input at its end",
    parts: { ...POST, chunks: [] },
    read: async (input) => [fromBytes(await input.read(10))],
    expected: [""],
  },
  {
    name: "with-get",
    spec: "input-decoded",
    title: "A GET may have a body, and the application can read it",
    parts: { body: "abc" },
    read: async (input) => fromBytes(await input.read()),
    expected: "abc",
  },
];

function readingCase(one: Reading): ServerCase {
  return {
    id: `input/${one.name}`,
    spec: one.spec,
    title: one.title,
    app: reading(one.read),
    run: async (talk) => {
      const { head } = await talk.ask(one.parts);
      expectEqual(head.status, 200, "the status");
      expectEqual(await whatWasRead(talk), one.expected, "what was read");
    },
  };
}

/** A body of which the end never comes. */
const CUT: readonly [name: string, head: string, sent: string][] = [
  ["cut-length", "Content-Length: 10", "01234"],
  ["cut-chunk", "Transfer-Encoding: chunked", "a\r\n01234"],
  ["cut-chunks", "Transfer-Encoding: chunked", "5\r\n01234\r\n"],
];

function cutCase([name, header, sent]: typeof CUT[number]): ServerCase {
  return {
    id: `input/${name}`,
    spec: "input-cut-short",
    title: "A body that is cut short is refused, and never looks like an end",
    app: reading(async (input) => fromBytes(await input.read())),
    run: async (talk) => {
      const client = await talk.connect();
      const head = talk.request({ method: "POST", headers: [header] });
      await client.send(head + sent);
      client.close();
      await talk.settle();
      // Some servers, such as nginx, hand on whole bodies only.
      if (!talk.events().includes("called")) return;
      expectEqual(
        await talk.told("outcome"),
        { refused: ["RequestBodyError", 400] },
        "what the reading gave",
      );
    },
  };
}

/** The cases of this subject. */
export const INPUT_CASES: readonly ServerCase[] = [
  ...READINGS.map(readingCase),
  ...[1, 2, 3, 5, 7, 16, 64, 1000].map((size) =>
    readingCase({
      name: `every-split-${size}`,
      spec: "input-read-exact",
      title: `Chunks of many lengths, read by ${size}, bring the same bytes`,
      parts: {
        ...POST,
        chunks: ["a", "bb\n", "c".repeat(63), "d".repeat(64), "e\n", "\n\nf"],
      },
      read: async (input) => (await readBy(input, size)).join(""),
      expected: `abb\n${"c".repeat(63)}${"d".repeat(64)}e\n\n\nf`,
    })
  ),
  {
    id: "input/large",
    spec: "input-limited",
    title: "A body of 1 MiB arrives whole",
    app: reading(async (input) => {
      let [size, sum] = [0, 0];
      for (;;) {
        const piece = await input.read(10_000);
        if (piece.length === 0) return [size, sum];
        size += piece.length;
        for (const byte of piece) sum = (sum * 31 + byte) % 65_521;
      }
    }),
    run: async (talk) => {
      const pattern = String.fromCharCode(...Array(251).keys());
      const body = pattern.repeat(4200).slice(0, 1 << 20);
      let sum = 0;
      for (let index = 0; index < body.length; index++) {
        sum = (sum * 31 + body.charCodeAt(index)) % 65_521;
      }
      await talk.ask({ method: "POST", body });
      expectEqual(await whatWasRead(talk), [1 << 20, sum], "size and checksum");
    },
  },
  {
    id: "input/content-length",
    spec: "environ-content-length-true",
    title: "CONTENT_LENGTH, where present, is the number of bytes to read",
    app: (probe) => async (environ, startResponse) => {
      const { CONTENT_LENGTH: told = null } = environ;
      const body = await environ["wsgi.input"].read();
      probe.tell("lengths", [told, String(body.length)]);
      startResponse("200 OK", text());
      return [bytes("ok")];
    },
    run: async (talk) => {
      const sent = [{ body: "four" }, { body: "" }, { chunks: ["fo", "ur"] }];
      for (const [index, parts] of sent.entries()) {
        await talk.ask({ ...POST, ...parts });
        const lengths = await talk.told("lengths", index + 1);
        const [told, read] = lengths as [string | null, string];
        // A server that gathers a chunked body knows its length as well.
        const absent = parts.body === undefined && told === null;
        if (!absent) expectEqual(told, read, "CONTENT_LENGTH");
        expectEqual(read, parts.body === "" ? "0" : "4", "the bytes to read");
      }
    },
  },
  ...CUT.map(cutCase),
  {
    id: "input/arrives-late",
    spec: "input-read-exact",
    title: "A reading waits for bytes that the client sends later",
    app: reading(async (input, probe) => {
      const first = fromBytes(await input.read(3));
      probe.tell("first", first);
      return first + fromBytes(await input.read());
    }),
    run: async (talk) => {
      const client = await talk.connect();
      const header = "Content-Length: 6";
      await client.send(
        `${talk.request({ method: "POST", headers: [header] })}abc`,
      );
      expectEqual(await talk.told("first"), "abc", "the first part");
      await client.send("def");
      await client.response();
      expectEqual(await whatWasRead(talk), "abcdef", "the whole");
    },
  },
  {
    id: "input/lazy",
    spec: "input-lazy",
    title: "A response can leave while the body is still to come",
    app: () => (_environ, startResponse) => {
      startResponse("200 OK", text());
      return [bytes("early")];
    },
    run: async (talk) => {
      const client = await talk.connect();
      const header = "Content-Length: 100000";
      await client.send(talk.request({ method: "POST", headers: [header] }));
      const { head, body } = await client.response();
      expectEqual([head.status, body], [200, "early"], "the response");
    },
  },
];
