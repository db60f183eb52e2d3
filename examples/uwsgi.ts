// deno run --allow-net examples/uwsgi.ts
//
// Behind nginx, see examples/deploy/nginx_uwsgi.conf:
// `curl http://127.0.0.1:8080/` shows "Hello world!".

import type { Application } from "../mod.ts";
import { serveUwsgi } from "../server/uwsgi.ts";

export const app: Application = (_environ, startResponse) => {
  startResponse("200 OK", [["Content-Type", "text/plain; charset=utf-8"]]);
  return [new TextEncoder().encode("Hello world!\n")];
};

if (import.meta.main) {
  const server = serveUwsgi(app, { port: Number(Deno.args[0] ?? 3031) });
  // deno-lint-ignore no-console -- a program's output
  console.log(`uwsgi on 127.0.0.1:${server.port}`);
  await server.finished;
}
