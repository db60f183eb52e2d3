/**
 * Cases about `wsgi.input`: lines, and several methods of reading in a row.
 *
 * @module
 */

import { fromBytes } from "../../wsgi/byte_string.ts";
import type { ServerCase } from "../server_case.ts";
import { linesOf, type Reading, readingCase } from "./input_case.ts";

const LINES = "one\n\ntwo\r\nthree";
const POST = { method: "POST" };

const READINGS: readonly Reading[] = [
  {
    name: "readline",
    spec: "input-readline",
    title: "readline() returns each line with its line end, if it has one",
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
    title: "readline(n) returns at most n bytes of a line",
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
    title: "readline() returns a line that is spread over several chunks",
    parts: { ...POST, chunks: ["ab", "c", "\nde\n", "f"] },
    read: linesOf,
    expected: ["abc\n", "de\n", "f"],
  },
  {
    name: "readlines",
    spec: "input-readlines",
    title: "readlines() returns all lines",
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
    title: "Iteration yields all lines",
    parts: { ...POST, body: LINES },
    read: linesOf,
    expected: ["one\n", "\n", "two\r\n", "three"],
  },
  {
    name: "mixed",
    spec: "input-read-exact",
    title: "Each method continues where the last one stopped",
    parts: { ...POST, body: "ab\ncd\nef\ngh" },
    read: async (input) => [
      fromBytes(await input.read(1)),
      fromBytes(await input.readline()),
      (await input.readlines(1)).map(fromBytes),
      await linesOf(input),
    ],
    expected: ["a", "b\n", ["cd\n"], ["ef\n", "gh"]],
  },
];

/** The cases of this subject. */
export const INPUT_LINE_CASES: readonly ServerCase[] = READINGS.map(
  readingCase,
);
