/** Servers that misread the chunked coding. */

import type { BrokenServer, Create, Swap } from "./server.ts";
import { reads, replacing } from "./wrong_proxy.ts";

/** Creates a server that changes the first size of a body that comes with its head. */
const readsSize: Create<Swap<string>> = (name, change, found) => {
  const first = /(\r\nTransfer-Encoding: chunked\r\n\r\n)([^h]*)(?=hello)/;
  return reads(name, (piece) => {
    return piece.replace(first, (_, head, size) => head + change(size));
  }, found);
};

const SIZES = String.raw`
  reads chunk sizes as parseInt() does | ^(?:\+5| 5|5 |0x5)\r\n$ | 5\r\n | chunks/blank-* chunks/plus chunks/prefix
  drops the sign of a chunk size | ^-[^]* | 5\r\n | chunks/minus
  counts chunk sizes in 64 bits | ^10{15}5[^]* | 5\r\n | chunks/overflow
  takes a bad digit for the end | ^g[^]* | 5\r\n | chunks/digits
  skips empty lines before chunks | ^\r[^]* | 5\r\n | chunks/no-size
  accepts LF as the end of a chunk size | ^5\n[^]* | 5\r\n | chunks/bare-lf
  skips chunk extensions | ^5;a\rb[^]* | 5\r\n | chunks/bare-cr
  knows no leading zeros | ^0005[^]* | 0\r\n\r\n | chunks/zeros
  knows no chunk extensions | ^5;a=b[^]* | 5x\r\n | chunks/extension`;

const PARTS = String.raw`
  accepts LF as the end of a chunk | hello\n0\r\n | hello\r\n0\r\n | chunks/bare-lf-data
  requires no CRLF after a chunk | hello0\r\n | hello\r\n0\r\n | chunks/unended
  skips to the end of the line after a chunk | helloooo(?=\r\n) | hello | chunks/too-long
  does not check trailers | \r\n0\r\na\r\n\r\n | \r\n0\r\n\r\n | chunks/bad-trailer
  knows no capital digits | \r\nA(?=\r\nh) | \r\nx | chunks/case
  knows no trailers | X-Trailer: 1(?=\r\n) | X-Trailer | chunks/trailers`;

/** The servers. */
export const CHUNKS: readonly BrokenServer[] = [
  ...replacing(SIZES, readsSize),
  ...replacing(PARTS, reads),
];
