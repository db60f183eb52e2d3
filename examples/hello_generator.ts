// deno run --allow-net examples/hello_generator.ts
//
// `curl -i http://127.0.0.1:8000/` shows "Hello world!" with
// "transfer-encoding: chunked": the length of a generated body is not known in
// advance.

import { type Application, makeServer, validator } from "../mod.ts";

export const app: Application = function* (
  _environ,
  startResponse,
): Generator<Uint8Array, void> {
  startResponse("200 OK", [["Content-Type", "text/plain; charset=utf-8"]]);
  const encoder = new TextEncoder();
  yield encoder.encode("Hello ");
  yield encoder.encode("world!\n");
};

if (import.meta.main) {
  const port = Number(Deno.args[0] ?? 8000);
  const server = makeServer("127.0.0.1", port, validator(app));
  // deno-lint-ignore no-console -- a program's output
  console.log(server.url);
  await server.serveForever();
}
