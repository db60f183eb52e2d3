/** Servers that accept what they must refuse, or refuse what they must accept. */

import type { BrokenServer } from "./server.ts";
import { reads, wire } from "./wrong_proxy.ts";

/** Changes the head of a request, where a piece begins with one. */
function head(change: (head: string) => string): (piece: string) => string {
  return (piece) => piece.replace(/^[\w-]+ [^\n]* HTTP\/[^]*?\r\n\r\n/, change);
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
    head((text) => text.replace(": x-foo, chunked", ": chunked")),
    "refused/coding-unknown",
  ),
  reads(
    "looks for chunked anywhere",
    head((text) => text.replace(/: chunked, .*/, ": chunked")),
    "refused/coding-twice refused/coding-not-last",
  ),
  reads(
    "takes every coding for chunked",
    head((text) => text.replace(": gzip\r", ": chunked\r")),
    "refused/coding-not-chunked",
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
  ...FEATURES,
];
