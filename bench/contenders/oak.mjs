/**
 * oak. Its npm package, which also works in networks without JSR, treats Deno
 * as Node and listens with node:http.
 *
 * @module
 */
// deno-lint-ignore-file explicit-function-return-type -- JavaScript

import { Application } from "npm:@oakserver/oak@14";
import { asked, asyncChunks, chunks, FILE_SIZE, HELLO } from "./payload.mjs";

const app = new Application();
const OCTETS = "application/octet-stream";

function answer(ctx, type, length, body) {
  ctx.response.headers.set("Content-Type", type);
  if (length !== undefined) {
    ctx.response.headers.set("Content-Length", String(length));
  }
  ctx.response.body = body;
}

const hello = (ctx) => answer(ctx, "text/plain", 13, HELLO);

const handlers = {
  hello,
  browser: hello,
  varied: hello,
  read(ctx) {
    const { url, headers } = ctx.request;
    const text = `${headers.get("accept-language")} ${url.search.slice(1)}`;
    answer(ctx, "text/plain", text.length, text);
  },
  idle: hello,
  async echo(ctx) {
    const body = new Uint8Array(await ctx.request.body.arrayBuffer());
    answer(ctx, OCTETS, body.length, body);
  },
  stream(ctx) {
    answer(ctx, OCTETS, undefined, ReadableStream.from(chunks()));
  },
  async(ctx) {
    answer(ctx, OCTETS, undefined, ReadableStream.from(asyncChunks()));
  },
  async file(ctx) {
    const file = await Deno.open(asked.file);
    answer(ctx, OCTETS, FILE_SIZE, file.readable);
  },
  json(ctx) {
    const { url, method, headers, ip } = ctx.request;
    const text = JSON.stringify({
      method,
      script: "",
      path: url.pathname,
      query: url.search.slice(1),
      protocol: "HTTP/1.1",
      port: url.port,
      client: ip,
      host: headers.get("host"),
      accept: headers.get("accept"),
      scheme: url.protocol.slice(0, -1),
    });
    answer(ctx, "application/json", text.length, text);
  },
  headers(ctx) {
    let total = 0;
    for (const [, value] of ctx.request.headers) total += value.length;
    const text = String(total);
    answer(ctx, "text/plain", text.length, text);
  },
};

app.use(handlers[asked.scenario]);
await app.listen({ hostname: "127.0.0.1", port: asked.port });
