/** Servers that accept what they must refuse, or refuse what they must accept. */

import type { BrokenServer } from "./server.ts";
import { after, reads, type Replacing, sends, wire } from "./wrong_proxy.ts";

/** Changes the head of a request if a piece begins with one. */
function head(change: (head: string) => string): (piece: string) => string {
  return (piece) => piece.replace(/^[\w-]+ [^\n]* HTTP\/[^]*?\r\n\r\n/, change);
}

/** Creates servers that read one part of a head as another. */
function replacing(rows: readonly Replacing[]): BrokenServer[] {
  return rows.map(([name, from, to, found]) =>
    reads(name, head((text) => text.replace(from, to)), found)
  );
}

/** Servers that accept malformed heads. */
const HEADS: readonly BrokenServer[] = [
  reads(
    "requires no Host",
    head((text) =>
      /^.* HTTP\/1\.1\r\n/.test(text) && !/\r\nHost:/i.test(text)
        ? text.replace("\r\n", "\r\nHost: h\r\n")
        : text
    ),
    "refused/host-missing",
  ),
  reads(
    "accepts CR as a blank",
    head((text) => text.replace(/\r(?!\n)/g, "").replace("\r ", " ")),
    "refused/bare-cr*",
  ),
  ...replacing([
    ["takes LF for a line end", /(?<!\r)\n/g, "\r\n", "refused/bare-lf*"],
    ["reads strings up to NUL", /\0.*?(?=[:\r])/g, "", "refused/nul*"],
    ["drops blanks before a colon", / +:/g, ":", "refused/blank-before-colon"],
    ["unfolds headers", /\r\n +/g, " ", "refused/folded"],
    [
      "drops lines without a colon",
      /\r\n[^:\r ][^:\r]*(?=\r)/g,
      "",
      "refused/no-colon",
    ],
    ["speaks every version", " HTTP/2.0\r", " HTTP/1.1\r", "refused/version"],
    [
      "ignores unknown expectations",
      "Expect: 200-ok\r\n",
      "",
      "refused/expectation",
    ],
  ]),
  reads(
    "continues after a request that it has refused",
    (piece) =>
      piece.replace(/^POST [^]*?Content-Length: \+5\r\n\r\n(?=GET )/, ""),
    "refused/nothing-after",
  ),
];

const EMPTY = "Transfer-Encoding: \r\n";

/** Servers that misread transfer codings. */
const CODINGS: readonly BrokenServer[] = [
  ...replacing([
    ["passes on what is coded by gzip", "gzip, ", "", "refused/coding-gzip"],
    ["ignores an unknown coding", ": x-foo,", ":", "refused/coding-unknown"],
    [
      "accepts chunked in any position",
      /: chunked, .*/,
      ": chunked",
      "refused/coding-twice refused/coding-not-last",
    ],
    [
      "treats every coding as chunked",
      ": gzip\r",
      ": chunked\r",
      "refused/coding-not-chunked",
    ],
    ["ignores an empty coding", EMPTY, "", "refused/coding-empty"],
  ]),
  reads(
    "decodes chunks from HTTP/1.0",
    head((text) =>
      text.includes("\r\nTransfer-Encoding: ")
        ? text.replace(" HTTP/1.0\r\n", " HTTP/1.1\r\n")
        : text
    ),
    "refused/coding-1.0",
  ),
];

/** Servers that mishandle Expect, Upgrade, CONNECT and empty lines. */
const FEATURES: readonly BrokenServer[] = [
  sends(
    "never sends 100",
    (piece) => piece.replace(/^HTTP\/1\.1 100 .*\r\n\r\n/, ""),
    "connection/expect-read",
  ),
  wire(
    "sends 100 immediately",
    after(/\r\nExpect: 100-continue\r\n/, (isExpecting) => {
      let isOwed = true;
      return {
        received: (piece) => {
          const isMissing = isExpecting() && isOwed &&
            !piece.startsWith("HTTP/1.1 100 ");
          isOwed = false;
          return isMissing ? `HTTP/1.1 100 Continue\r\n\r\n${piece}` : piece;
        },
      };
    }),
    "connection/expect-unread",
  ),
  ...replacing([
    [
      "refuses an Upgrade",
      "Upgrade: h2c",
      "Upgrade h2c",
      "connection/upgrade-*",
    ],
  ]),
  reads(
    "mistakes the body of a CONNECT for a request",
    head((text) =>
      text.startsWith("CONNECT ") && text.includes("\r\nContent-Length: ")
        ? ""
        : text
    ),
    "connection/connect-body",
  ),
  reads(
    "serves a request that follows a CONNECT",
    head((text) =>
      text.includes("\r\nContent-Length: ")
        ? text
        : text.replace(/^CONNECT \S+/, "GET /")
    ),
    "bodiless/connect connection/connect-after",
  ),
  wire(
    "answers CONNECT with a length",
    after(/^CONNECT /, (isTunnel) => ({
      received: (piece) =>
        isTunnel() ? piece.replace("\r\n", "\r\nContent-Length: 0\r\n") : piece,
    })),
    "bodiless/connect",
  ),
  wire("rejects an empty line before a request", () => {
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

/** All of these servers. */
export const REQUESTS: readonly BrokenServer[] = [
  ...HEADS,
  ...CODINGS,
  ...FEATURES,
];
