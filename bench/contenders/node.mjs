/**
 * Plain node:http, on Node or Deno.
 *
 * @module
 */
// deno-lint-ignore-file explicit-function-return-type -- JavaScript

import { createReadStream } from "node:fs";
import { createServer } from "node:http";
import { pipeline, Readable } from "node:stream";
import { asked, asyncChunks, chunks, FILE_SIZE, HELLO } from "./payload.mjs";

const OCTETS = "application/octet-stream";

/** Ignores errors of clients that have left. */
function ignore() {}

function answer(res, type, body) {
  res.writeHead(200, {
    "Content-Type": type,
    "Content-Length": body.length,
  });
  res.end(body);
}

const hello = (_req, res) => answer(res, "text/plain", HELLO);

export const handlers = {
  hello,
  browser: hello,
  varied: hello,
  read(req, res) {
    const query = req.url.slice(req.url.indexOf("?") + 1);
    const text = `${req.headers["accept-language"]} ${query}`;
    answer(res, "text/plain", Buffer.from(text));
  },
  idle: hello,
  echo(req, res) {
    const parts = [];
    req.on("data", (part) => parts.push(part));
    req.on("end", () => answer(res, OCTETS, Buffer.concat(parts)));
  },
  stream(_req, res) {
    res.writeHead(200, { "Content-Type": OCTETS });
    pipeline(Readable.from(chunks(), { objectMode: false }), res, ignore);
  },
  async(_req, res) {
    res.writeHead(200, { "Content-Type": OCTETS });
    pipeline(Readable.from(asyncChunks(), { objectMode: false }), res, ignore);
  },
  file(_req, res) {
    res.writeHead(200, {
      "Content-Type": OCTETS,
      "Content-Length": FILE_SIZE,
    });
    pipeline(createReadStream(asked.file), res, ignore);
  },
  json(req, res) {
    const url = new URL(req.url, `http://${req.headers.host}`);
    const text = JSON.stringify({
      method: req.method,
      script: "",
      path: url.pathname,
      query: url.search.slice(1),
      protocol: `HTTP/${req.httpVersion}`,
      port: url.port,
      client: req.socket.remoteAddress,
      host: req.headers.host,
      accept: req.headers.accept,
      scheme: "http",
    });
    answer(res, "application/json", Buffer.from(text));
  },
  headers(req, res) {
    let total = 0;
    for (const value of Object.values(req.headers)) total += value.length;
    answer(res, "text/plain", Buffer.from(String(total)));
  },
};

if (asked.kind.startsWith("node:http")) {
  createServer(handlers[asked.scenario]).listen(asked.port, "127.0.0.1");
}
