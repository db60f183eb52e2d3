// deno run --allow-net examples/hello.ts
//
// `curl -i http://127.0.0.1:8000/` shows "Hello world!" with a Content-Length:
// the body is an array, so the server knows how long it is.

import { type Application, makeServer, validator } from "../mod.ts";

export const app: Application = (_environ, startResponse) => {
  startResponse("200 OK", [["Content-Type", "text/plain; charset=utf-8"]]);
  return [new TextEncoder().encode("Hello world!\n")];
};

if (import.meta.main) {
  const port = Number(Deno.args[0] ?? 8000);
  const server = makeServer("127.0.0.1", port, validator(app));
  // deno-lint-ignore no-console -- a program's output
  console.log(server.url);
  await server.serveForever();
}
