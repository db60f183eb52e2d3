/**
 * Serves an application with `node:http`, on Node.js, Bun or Deno:
 *
 *     node node.mjs
 */

import { createServer } from "node:http";
import process from "node:process";
import { toNodeListener } from "@wsgi/ref/node";

/** @type {import("@wsgi/ref").Application} */
const app = (environ, startResponse) => {
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  return [
    new TextEncoder().encode(`Hello ${environ.REMOTE_ADDR ?? "world"}!\n`),
  ];
};

const server = createServer(toNodeListener(app));
server.listen(Number(process.env.PORT ?? 8000), "127.0.0.1", () => {
  const { port } = server.address();
  process.stdout.write(`Serving on http://127.0.0.1:${port}/\n`);
});
process.once("SIGTERM", () => server.close());
