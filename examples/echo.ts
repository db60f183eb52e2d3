// deno run --allow-net examples/echo.ts
//
// `curl -d 'Hello' http://127.0.0.1:8000/` shows "Hello". This works for files
// of any size: the body is sent back while it is read, and is never in memory
// as a whole.

import { type Application, makeServer, validator } from "../mod.ts";

export const app: Application = async function* (
  environ,
  startResponse,
): AsyncGenerator<Uint8Array, void> {
  if (["GET", "HEAD"].includes(environ.REQUEST_METHOD)) {
    const host = `${environ.SERVER_NAME}:${environ.SERVER_PORT}`;
    startResponse("200 OK", [["Content-Type", "text/plain; charset=utf-8"]]);
    yield new TextEncoder().encode(
      `Post something: curl -d 'Hello' http://${host}/\n`,
    );
    return;
  }
  const type = environ.CONTENT_TYPE ?? "application/octet-stream";
  startResponse("200 OK", [["Content-Type", type]]);
  const input = environ["wsgi.input"];
  for (;;) {
    const chunk = await input.read(65_536);
    if (chunk.length === 0) return;
    yield chunk;
  }
};

if (import.meta.main) {
  const port = Number(Deno.args[0] ?? 8000);
  const server = makeServer("127.0.0.1", port, validator(app));
  // deno-lint-ignore no-console -- a program's output
  console.log(server.url);
  await server.serveForever();
}
