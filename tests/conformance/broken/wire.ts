/** Servers that are wrong on the wire. */

import type { BrokenServer } from "./server.ts";
import { after, reads, replacing, sends, wire } from "./wrong_proxy.ts";

/** Servers that misread requests. */
const READING = String.raw`
  mistakes an unread body for the next request | ^(POST [^]*?)Content-Length: \d+\r\n(?=[^]*\r\n\r\nGET ) | $1 | connection/unread-length
  uses the first of two Content-Lengths | (Content-Length: \d+\r\n)Content-Length: \d+\r\n | $1 | refused/same-lengths refused/two-lengths
  prefers Transfer-Encoding to Content-Length | Content-Length: \d+\r\n(?=Transfer-Encoding: chunked\r\n) | - | refused/length-and-chunked
  repairs an invalid Host | ^(\S+ \S+ HTTP/1\.1\r\nHost:) .*[^\w.:\r-].* | $1 h | refused/host-*
  uses the last of two Hosts | \r\nHost: .*(?=(?:\r\n.+)*\r\nHost: ) | - | refused/two-hosts`;

/** Servers that change heads of responses. */
const SENDING = String.raw`
  sends no Date | \r\n[Dd]ate: (?!.*1994)[^\r]* | - | response/date
  sends a body with 204 | ^HTTP/1\.1 204[^]* | $&body | bodiless/204 bodiless/204-body
  sends Content-Length: 0 with 204 | ^HTTP/1\.1 204.*\r\n | $&Content-Length: 0\r\n | bodiless/204 bodiless/204-body`;

/** The servers. */
export const WIRE: readonly BrokenServer[] = [
  ...replacing(READING, reads),
  ...replacing(SENDING, sends),
  wire(
    "sends a body with HEAD",
    after(/^HEAD /, (isHead) => ({
      received: (piece) => isHead() ? `${piece}body` : piece,
    })),
    "bodiless/head-*",
  ),
  wire(
    "ends chunked bodies without their last chunk",
    () => {
      let isOver = false;
      return {
        received: (piece) => {
          isOver ||= piece.endsWith("\r\n0\r\n\r\n");
          return isOver ? piece.slice(0, -5) : piece;
        },
        isOver: () => isOver,
      };
    },
    `body/async-generator body/generator body/iterable body/promised-*
    body/set body/stream connection/half-close length/chunked start-response/replaced-late
    write/not-awaited write/order write/sync`,
  ),
  wire("ends broken bodies with a last chunk", () => {
    let isOpen = false;
    return {
      received: (piece) => {
        if (/^HTTP[^]*\r\ntransfer-encoding: chunked\r\n/i.test(piece)) {
          isOpen = true;
        }
        if (piece.endsWith("0\r\n\r\n")) isOpen = false;
        return piece;
      },
      last: () => isOpen ? "0\r\n\r\n" : "",
    };
  }, "errors/after-first-chunk start-response/rethrows"),
  wire(
    "keeps the connection after Connection: close",
    after(/\r\nConnection: close\r\n/, (stays) => ({ stays })),
    `bodiless/head-write chunks/* connection/close connection/lingering-close
    connection/unread-* length/truncated-* refused/nothing-after`,
  ),
  wire(
    "closes a connection whose client is still sending",
    after(/\r\nContent-Length: 8000000\r\n/, (isLong) => ({
      stopsReading: isLong,
      isOver: isLong,
    })),
    "connection/lingering-close",
  ),
  wire("answers pipelined requests in reverse order", () => ({
    sent: (piece) =>
      /^GET [^]*\r\n\r\nGET /.test(piece)
        ? piece.split(/(?=GET \/)/).reverse().join("")
        : piece,
  }), "connection/pipelined"),
  wire(
    "refuses Expect",
    after(/\r\nExpect: 100-continue\r\n/, (isExpecting) => {
      let answer =
        "HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n";
      return {
        received: (piece) => {
          if (!isExpecting()) return piece;
          const given = answer;
          answer = "";
          return given;
        },
      };
    }),
    "connection/expect*",
  ),
  wire(
    "answers HTTP/1.0 with a chunked body",
    after(/ HTTP\/1\.0\r\n/, (isOld) => {
      let isChunked = false;
      const code = (data: string): string =>
        data === "" ? "" : `${data.length.toString(16)}\r\n${data}\r\n`;
      return {
        received: (piece) => {
          if (!isOld()) return piece;
          if (isChunked) return code(piece);
          const [, head = "", data = ""] =
            /^(HTTP\/1\.1 [^]*?\r\n)\r\n([^]*)$/.exec(piece) ?? [];
          if (head === "" || /\r\ncontent-length: /i.test(head)) return piece;
          isChunked = true;
          return `${head}Transfer-Encoding: chunked\r\n\r\n${code(data)}`;
        },
        last: () => isChunked ? "0\r\n\r\n" : "",
      };
    }),
    "body/large length/http-1.0",
  ),
  wire(
    "delays the beginning of chunked bodies until more follows",
    () => {
      let kept = "";
      return {
        received: (piece) => {
          kept += piece;
          const isShort = kept.length < 10_000 && !kept.endsWith("0\r\n\r\n");
          if (isShort && /^transfer-encoding: chunked\r$/im.test(kept)) {
            return "";
          }
          const given = kept;
          kept = "";
          return given;
        },
        last: () => kept,
      };
    },
    `body/not-held-back close/pending-next errors/after-first-chunk
    start-response/rethrows write/arrives`,
  ),
  sends("sends header names in upper case", (piece) => {
    const head = /^HTTP\/1\.[^]*?\r\n\r\n/;
    const name = /^[\w-]+(?=:)/gm;
    return piece.replace(
      head,
      (head) => head.replace(name, (name) => name.toUpperCase()),
    );
  }, "response/headers-case"),
  wire(
    "closes the connection when the client ends its side",
    () => ({ cuts: true }),
    "connection/half-close",
  ),
  wire("ignores the keep-alive of HTTP/1.0", () => {
    let isBroken = false;
    return {
      received: (piece) => {
        isBroken ||= /^Connection: keep-alive\r$/m.test(piece) &&
          piece.endsWith("four");
        return piece;
      },
      isOver: () => isBroken,
    };
  }, "connection/keep-alive-1.0-*"),
  wire(
    "keeps the connection of every HTTP/1.0 client",
    after(/ HTTP\/1\.0\r\n(?!(?:.+\r\n)*Connection: )/, (stays) => ({ stays })),
    "body/large connection/close-1.0",
  ),
];
