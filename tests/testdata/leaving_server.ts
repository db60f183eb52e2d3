/**
 * A server that keeps a ledger of its bodies: which were closed, and whether
 * `return()` was called when it was due. It has correct applications, with
 * `validate` as argument under a validator, and broken ones. `/report` returns
 * the ledger and the memory. The first line of output is the port.
 *
 * Run it with `--v8-flags=--expose-gc`, so that garbage does not count as memory
 * that is held.
 */

import { makeServer } from "../../server/make_server.ts";
import { validator } from "../../validator/validator.ts";
import { StderrStream } from "../../wsgi/error_stream.ts";
import type { Application, InputStream } from "../../wsgi/types.ts";
import { Random } from "../random.ts";
import { BodyLedger } from "./body_ledger.ts";

const { gc } = globalThis as { gc?: () => void };
const PIECE = new Uint8Array(8192).fill(0x61);
const PIECES = 20;
const ledger = new BodyLedger();
const faults: string[] = [];
let calls = 0;
let records = 0;

/** The source of the delays between chunks. */
const random = new Random(1);

/** Waits for a few milliseconds, or hardly at all. */
function pause(): Promise<void> {
  const time = random.chance(0.5) ? 0 : random.below(5);
  return new Promise((resolve) => setTimeout(resolve, time));
}

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
    await pause();
    yield PIECE;
  }
}

async function* echo(input: InputStream): AsyncGenerator<Uint8Array, void> {
  using _ = ledger.enter();
  for (let bytes; (bytes = await input.read(8192)).length > 0;) yield bytes;
}

function stream(): ReadableStream<Uint8Array> {
  let left = PIECES;
  const work = ledger.enter();
  return new ReadableStream({
    async pull(controller): Promise<void> {
      await pause();
      if (left-- > 0) return controller.enqueue(PIECE.slice());
      work[Symbol.dispose]();
      controller.close();
    },
    cancel: () => work[Symbol.dispose](),
  });
}

/** Bodies by path: correct ones, and two that contradict their headers. */
const BODIES: Readonly<Record<string, (input: InputStream) => unknown>> = {
  "/hello": () => [new TextEncoder().encode("Hello world!\n")],
  "/array": () => [PIECE, PIECE],
  "/sync": () => pieces(),
  "/async": () => slowPieces(),
  "/stream": stream,
  "/late": () => pieces(),
  "/write": () => [],
  "/upload": () => pieces(),
  "/echo": echo,
  "/broken/chunk": () => ["text"],
  "/broken/late": () => pieces(true),
  "/broken/short": () => pieces(),
  "/broken/silent": () => pieces(),
  "/broken/header": () => [],
};

const slow: Application = async (environ, startResponse) => {
  const { PATH_INFO: path, "wsgi.input": input } = environ;
  if (path === "/broken/throws") throw new Error("broken on purpose");
  if (path === "/late") await pause();
  if (path === "/upload") { while ((await input.read(10_000)).length > 0); }
  const header = path === "/broken/header" ? "a\r\nb" : "text/plain";
  const isShort = path === "/broken/short";
  if (path !== "/broken/silent") {
    const write = startResponse("200 OK", [
      ["Content-Type", header],
      ...isShort ? [["Content-Length", "999999"] as const] : [],
    ]);
    for (let i = 0; path === "/write" && i < PIECES; i++) {
      await pause();
      // If the client has left, this ends the call.
      await write(PIECE);
    }
  }
  return ledger.watch(BODIES[path]!(input) as Uint8Array[]);
};

/** Starts some bodies at once, without a promise. */
const app: Application = (environ, startResponse) => {
  const { PATH_INFO: path, "wsgi.input": input } = environ;
  const isFast = ["/hello", "/array", "/sync", "/stream"].includes(path);
  if (!isFast) return slow(environ, startResponse);
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  return ledger.watch(BODIES[path]!(input) as Uint8Array[]);
};

const report: Application = async (_environ, startResponse) => {
  await ledger.settled();
  // One collection leaves garbage for the next one. A record is written at the
  // end of the response, which a client that has left can delay.
  const isWaiting = () => records < calls - 1;
  for (let i = 0; i < 3 || isWaiting() && i < 100; i++) {
    gc?.();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  // This request is still running.
  if (records !== calls - 1) {
    faults.push(`${calls - 1} requests, ${records} in the access log`);
  }
  const { rss, heapUsed, external } = Deno.memoryUsage();
  const memory = { resident: rss, held: heapUsed + external };
  const all = { ...ledger, memory, faults: [...ledger.faults, ...faults] };
  startResponse("200 OK", [["Content-Type", "application/json"]]);
  return [new TextEncoder().encode(JSON.stringify(all))];
};

const errors = new StderrStream((text) => {
  // The expected errors of the broken applications and the leaving clients.
  if (!/^\w*Error: (?:broken on purpose|Cannot )|^Cannot read/.test(text)) {
    faults.push(`logged: ${text}`);
  }
});

const checked = Deno.args.includes("validate")
  ? validator(app, {
    throws: false,
    onViolation: ({ message }) => void faults.push(message),
  })
  : app;

const server = makeServer("127.0.0.1", 0, (environ, startResponse) => {
  const path = environ.PATH_INFO;
  calls++;
  if (path === "/report") return report(environ, startResponse);
  const inner = path.startsWith("/broken/") ? slow : checked;
  return inner(environ, startResponse);
}, { environ: { "wsgi.errors": errors }, log: () => void records++ });
// deno-lint-ignore no-console -- a program's output
console.log(server.port);
await server.serveForever();
