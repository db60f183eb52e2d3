/**
 * Programs that are wrong about the header list.
 *
 * @module
 */

import { type Cases, header, HELLO, reply, TEXT } from "../case.ts";

/** Programs that are wrong about the header list. */
export const HEADERS: Cases = {
  "headers-dictionary": {
    title: "headers as an object",
    rows: ["F1"],
    app: reply("200 OK", { "Content-Type": "text/plain" }),
  },
  "headers-iterator": {
    title: "headers as an iterator",
    rows: ["F1"],
    app: (_environ, startResponse) => {
      startResponse("200 OK", [TEXT].values());
      return [HELLO];
    },
  },
  "headers-flat": {
    title: "headers as a flat list",
    rows: ["F3"],
    app: reply("200 OK", [...TEXT]),
  },
  "header-triple": {
    title: "header of three parts",
    rows: ["F3"],
    app: reply("200 OK", [TEXT, ["X-Name", "one", "two"]]),
  },
  "header-number": {
    title: "header value is a number",
    rows: ["F4"],
    app: header("X-Count", 12),
  },
  "header-no-value": {
    title: "header value is missing",
    rows: ["F4"],
    app: header("X-Name", undefined),
  },
  "header-euro": {
    title: "header value beyond Latin-1",
    rows: ["F5"],
    app: header("X-Price", "\u20ac5"),
  },
  "header-name-space": {
    title: "space in a header name",
    rows: ["F6", "b39"],
    app: header("X Name", "value"),
  },
  "header-name-empty": {
    title: "header without a name",
    rows: ["F6", "b39"],
    app: header("", "value"),
  },
  "header-name-colon": {
    title: "colon in a header name",
    rows: ["F7"],
    app: header("X-Name:", "value"),
  },
  "header-name-latin1": {
    title: "header name beyond ASCII",
    rows: ["F6", "b39"],
    app: header("X-Größe", "value"),
  },
  "header-newline": {
    title: "line break in a header value",
    rows: ["F11"],
    app: header("X-Name", "value\r\nX-Evil: 1"),
  },
  "header-nul": {
    title: "NUL in a header value",
    rows: ["F11"],
    app: header("X-Name", "a\x00b"),
  },
  "header-del": {
    title: "DEL in a header value",
    rows: ["b40"],
    app: header("X-Name", "a\x7fb"),
  },
  "header-outer-space": {
    title: "spaces around a header value",
    rows: ["b40"],
    app: header("X-Name", " value "),
  },
  "header-status": {
    title: "header named Status",
    rows: ["F9"],
    app: header("Status", "200 OK"),
  },
  "header-connection": {
    title: "Connection sent",
    rows: ["F13", "b38"],
    app: header("Connection", "close"),
  },
  "header-chunked": {
    title: "Transfer-Encoding sent",
    rows: ["F13", "b38"],
    app: header("Transfer-Encoding", "chunked"),
  },
  "header-trailer": {
    title: "Trailer sent",
    rows: ["F13", "b38"],
    app: header("Trailer", "X-Sum"),
  },
};
