// deno run --allow-net examples/own_headers.ts
//
// `curl -i http://127.0.0.1:8000/caf%C3%A9?x=1` shows the path of the request,
// and custom headers. A name can occur more than once.

import {
  type Application,
  decodeUtf8,
  HeaderList,
  makeServer,
  validator,
} from "../mod.ts";

export const app: Application = (environ, startResponse) => {
  // A server may omit empty variables.
  const { SCRIPT_NAME = "", PATH_INFO = "", QUERY_STRING = "" } = environ;
  const path = decodeUtf8(SCRIPT_NAME + PATH_INFO);
  const headers = new HeaderList();
  headers.set("Content-Type", "text/plain; charset=utf-8");
  headers.set("Cache-Control", "no-store");
  headers.append("Set-Cookie", "seen=1; Path=/; HttpOnly; SameSite=Lax");
  headers.append("Set-Cookie", "theme=dark; Path=/; SameSite=Lax");
  // A path can contain any bytes; a header should be ASCII without control
  // characters.
  headers.set("X-Path", encodeURI(path));
  startResponse("200 OK", [...headers]);
  return [new TextEncoder().encode(`path ${path}\nquery ${QUERY_STRING}\n`)];
};

if (import.meta.main) {
  const port = Number(Deno.args[0] ?? 8000);
  const server = makeServer("127.0.0.1", port, validator(app));
  // deno-lint-ignore no-console -- a program's output
  console.log(server.url);
  await server.serveForever();
}
