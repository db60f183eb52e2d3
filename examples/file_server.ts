// deno run $(deno task -q std) --allow-net --allow-read examples/file_server.ts
//
// Serves the current folder: `curl -i http://127.0.0.1:8000/README.md`. It
// needs @std, which the command loads from npm if JSR is unreachable.

import { type Application, makeServer, validator } from "../mod.ts";
import { staticFiles } from "../static_files/static_files.ts";

export const app: Application = staticFiles(".");

if (import.meta.main) {
  const port = Number(Deno.args[0] ?? 8000);
  const server = makeServer("127.0.0.1", port, validator(app));
  // deno-lint-ignore no-console -- a program's output
  console.log(server.url);
  await server.serveForever();
}
