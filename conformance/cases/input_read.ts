/**
 * Cases about `wsgi.input`: `read()` and the end of the input.
 *
 * @module
 */

import { fromBytes } from "../../wsgi/byte_string.ts";
import type { ServerCase } from "../server_case.ts";
import { linesOf, readBy, type Reading, readingCase } from "./input_case.ts";

const POST = { method: "POST" };

const READINGS: readonly Reading[] = [
  {
    name: "read-all",
    spec: "input-read-exact",
    title: "read() returns the whole body, and nothing after that",
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
    title: "read(-1) returns the whole body",
    parts: { ...POST, body: "0123456789" },
    read: async (input) => fromBytes(await input.read(-1)),
    expected: "0123456789",
  },
  {
    name: "read-zero",
    spec: "input-read-exact",
    title: "read(0) returns nothing and consumes nothing",
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
    title: "read(n) returns exactly n bytes, and fewer only at the end",
    parts: { ...POST, body: "0123456789" },
    read: (input) => readBy(input, 3, 4, 100),
    expected: ["012", "3456", "789", ""],
  },
  {
    name: "read-across-chunks",
    spec: "input-read-exact",
    title: "read(n) returns n bytes across the client's chunks",
    parts: { ...POST, chunks: ["0", "12345", "67", "89"] },
    read: (input) => readBy(input, 4),
    expected: ["0123", "4567", "89", ""],
  },
  {
    name: "read-bytes",
    spec: "input-decoded",
    title: "Bytes of every value arrive",
    parts: {
      ...POST,
      body: String.fromCharCode(...Array(256).keys()),
    },
    read: async (input) => fromBytes(await input.read()),
    expected: String.fromCharCode(...Array(256).keys()),
  },
  {
    name: "in-order",
    spec: "input-in-order",
    title: "Overlapping reads are processed in the order of the calls",
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
    title: "An array from one read does not change with later reads",
    parts: { ...POST, body: "aaaabbbbcccc" },
    read: async (input) => {
      const all = [await input.read(4), await input.read(4)];
      await input.read(4);
      return all.map(fromBytes);
    },
    expected: ["aaaa", "bbbb"],
  },
  {
    name: "own-buffer",
    spec: "input-own-memory",
    title: "The arrays returned by reads are neither shared nor detached",
    parts: { ...POST, body: "ab\ncd\nef\ngh" },
    read: async (input) => {
      const all = [
        await input.read(2),
        await input.readline(),
        ...await input.readlines(1),
      ];
      for await (const line of input) all.push(line);
      return all.map(({ buffer, length }) => [
        buffer instanceof ArrayBuffer && !buffer.detached,
        length,
      ]);
    },
    expected: [[true, 2], [true, 1], [true, 3], [true, 3], [true, 2]],
  },
  {
    name: "none",
    spec: "input-end",
    title: "The input of a request without a body is at its end",
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
    title: "The input of a request with an empty body is at its end",
    parts: { ...POST, body: "" },
    read: async (input) => [fromBytes(await input.read(10))],
    expected: [""],
  },
  {
    name: "empty-chunked",
    spec: "input-end",
    title: "The input of a request with an empty chunked body is at its end",
    parts: { ...POST, chunks: [] },
    read: async (input) => [fromBytes(await input.read(10))],
    expected: [""],
  },
  {
    name: "with-get",
    spec: "input-decoded",
    title: "The application can read the body of a GET",
    parts: { body: "abc" },
    read: async (input) => fromBytes(await input.read()),
    expected: "abc",
  },
];

/** The cases of this subject. */
export const INPUT_READ_CASES: readonly ServerCase[] = [
  ...READINGS.map(readingCase),
  ...[1, 2, 3, 5, 7, 16, 64, 1000].map((size) =>
    readingCase({
      name: `every-split-${size}`,
      spec: "input-read-exact",
      title:
        `Chunks of many lengths, read ${size} bytes at a time, result in the same bytes`,
      parts: {
        ...POST,
        chunks: ["a", "bb\n", "c".repeat(63), "d".repeat(64), "e\n", "\n\nf"],
      },
      read: async (input) => (await readBy(input, size)).join(""),
      expected: `abb\n${"c".repeat(63)}${"d".repeat(64)}e\n\n\nf`,
    })
  ),
];
