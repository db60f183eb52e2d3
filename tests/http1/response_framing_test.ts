import { assertEquals } from "@std/assert";
import { ResponseEncoder } from "../../http1/response_encoder.ts";
import { DATE, encodedLines, NOW, startOf } from "./encoded_lines.ts";

/** The lines by their names in the table. */
const LINES: Record<string, string> = {
  close: "Connection: close",
  keep: "Connection: keep-alive",
  chunked: "Transfer-Encoding: chunked",
  0: "Content-Length: 0",
  3: "Content-Length: 3",
};

/**
 * Status, length (or `-`), method (or `-`), version, what the client wants;
 * framing, lines (or `-`), what the server does.
 */
const TABLE = `
  200 OK             3  GET      1.1  stay   length   3              stay
  200 OK             3  GET      1.1  leave  length   3,close        leave
  200 OK             3  GET      1.0  stay   length   3,keep         stay
  200 OK             3  GET      1.0  leave  length   3,close        leave
  200 OK             0  GET      1.1  stay   length   0              stay
  200 OK             -  GET      1.1  stay   chunked  chunked        stay
  200 OK             -  GET      1.1  leave  chunked  chunked,close  leave
  200 OK             -  GET      1.0  stay   close    close          leave
  200 OK             -  GET      1.0  leave  close    close          leave
  200 OK             3  HEAD     1.1  stay   none     3              stay
  200 OK             -  HEAD     1.1  stay   none     -              stay
  200 OK             -  HEAD     1.0  stay   none     keep           stay
  200 OK             -  HEAD     1.0  leave  none     close          leave
  204 No Content     -  GET      1.1  stay   none     -              stay
  204 No Content     0  GET      1.1  stay   none     -              stay
  204 No Content     3  HEAD     1.0  leave  none     close          leave
  304 Not Modified   -  GET      1.1  stay   none     -              stay
  304 Not Modified   3  GET      1.1  stay   none     3              stay
  205 Reset Content  -  GET      1.1  stay   none     0              stay
  205 Reset Content  3  GET      1.1  stay   none     0              stay
  205 Reset Content  -  GET      1.0  stay   none     0,keep         stay
  200 OK             -  CONNECT  1.1  stay   none     close          leave
  200 OK             3  CONNECT  1.1  stay   none     close          leave
  205 OK             3  CONNECT  1.1  stay   none     close          leave
  299 OK             -  CONNECT  1.0  stay   none     close          leave
  405 No             3  CONNECT  1.1  stay   length   3              stay
  405 No             -  CONNECT  1.1  stay   chunked  chunked        stay
  400 Bad Request    3  -        1.1  leave  length   3,close        leave
  200 OK             -  connect  1.1  stay   chunked  chunked        stay
  200 OK             -  head     1.1  stay   chunked  chunked        stay`;

Deno.test.each(
  TABLE.trim().split("\n").map((line) => line.trim().split(/ {2,}/)),
)(
  "ResponseEncoder frames %s with the length %s for %s HTTP/%s, to %s: %s %s, to %s",
  (status, length, method, version, wish, framing, lines, outcome) => {
    const start = length === "-"
      ? startOf(status)
      : startOf(status, ["Content-Length", length]);
    const context = {
      method: method === "-" ? undefined : method,
      version: version as "1.0" | "1.1",
      keepsAlive: wish === "stay",
    };
    const expected = lines === "-" ? [] : lines.split(",");
    assertEquals(
      encodedLines(start, context).filter((line) => line !== DATE),
      [`HTTP/1.1 ${status}`, ...expected.map((name) => LINES[name])],
    );
    const encoded = new ResponseEncoder().encode(start, context, NOW);
    assertEquals(encoded.framing, framing);
    assertEquals(encoded.keepsAlive, outcome === "stay");
  },
);
