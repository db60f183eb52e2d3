/**
 * The server of the soak test: applications that do well, under a validator,
 * and some that are broken. `/report` tells what became of their bodies, and
 * how much memory is in use. The first line of output is the port.
 *
 * Run with `--v8-flags=--expose-gc`.
 *
 * @module
 */

import { StderrStream } from "../../wsgi/error_stream.ts";
import { makeServer } from "../../server/make_server.ts";
import type {
  Application,
  HeaderTuple,
  InputStream,
} from "../../wsgi/types.ts";
import { validator } from "../../validator/validator.ts";
import { BodyLedger } from "../../tests/testdata/body_ledger.ts";
import type { Report } from "./report.ts";

const { gc } = globalThis as { gc?: () => void };
const HEADERS: readonly HeaderTuple[] = [["Content-Type", "text/plain"]];
const PIECE = new Uint8Array(8192).fill(0x61);
const encoder = new TextEncoder();
const ledger = new BodyLedger();
const faults: string[] = [];
let calls = 0;
let records = 0;

/** How many pieces a stream has. */
const PIECES = 20;

function* generate(): Generator<Uint8Array, void> {
  using _ = ledger.enter();
  for (let left = PIECES; left > 0; left--) yield PIECE;
}

async function* generateSlowly(): AsyncGenerator<Uint8Array, void> {
  using _ = ledger.enter();
  for (let left = PIECES; left > 0; left--) {
    yield PIECE;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

async function* echo(input: InputStream): AsyncGenerator<Uint8Array, void> {
  using _ = ledger.enter();
  for (;;) {
    const bytes = await input.read(8192);
    if (bytes.length === 0) return;
    yield bytes;
  }
}

function* fail(): Generator<Uint8Array, void> {
  using _ = ledger.enter();
  yield PIECE;
  throw new Error("broken on purpose");
}

const good: Record<string, Application> = {
  "/hello": (_environ, startResponse) => {
    startResponse("200 OK", HEADERS);
    return ledger.watch([encoder.encode("Hello world!\n")]);
  },
  "/sync": (_environ, startResponse) => {
    startResponse("200 OK", HEADERS);
    return ledger.watch(generate());
  },
  "/stream": (_environ, startResponse) => {
    startResponse("200 OK", HEADERS);
    return ledger.watch(generateSlowly());
  },
  "/write": async (_environ, startResponse) => {
    const write = startResponse("200 OK", HEADERS);
    for (let left = PIECES; left > 0; left--) await write(PIECE);
    return ledger.watch([]);
  },
  "/echo": (environ, startResponse) => {
    startResponse("200 OK", HEADERS);
    return ledger.watch(echo(environ["wsgi.input"]));
  },
};

/** Each breaks the contract in a way of its own; the compiler would tell. */
const broken: Record<string, (...args: Parameters<Application>) => unknown> = {
  "/broken/throws": () => {
    throw new Error("broken on purpose");
  },
  "/broken/silent": () => ledger.watch(generate()),
  "/broken/header": (_environ, startResponse) => {
    startResponse("200 OK", [["X-A", "a\r\nb"]]);
    return [];
  },
  "/broken/chunk": (_environ, startResponse) => {
    startResponse("200 OK", HEADERS);
    return ledger.watch(["text"] as unknown as Uint8Array[]);
  },
  "/broken/late": (_environ, startResponse) => {
    startResponse("200 OK", HEADERS);
    return ledger.watch(fail());
  },
  "/broken/short": (_environ, startResponse) => {
    startResponse("200 OK", [["Content-Length", "999999"]]);
    return ledger.watch(generate());
  },
};

const checked = validator(
  (environ, startResponse) => good[environ.PATH_INFO]!(environ, startResponse),
  {
    throws: false,
    onViolation: ({ message }) => void faults.push(message),
  },
);

const report: Application = async (_environ, startResponse) => {
  await ledger.settled();
  // One collection makes the garbage of the next.
  for (let round = 0; round < 3; round++) {
    gc?.();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  // This very request is not over yet.
  if (records !== calls - 1) {
    faults.push(`${calls - 1} requests, ${records} in the access log`);
  }
  const { made, closed, entered, left } = ledger;
  const { rss, heapUsed, external } = Deno.memoryUsage();
  const facts: Report = {
    bodies: { made, closed },
    work: { entered, left },
    faults: [...ledger.faults, ...faults],
    memory: { resident: rss, held: heapUsed + external },
  };
  startResponse("200 OK", [["Content-Type", "application/json"]]);
  return [encoder.encode(JSON.stringify(facts))];
};

const errors = new StderrStream((text) => {
  // What the broken ones and the leaving clients bring about, and no more.
  if (!/^\w*Error: (?:broken on purpose|Cannot )|^Cannot read/.test(text)) {
    faults.push(`logged: ${text}`);
  }
});

const server = makeServer("127.0.0.1", 0, (environ, startResponse) => {
  const { PATH_INFO } = environ;
  calls++;
  if (PATH_INFO === "/report") return report(environ, startResponse);
  const app = broken[PATH_INFO] as Application | undefined ?? checked;
  return app(environ, startResponse);
}, { environ: { "wsgi.errors": errors }, log: () => void records++ });
// deno-lint-ignore no-console -- a program's output
console.log(server.port);
await server.serveForever();
