/**
 * A server for the tests of memory. GET sends as many bytes as the query says,
 * POST counts the bytes that it receives. The first line of output is the port.
 *
 * Run with `--v8-flags=--expose-gc`, so that garbage does not count as memory
 * that is held: V8 lets some 64 MiB of buffers gather before it collects them.
 */

import { makeServer } from "../../server/make_server.ts";
import type { Application } from "../../wsgi/types.ts";

const PIECE = 65_536;
const { gc } = globalThis as { gc?: () => void };
let pieces = 0;

function countPiece(): void {
  if (++pieces % 64 === 0) gc?.();
}

function* produce(length: number): Generator<Uint8Array, void> {
  for (let left = length; left > 0; left -= PIECE) {
    countPiece();
    yield new Uint8Array(Math.min(left, PIECE)).fill(0x61);
  }
}

const app: Application = async (environ, startResponse) => {
  const { REQUEST_METHOD, QUERY_STRING } = environ;
  if (REQUEST_METHOD === "GET") {
    startResponse("200 OK", [["Content-Length", QUERY_STRING]]);
    return produce(Number(QUERY_STRING));
  }
  let length = 0;
  for (;;) {
    const piece = await environ["wsgi.input"].read(PIECE);
    if (piece.length === 0) break;
    length += piece.length;
    countPiece();
  }
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  return [new TextEncoder().encode(String(length))];
};

const server = makeServer("127.0.0.1", 0, app, { log: false });
// deno-lint-ignore no-console -- a program's output
console.log(server.port);
await server.serveForever();
