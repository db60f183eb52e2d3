/** Servers that accept what they must refuse, or refuse what they must accept. */

import { type BrokenServer, serve } from "./server.ts";
import { before, type Wrong } from "./wrong_proxy.ts";

/** Makes a server that reads requests in another way. */
function reads(
  name: string,
  change: (piece: string) => string,
  found: string,
): BrokenServer {
  return {
    name,
    start: (app) => before(serve(app), () => ({ sent: change })),
    found,
  };
}

/** Makes a server that is wrong on the wire. */
function wire(name: string, wrong: () => Wrong, found: string): BrokenServer {
  return { name, start: (app) => before(serve(app), wrong), found };
}

/** Changes the head of a request, where a piece begins with one. */
function head(change: (head: string) => string): (piece: string) => string {
  return (piece) => piece.replace(/^[\w-]+ [^\n]* HTTP\/[^]*?\r\n\r\n/, change);
}

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

/** They take malformed heads for sound ones. */
const HEADS: readonly BrokenServer[] = [
  reads(
    "needs no Host",
    head((text) =>
      /^.* HTTP\/1\.1\r\n/.test(text) && !/\r\nHost:/i.test(text)
        ? text.replace("\r\n", "\r\nHost: h\r\n")
        : text
    ),
    "refused/host-missing",
  ),
  reads(
    "takes LF for a line end",
    (piece) => head((text) => text.replace(/(?<!\r)\n/g, "\r\n"))(piece),
    "refused/bare-lf*",
  ),
  reads(
    "takes CR for a blank",
    head((text) => text.replace(/\r(?!\n)/g, "").replace("\r ", " ")),
    "refused/bare-cr*",
  ),
  reads(
    "reads strings up to NUL",
    head((text) => text.replace(/\0.*?(?=[:\r])/g, "")),
    "refused/nul*",
  ),
  reads(
    "drops blanks before a colon",
    head((text) => text.replace(/ +:/g, ":")),
    "refused/blank-before-colon",
  ),
  reads(
    "unfolds headers",
    head((text) => text.replace(/\r\n +/g, " ")),
    "refused/folded",
  ),
  reads(
    "drops lines without a colon",
    head((text) => text.replace(/\r\n[^:\r ][^:\r]*(?=\r)/g, "")),
    "refused/no-colon",
  ),
  reads(
    "goes on after a request that it has refused",
    (piece) =>
      piece.replace(/^POST [^]*?Content-Length: \+5\r\n\r\n(?=GET )/, ""),
    "refused/nothing-after",
  ),
  reads(
    "speaks every version",
    head((text) => text.replace(" HTTP/2.0\r\n", " HTTP/1.1\r\n")),
    "refused/version",
  ),
  reads(
    "ignores what it cannot expect",
    head((text) => text.replace("Expect: 200-ok\r\n", "")),
    "refused/expectation",
  ),
];

/** They misread transfer codings. */
const CODINGS: readonly BrokenServer[] = [
  reads(
    "passes on what is coded by gzip",
    head((text) => text.replace("gzip, chunked", "chunked")),
    "refused/coding-gzip",
  ),
  reads(
    "ignores an unknown coding",
    head((text) => text.replace(": x-foo", ": chunked")),
    "refused/coding-unknown",
  ),
  reads(
    "looks for chunked anywhere",
    head((text) => text.replace(/: chunked, .*/, ": chunked")),
    "refused/coding-twice refused/coding-not-last",
  ),
  reads(
    "ignores an empty coding",
    head((text) => text.replace("Transfer-Encoding: \r\n", "")),
    "refused/coding-empty",
  ),
  reads(
    "decodes chunks of HTTP/1.0",
    head((text) =>
      text.includes("\r\nTransfer-Encoding: ")
        ? text.replace(" HTTP/1.0\r\n", " HTTP/1.1\r\n")
        : text
    ),
    "refused/coding-1.0",
  ),
];

/** They misread chunks. */
const CHUNKS: readonly BrokenServer[] = [
  reads(
    "reads chunk sizes as parseInt() does",
    firstSize(/^(?:\+5| 5|5 |0x5)\r\n$/),
    "chunks/blank-* chunks/plus chunks/prefix",
  ),
  reads(
    "drops the sign of a chunk size",
    firstSize(/^-/),
    "chunks/minus",
  ),
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

/** They are wrong with Expect, Upgrade, CONNECT and empty lines. */
const FEATURES: readonly BrokenServer[] = [
  wire("never sends 100", () => ({
    received: (piece) => piece.replace(/^HTTP\/1\.1 100 .*\r\n\r\n/, ""),
  }), "connection/expect-read"),
  wire("sends 100 at once", () => {
    let isOwed = false;
    return {
      sent: (piece) => {
        isOwed ||= piece.includes("\r\nExpect: 100-continue\r\n");
        return piece;
      },
      received: (piece) => {
        const isMissing = isOwed && !piece.startsWith("HTTP/1.1 100 ");
        isOwed = false;
        return isMissing ? `HTTP/1.1 100 Continue\r\n\r\n${piece}` : piece;
      },
    };
  }, "connection/expect-unread"),
  reads(
    "refuses what would be upgraded and has a body",
    head((text) => text.replace("Upgrade: h2c", "Upgrade h2c")),
    "connection/upgrade-*",
  ),
  reads(
    "takes the body of a CONNECT for a request",
    head((text) =>
      text.startsWith("CONNECT ") && text.includes("\r\nContent-Length: ")
        ? ""
        : text
    ),
    "connection/connect-body",
  ),
  wire("answers CONNECT with a length", () => {
    let isTunnel = false;
    return {
      sent: (piece) => {
        isTunnel ||= piece.startsWith("CONNECT ");
        return piece;
      },
      received: (piece) =>
        isTunnel ? piece.replace("\r\n", "\r\nContent-Length: 0\r\n") : piece,
    };
  }, "bodiless/connect"),
  wire("bears no empty line before a request", () => {
    let isFirst = true;
    return {
      sent: (piece) => {
        const isRefused = isFirst && piece.startsWith("\r\n");
        isFirst = false;
        return isRefused ? piece.replace("\r\n", " \r\n") : piece;
      },
    };
  }, "connection/empty-lines"),
];

/** They accept what they must refuse, or refuse what they must accept. */
export const REQUESTS: readonly BrokenServer[] = [
  ...HEADS,
  ...CODINGS,
  ...CHUNKS,
  ...FEATURES,
];
