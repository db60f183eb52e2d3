/**
 * A server that reads a body in blocks, and responds with the number of bytes
 * that were held outside of the heap meanwhile. Its first line of output is the
 * port.
 */

import { makeServer } from "../../server/make_server.ts";

const server = makeServer("127.0.0.1", 0, async (environ, startResponse) => {
  const input = environ["wsgi.input"];
  const { external: before } = Deno.memoryUsage();
  let most = before;
  while ((await input.read(65_536)).length > 0) {
    most = Math.max(most, Deno.memoryUsage().external);
  }
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  return [new TextEncoder().encode(String(most - before))];
}, { log: false });
// deno-lint-ignore no-console -- a program's output
console.log(server.port);
await server.serveForever();
