/**
 * A server whose clients leave. It keeps book of every body it has made: which
 * were closed, and whether `return()` was called where it was due. `/report`
 * gives the book. The first line of output is the port.
 *
 * Run with `--v8-flags=--expose-gc`, so that what waits to be collected is not
 * taken for what is held.
 */

import { StderrStream } from "../../wsgi/error_stream.ts";
import { makeServer } from "../../server/make_server.ts";
import type {
  Application,
  InputStream,
  ResponseBody,
} from "../../wsgi/types.ts";
import { Random } from "../random.ts";
import { BodyLedger } from "./body_ledger.ts";

const { gc } = globalThis as { gc?: () => void };
const ledger = new BodyLedger();
const faults: string[] = [];

/** How long a body takes between two chunks is up to chance, too. */
const random = new Random(1);

/** Waits for a few milliseconds, or hardly at all. */
function pause(): Promise<void> {
  const time = random.chance(0.5) ? 0 : random.below(5);
  return new Promise((resolve) => setTimeout(resolve, time));
}

function chunk(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(1 + random.below(65_536)).fill(0x61);
}

function countOfChunks(): number {
  return 1 + random.below(12);
}

function* generate(): Generator<Uint8Array, void> {
  using _ = ledger.enter();
  for (let left = countOfChunks(); left > 0; left--) yield chunk();
}

async function* generateSlowly(): AsyncGenerator<Uint8Array, void> {
  using _ = ledger.enter();
  for (let left = countOfChunks(); left > 0; left--) {
    await pause();
    yield chunk();
  }
}

async function* echo(input: InputStream): AsyncGenerator<Uint8Array, void> {
  using _ = ledger.enter();
  for (;;) {
    const bytes = await input.read(10_000);
    if (bytes.length === 0) return;
    yield bytes;
  }
}

function stream(): ReadableStream<Uint8Array> {
  let left = countOfChunks();
  const work = ledger.enter();
  return new ReadableStream({
    async pull(controller): Promise<void> {
      await pause();
      if (left-- > 0) return controller.enqueue(chunk());
      work[Symbol.dispose]();
      controller.close();
    },
    cancel: () => work[Symbol.dispose](),
  });
}

const behaviours: Record<string, (input: InputStream) => ResponseBody> = {
  "/array": () => [chunk(), chunk()],
  "/sync": generate,
  "/async": generateSlowly,
  "/stream": stream,
  "/late": generate,
  "/write": generate,
  "/upload": generate,
  "/echo": echo,
};

const app: Application = async (environ, startResponse) => {
  const { PATH_INFO } = environ;
  const input = environ["wsgi.input"];
  if (PATH_INFO === "/late") await pause();
  if (PATH_INFO === "/upload") {
    while ((await input.read(10_000)).length > 0);
  }
  const write = startResponse("200 OK", [["Content-Type", "text/plain"]]);
  if (PATH_INFO === "/write") {
    for (let left = countOfChunks(); left > 0; left--) {
      await pause();
      // If the client has left, this ends the call.
      await write(chunk());
    }
  }
  return ledger.watch(behaviours[PATH_INFO]!(input));
};

/** These begin at once: no promise is on the way of their bodies. */
const immediate: Application = (environ, startResponse) => {
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  const make = behaviours[environ.PATH_INFO]!;
  return ledger.watch(make(environ["wsgi.input"]));
};

const report: Application = async (_environ, startResponse) => {
  await ledger.settled();
  // One collection makes the garbage of the next.
  for (let round = 0; round < 3; round++) {
    gc?.();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  startResponse("200 OK", [["Content-Type", "application/json"]]);
  const { made, closed, cut, entered, left } = ledger;
  const { rss, heapUsed, external } = Deno.memoryUsage();
  const text = JSON.stringify({
    bodies: { made, closed, cut },
    work: { entered, left },
    faults: [...ledger.faults, ...faults],
    memory: { resident: rss, held: heapUsed + external },
  });
  return [new TextEncoder().encode(text)];
};

const errors = new StderrStream((text) => {
  // Whose client has left is no fault of the application.
  if (/^RequestBodyError: |^Cannot read the request body: /.test(text)) return;
  faults.push(`logged: ${text}`);
});

const server = makeServer("127.0.0.1", 0, (environ, startResponse) => {
  if (environ.PATH_INFO === "/report") return report(environ, startResponse);
  const isImmediate = ["/array", "/sync", "/stream"].includes(
    environ.PATH_INFO,
  );
  return (isImmediate ? immediate : app)(environ, startResponse);
}, { log: false, environ: { "wsgi.errors": errors } });
// deno-lint-ignore no-console -- a program's output
console.log(server.port);
await server.serveForever();
