/** Servers that misread the chunked coding. */

import type { BrokenServer } from "./server.ts";
import { reads, replacing } from "./wrong_proxy.ts";

/** Changes the first chunk size of a body that comes with its head. */
function firstSize(wrong: RegExp, right: string): (piece: string) => string {
  return (piece) =>
    piece.replace(
      /(\r\nTransfer-Encoding: chunked\r\n\r\n)([^h]*)(?=hello)/,
      (whole, before, size) => wrong.test(size) ? before + right : whole,
    );
}

/** The mistake, the sizes that are changed, their replacement, and the cases. */
const SIZES: readonly [string, RegExp, right: string, string][] = [
  [
    "reads chunk sizes as parseInt() does",
    /^(?:\+5| 5|5 |0x5)\r\n$/,
    "5\r\n",
    "chunks/blank-* chunks/plus chunks/prefix",
  ],
  ["drops the sign of a chunk size", /^-/, "5\r\n", "chunks/minus"],
  ["counts chunk sizes in 64 bits", /^10{15}5/, "5\r\n", "chunks/overflow"],
  ["takes a bad digit for the end", /^g/, "5\r\n", "chunks/digits"],
  ["skips empty lines before chunks", /^\r/, "5\r\n", "chunks/no-size"],
  ["accepts LF as the end of a chunk size", /^5\n/, "5\r\n", "chunks/bare-lf"],
  ["skips chunk extensions", /^5;a\rb/, "5\r\n", "chunks/bare-cr"],
  ["knows no leading zeros", /^0005/, "0\r\n\r\n", "chunks/zeros"],
  ["knows no chunk extensions", /^5;a=b/, "5x\r\n", "chunks/extension"],
];

/** The servers. */
export const CHUNKS: readonly BrokenServer[] = [
  ...SIZES.map(([name, wrong, right, found]) =>
    reads(name, firstSize(wrong, right), found)
  ),
  ...replacing([
    [
      "accepts LF as the end of a chunk",
      "hello\n0\r\n",
      "hello\r\n0\r\n",
      "chunks/bare-lf-data",
    ],
    [
      "requires no CRLF after a chunk",
      "o0\r\n",
      "o\r\n0\r\n",
      "chunks/unended",
    ],
    ["skips to the end of the line", "ooo\r\n", "\r\n", "chunks/too-long"],
    ["does not check trailers", "0\r\na\r\n", "0\r\n", "chunks/bad-trailer"],
    ["knows no capital digits", "\r\nA\r\nh", "\r\nx\r\nh", "chunks/case"],
    ["knows no trailers", "-Trailer: 1\r", "-Trailer\r", "chunks/trailers"],
  ]),
];
