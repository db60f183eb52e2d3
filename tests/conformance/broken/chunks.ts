/** Servers that misread the chunked coding. */

import type { BrokenServer } from "./server.ts";
import { reads } from "./wrong_proxy.ts";

/** Changes the first chunk size of a body that comes with its head. */
function firstSize(
  wrong: RegExp,
  right: string = "5\r\n",
): (piece: string) => string {
  return (piece) =>
    piece.replace(
      /(\r\nTransfer-Encoding: chunked\r\n\r\n)([^h]*)(?=hello)/,
      (whole, before, size) => wrong.test(size) ? before + right : whole,
    );
}

/** They misread the chunked coding. */
export const CHUNKS: readonly BrokenServer[] = [
  reads(
    "reads chunk sizes as parseInt() does",
    firstSize(/^(?:\+5| 5|5 |0x5)\r\n$/),
    "chunks/blank-* chunks/plus chunks/prefix",
  ),
  reads("drops the sign of a chunk size", firstSize(/^-/), "chunks/minus"),
  reads(
    "counts chunk sizes in 64 bits",
    firstSize(/^10{15}5/),
    "chunks/overflow",
  ),
  reads("takes a bad digit for the end", firstSize(/^g/), "chunks/digits"),
  reads("skips empty lines before chunks", firstSize(/^\r/), "chunks/no-size"),
  reads(
    "takes LF for the end of a chunk size",
    firstSize(/^5\n/),
    "chunks/bare-lf",
  ),
  reads("skips chunk extensions", firstSize(/^5;a\rb/), "chunks/bare-cr"),
  reads(
    "takes LF for the end of a chunk",
    (piece) => piece.replace("hello\n0\r\n", "hello\r\n0\r\n"),
    "chunks/bare-lf-data",
  ),
  reads(
    "needs no CRLF after a chunk",
    (piece) => piece.replace("hello0\r\n", "hello\r\n0\r\n"),
    "chunks/unended",
  ),
  reads(
    "skips to the end of the line after a chunk",
    (piece) => piece.replace("helloooo\r\n", "hello\r\n"),
    "chunks/too-long",
  ),
  reads(
    "does not look at trailers",
    (piece) => piece.replace("\r\n0\r\na\r\n\r\n", "\r\n0\r\n\r\n"),
    "chunks/bad-trailer",
  ),
  reads(
    "knows no leading zeros",
    firstSize(/^0005/, "0\r\n\r\n"),
    "chunks/zeros",
  ),
  reads(
    "knows no chunk extensions",
    firstSize(/^5;a=b/, "5x\r\n"),
    "chunks/extension",
  ),
  reads(
    "knows no capital digits",
    (piece) => piece.replace("\r\nA\r\nhello", "\r\nx\r\nhello"),
    "chunks/case",
  ),
  reads(
    "knows no trailers",
    (piece) => piece.replace("\r\nX-Trailer: 1\r\n", "\r\nX-Trailer\r\n"),
    "chunks/trailers",
  ),
];
