/**
 * Programs whose response HTTP itself finds wanting.
 *
 * @module
 */

import {
  type Cases,
  conditional,
  header,
  reply,
  TEXT,
  variables,
} from "../case.ts";

/** Programs whose response HTTP itself finds wanting. */
export const MESSAGES: Cases = {
  "length-letters": {
    title: "Content-Length of letters",
    rows: ["b29"],
    app: header("Content-Length", "many"),
  },
  "length-twice": {
    title: "two Content-Lengths",
    rows: ["b29"],
    app: reply("200 OK", [
      TEXT,
      ["Content-Length", "13"],
      ["Content-Length", "13"],
    ]),
  },
  "length-too-small": {
    title: "body longer than Content-Length",
    rows: ["G6", "b30"],
    app: header("Content-Length", "5"),
  },
  "length-too-large": {
    title: "body shorter than Content-Length",
    rows: ["G6", "b30"],
    app: header("Content-Length", "50"),
  },
  "length-204": {
    title: "204 with a Content-Length",
    rows: ["G3", "b31"],
    app: reply("204 No Content", [["Content-Length", "5"]], []),
  },
  "body-204": {
    title: "204 with a body",
    rows: ["G5"],
    app: reply("204 No Content", []),
  },
  "body-205": {
    title: "205 with a body",
    rows: ["b32"],
    app: reply("205 Reset Content"),
  },
  "body-304": {
    title: "304 with a body",
    rows: ["G5"],
    app: reply("304 Not Modified", []),
    environ: conditional,
  },
  "unasked-304": {
    title: "304 to an unconditional request",
    rows: ["b37"],
    app: reply("304 Not Modified", [], []),
  },
  "encoding-304": {
    title: "304 with a Content-Encoding",
    rows: ["G4"],
    app: reply("304 Not Modified", [["Content-Encoding", "gzip"]], []),
    environ: conditional,
  },
  "no-challenge-401": {
    title: "401 without WWW-Authenticate",
    rows: ["b36"],
    app: reply("401 Unauthorized"),
  },
  "no-allow-405": {
    title: "405 without Allow",
    rows: ["b36"],
    app: reply("405 Method Not Allowed"),
  },
  "no-range-206": {
    title: "206 without Content-Range",
    rows: ["b36"],
    app: reply("206 Partial Content"),
    environ: variables({ HTTP_RANGE: "bytes=0-12" }),
  },
  "etag-bare": {
    title: "ETag without quotes",
    rows: ["G9"],
    app: header("ETag", "abc"),
  },
  "etag-weak-small": {
    title: "weak ETag with a small w",
    rows: ["G9"],
    app: header("ETag", 'w/"abc"'),
  },
  "date-iso": {
    title: "Last-Modified in ISO 8601",
    rows: ["b43"],
    app: header("Last-Modified", "2026-11-20T10:00:00Z"),
  },
  "location-space": {
    title: "space in Location",
    rows: ["b44"],
    app: reply("302 Found", [TEXT, ["Location", "http://a.example/a b"]]),
  },
  "type-twice": {
    title: "two Content-Types",
    rows: ["b41"],
    app: header("content-type", "text/html"),
  },
  "type-no-slash": {
    title: "Content-Type that is no media type",
    rows: ["b43"],
    app: reply("200 OK", [["Content-Type", "text"]]),
  },
  "cookies-joined": {
    title: "two cookies in one Set-Cookie",
    rows: ["b42"],
    app: header("Set-Cookie", "a=1, b=2"),
  },
};
