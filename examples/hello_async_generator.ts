// deno run --allow-net examples/hello_async_generator.ts
//
// `curl http://127.0.0.1:8000/` shows two words and their SHA-256, like
// sha256sum. Each line is computed when the client is ready for it.

import { type Application, makeServer, validator } from "../mod.ts";

export const app: Application = async function* (
  _environ,
  startResponse,
): AsyncGenerator<Uint8Array, void> {
  startResponse("200 OK", [["Content-Type", "text/plain; charset=utf-8"]]);
  const encoder = new TextEncoder();
  for (const word of ["Hello", "world!"]) {
    const bytes = encoder.encode(word);
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    yield encoder.encode(`${hash.toHex()}  ${word}\n`);
  }
};

if (import.meta.main) {
  const port = Number(Deno.args[0] ?? 8000);
  const server = makeServer("127.0.0.1", port, validator(app));
  // deno-lint-ignore no-console -- a program's output
  console.log(server.url);
  await server.serveForever();
}
