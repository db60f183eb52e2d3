/** Servers that accept what they must refuse, or refuse what they must accept. */

import type { BrokenServer, Create, Swap } from "./server.ts";
import { after, reads, replacing, sends, wire } from "./wrong_proxy.ts";

/** Creates a server that changes the head of a request if a piece begins with one. */
const readsHead: Create<Swap<string>> = (name, change, found) => {
  const head = /^[\w-]+ [^\n]* HTTP\/[^]*?\r\n\r\n/;
  return reads(name, (piece) => piece.replace(head, change), found);
};

/** Servers that misread heads. */
const HEADS = String.raw`
  requires no Host | ^(\S+ \S+ HTTP/1\.1\r\n)(?!(?:[^]*\r\n)?[Hh]ost:) | $1Host: h\r\n | refused/host-missing
  accepts CR as a blank | \r(?!\n) | - | refused/bare-cr*
  takes LF for a line end | (?<!\r)\n | \r\n | refused/bare-lf*
  reads strings up to NUL | \0.*?(?=[:\r]) | - | refused/nul*
  drops blanks before a colon |  +: | : | refused/blank-before-colon
  unfolds headers | \r\n +(?=\S) | ${" "} | refused/folded
  drops lines without a colon | \r\n[^:\r ][^:\r]*(?=\r) | - | refused/no-colon
  speaks every version | HTTP/2\.0(?=\r) | HTTP/1.1 | refused/version
  ignores unknown expectations | Expect: 200-ok\r\n | - | refused/expectation
  passes on what is coded by gzip | gzip, (?=c) | - | refused/coding-gzip
  ignores an unknown coding | : x-foo, | : | refused/coding-unknown
  accepts chunked in any position | : chunked, .* | : chunked | refused/coding-twice refused/coding-not-last
  treats every coding as chunked | : gzip(?=\r) | : chunked | refused/coding-not-chunked
  ignores an empty coding | Transfer-Encoding: \r\n | - | refused/coding-empty
  decodes chunks from HTTP/1.0 | HTTP/1\.0(\r\n[^]*Transfer-Encoding: ) | HTTP/1.1$1 | refused/coding-1.0
  refuses an Upgrade with a body | Upgrade: h2c | Upgrade h2c | connection/upgrade-*
  mistakes the body of a CONNECT for a request | ^CONNECT [^]*\r\nContent-Length: [^]* | - | connection/connect-body
  serves a request that follows a CONNECT | ^CONNECT \S+(?![^]*\r\nContent-Length: ) | GET / | bodiless/connect connection/connect-after`;

/** All of these servers. */
export const REQUESTS: readonly BrokenServer[] = [
  ...replacing(HEADS, readsHead),
  reads(
    "continues after a request that it has refused",
    (piece) =>
      piece.replace(/^POST [^]*?Content-Length: \+5\r\n\r\n(?=GET )/, ""),
    "refused/nothing-after",
  ),
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
