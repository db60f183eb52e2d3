// deno run --allow-net examples/scgi.ts
//
// Behind nginx, see examples/deploy/nginx_scgi.conf:
// `curl http://127.0.0.1:8080/` shows "Hello world!".

import type { Application } from "../mod.ts";
import { serveScgi } from "../server/scgi.ts";

export const app: Application = (_environ, startResponse) => {
  startResponse("200 OK", [["Content-Type", "text/plain; charset=utf-8"]]);
  return [new TextEncoder().encode("Hello world!\n")];
};

if (import.meta.main) {
  const server = serveScgi(app, { port: Number(Deno.args[0] ?? 4000) });
  // deno-lint-ignore no-console -- a program's output
  console.log(`SCGI on 127.0.0.1:${server.port}`);
  await server.finished;
}
