// deno run --allow-net examples/hello_async.ts
//
// `curl -i http://127.0.0.1:8000/` shows "Hello world!" and its ETag.

import { type Application, makeServer, validator } from "../mod.ts";

export const app: Application = async (_environ, startResponse) => {
  const page = new TextEncoder().encode("Hello world!\n");
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", page));
  startResponse("200 OK", [
    ["Content-Type", "text/plain; charset=utf-8"],
    ["ETag", `"${hash.toHex()}"`],
  ]);
  return [page];
};

if (import.meta.main) {
  const port = Number(Deno.args[0] ?? 8000);
  const server = makeServer("127.0.0.1", port, validator(app));
  // deno-lint-ignore no-console -- a program's output
  console.log(server.url);
  await server.serveForever();
}
