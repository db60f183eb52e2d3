// deno run $(deno task -q std) --allow-net examples/hono.ts
//
// Hono and a WSGI application on one port, with the validator around both:
// `curl http://127.0.0.1:8000/hello/Ada` is handled by Hono, and `/demo` by the
// WSGI application.

import { Hono } from "npm:hono@^4";
import { fromFetchHandler } from "../gateway/from_fetch/from_fetch.ts";
import { mount } from "../middleware/mount.ts";
import { type Application, demoApp, makeServer, validator } from "../mod.ts";

const pages = new Hono()
  .get("/", (c) => c.text("Try /hello/Ada and /demo.\n"))
  .get("/hello/:name", (c) => c.text(`Hello ${c.req.param("name")}!\n`));

export const app: Application = mount({
  "/": fromFetchHandler(pages),
  "/demo": demoApp,
});

if (import.meta.main) {
  const port = Number(Deno.args[0] ?? 8000);
  const server = makeServer("127.0.0.1", port, validator(app));
  // deno-lint-ignore no-console -- a program's output
  console.log(server.url);
  await server.serveForever();
}
