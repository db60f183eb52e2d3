/**
 * Hono on `Deno.serve`.
 *
 * @module
 */
// deno-lint-ignore-file explicit-function-return-type -- JavaScript

import { Hono } from "npm:hono@4";
import { asked, asyncChunks, chunks, FILE_SIZE, HELLO } from "./payload.mjs";

const app = new Hono();
const OCTETS = "application/octet-stream";

function hello(c) {
  return c.body(HELLO, 200, {
    "Content-Type": "text/plain",
    "Content-Length": "13",
  });
}

const handlers = {
  hello,
  browser: hello,
  varied: hello,
  read(c) {
    const { search } = new URL(c.req.url);
    const text = `${c.req.header("accept-language")} ${search.slice(1)}`;
    return c.body(text, 200, {
      "Content-Type": "text/plain",
      "Content-Length": String(text.length),
    });
  },
  idle: hello,
  async echo(c) {
    const body = await c.req.arrayBuffer();
    return c.body(body, 200, {
      "Content-Type": OCTETS,
      "Content-Length": String(body.byteLength),
    });
  },
  stream: (c) =>
    c.body(ReadableStream.from(chunks()), 200, { "Content-Type": OCTETS }),
  async: (c) =>
    c.body(ReadableStream.from(asyncChunks()), 200, { "Content-Type": OCTETS }),
  async file(c) {
    const file = await Deno.open(asked.file);
    return c.body(file.readable, 200, {
      "Content-Type": OCTETS,
      "Content-Length": String(FILE_SIZE),
    });
  },
  json(c) {
    const url = new URL(c.req.url);
    const text = JSON.stringify({
      method: c.req.method,
      script: "",
      path: c.req.path,
      query: url.search.slice(1),
      protocol: "HTTP/1.1",
      port: url.port,
      client: c.env.remoteAddr.hostname,
      host: c.req.header("host"),
      accept: c.req.header("accept"),
      scheme: url.protocol.slice(0, -1),
    });
    return c.body(text, 200, {
      "Content-Type": "application/json",
      "Content-Length": String(text.length),
    });
  },
  headers(c) {
    let total = 0;
    for (const value of Object.values(c.req.header())) total += value.length;
    const text = String(total);
    return c.body(text, 200, {
      "Content-Type": "text/plain",
      "Content-Length": String(text.length),
    });
  },
};

app.all("/*", handlers[asked.scenario]);
Deno.serve(
  { hostname: "127.0.0.1", port: asked.port, onListen() {} },
  app.fetch,
);
