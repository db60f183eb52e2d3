/**
 * The server of the soak test: correct applications under a validator, and
 * broken ones. `/report` returns the state of their bodies and the memory
 * usage. The first line of output is the port.
 *
 * Run with `--v8-flags=--expose-gc`.
 *
 * @module
 */

import { makeServer } from "../server/make_server.ts";
import { BodyLedger } from "../tests/testdata/body_ledger.ts";
import { validator } from "../validator/validator.ts";
import { StderrStream } from "../wsgi/error_stream.ts";
import type { Application, InputStream } from "../wsgi/types.ts";

const { gc } = globalThis as { gc?: () => void };
const PIECE = new Uint8Array(8192).fill(0x61);
const PIECES = 20;
const ledger = new BodyLedger();
const faults: string[] = [];
let calls = 0;
let records = 0;

function* pieces(hasError = false): Generator<Uint8Array, void> {
  using _ = ledger.enter();
  for (let left = PIECES; left > 0; left--) {
    yield PIECE;
    if (hasError) throw new Error("broken on purpose");
  }
}

async function* slowPieces(): AsyncGenerator<Uint8Array, void> {
  using _ = ledger.enter();
  for (let left = PIECES; left > 0; left--) {
    yield PIECE;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

async function* echo(input: InputStream): AsyncGenerator<Uint8Array, void> {
  using _ = ledger.enter();
  for (let bytes; (bytes = await input.read(8192)).length > 0;) yield bytes;
}

/** Bodies by path: correct ones, and two that contradict their headers. */
const BODIES: Readonly<Record<string, (input: InputStream) => unknown>> = {
  "/hello": () => [new TextEncoder().encode("Hello world!\n")],
  "/sync": () => pieces(),
  "/stream": () => slowPieces(),
  "/write": () => [],
  "/echo": (input) => echo(input),
  "/broken/chunk": () => ["text"],
  "/broken/late": () => pieces(true),
  "/broken/short": () => pieces(),
  "/broken/silent": () => pieces(),
  "/broken/header": () => [],
};

const app: Application = async (environ, startResponse) => {
  const path = environ.PATH_INFO ?? "";
  if (path === "/broken/throws") throw new Error("broken on purpose");
  const isShort = path === "/broken/short";
  const header = path === "/broken/header" ? "a\r\nb" : "text/plain";
  if (path !== "/broken/silent") {
    const write = startResponse("200 OK", [
      ["Content-Type", header],
      ...isShort ? [["Content-Length", "999999"] as const] : [],
    ]);
    for (let i = 0; path === "/write" && i < PIECES; i++) await write(PIECE);
  }
  const body = BODIES[path]?.(environ["wsgi.input"]);
  return ledger.watch(body as Uint8Array[]);
};

const checked = validator(app, {
  throws: false,
  onViolation: ({ message }) => void faults.push(message),
});

const report: Application = async (_environ, startResponse) => {
  await ledger.settled();
  // One collection leaves garbage for the next one. A record is written at the
  // end of the response, which a client that has left can delay.
  for (
    let round = 0;
    round < 3 || records < calls - 1 && round < 100;
    round++
  ) {
    gc?.();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  // This request is still running.
  if (records !== calls - 1) {
    faults.push(`${calls - 1} requests, ${records} in the access log`);
  }
  const { made, closed, entered, left } = ledger;
  const { rss, heapUsed, external } = Deno.memoryUsage();
  const memory = { resident: rss, held: heapUsed + external };
  const found = [...ledger.faults, ...faults];
  startResponse("200 OK", [["Content-Type", "application/json"]]);
  return [new TextEncoder().encode(
    JSON.stringify({ made, closed, entered, left, faults: found, memory }),
  )];
};

const errors = new StderrStream((text) => {
  // The expected errors of the broken applications and the leaving clients.
  if (!/^\w*Error: (?:broken on purpose|Cannot )|^Cannot read/.test(text)) {
    faults.push(`logged: ${text}`);
  }
});

const server = makeServer("127.0.0.1", 0, (environ, startResponse) => {
  const path = environ.PATH_INFO ?? "";
  calls++;
  if (path === "/report") return report(environ, startResponse);
  const inner = path.startsWith("/broken/") ? app : checked;
  return inner(environ, startResponse);
}, { environ: { "wsgi.errors": errors }, log: () => void records++ });
// deno-lint-ignore no-console -- a program's output
console.log(server.port);
await server.serveForever();
