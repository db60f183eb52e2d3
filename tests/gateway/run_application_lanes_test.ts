// For all kinds of bodies and transports, the client gets the same response, the
// log has the same entries, and close() is called once, last. The expected
// response is modelled after SPEC.md.

import { assertEquals } from "@std/assert";
import fc from "npm:fast-check@^4";
import { toBytes } from "../../wsgi/byte_string.ts";
import type { HeaderTuple } from "../../wsgi/types.ts";
import { transportsOf } from "./paced_transports.ts";
import { bodyOf, type Kind, KINDS } from "./recording_body.ts";
import {
  answering,
  Events,
  type LooseApplication,
  RecordingTransport,
  Run,
  run,
  turn,
} from "./recording_transport.ts";

interface Case {
  method: string;
  code: number;
  /** Added to the right length; `null` for no Content-Length at all. */
  lengthOffset: number | null;
  writes: string[];
  chunks: string[];
  /** Whether startResponse is called late, if the kind allows it. */
  isLate: boolean;
  isAsync: boolean;
  /** The chunk at which the body throws, if any. */
  failsAt: number | null;
  /** The delays of a transport for each chunk. */
  delays: number[];
}

const anyChunk = fc.oneof(
  { weight: 1, arbitrary: fc.constant("") },
  { weight: 3, arbitrary: fc.string({ unit: fc.constantFrom("a", "\xff") }) },
  { weight: 1, arbitrary: fc.constant("LARGE") },
);

/** Two large chunks are too large to be joined. */
function expand(chunks: string[]): string[] {
  return chunks.map((chunk) => chunk === "LARGE" ? "L".repeat(40_000) : chunk);
}

const anyCase: fc.Arbitrary<Case> = fc.record({
  method: fc.constantFrom("GET", "HEAD", "head", "CONNECT"),
  code: fc.constantFrom(200, 204, 205, 299, 304, 404, 599),
  lengthOffset: fc.option(fc.constantFrom(0, 0, -1, -4, 1, 100)),
  writes: fc.array(anyChunk, { maxLength: 2 }),
  chunks: fc.array(anyChunk, { maxLength: 4 }),
  isLate: fc.boolean(),
  isAsync: fc.boolean(),
  failsAt: fc.option(fc.nat(4), { freq: 1 }),
  delays: fc.array(fc.constantFrom(0, 0, 1, 1, 4), { minLength: 1 }),
});

/** The Content-Length of a case, if the application gives one. */
function lengthOf({ lengthOffset, writes, chunks }: Case): number | undefined {
  if (lengthOffset === null) return undefined;
  const right = expand([...writes, ...chunks]).join("").length;
  return Math.max(0, right + lengthOffset);
}

function headersOf(given: Case): HeaderTuple[] {
  const length = lengthOf(given);
  const headers: HeaderTuple[] = [["X-First", "1"], ["X-Last", "2"]];
  if (length !== undefined) {
    headers.splice(1, 0, ["Content-Length", `${length}`]);
  }
  return headers;
}

/** The response of the client, and the first lines of the logged errors. */
interface Outcome {
  code: number | undefined;
  headers: readonly HeaderTuple[];
  body: string;
  outcome: string;
  log: (string | undefined)[];
}

/** Whether the server notices that the body is longer than its length. */
function overflows(given: Case, length: number): boolean {
  let sent = 0;
  let isBegun = false;
  let isOver = false;
  const send = (chunk: string): void => {
    isBegun ||= chunk !== "";
    isOver ||= sent + chunk.length > length;
    sent = Math.min(length, sent + chunk.length);
  };
  expand(given.writes).forEach(send);
  const chunks = expand(given.chunks);
  // The next() that calls startResponse late also returns a chunk.
  if (given.isLate) send(chunks.shift() ?? "");
  for (const chunk of chunks) {
    const isFull = isBegun && sent === length;
    send(chunk);
    // Once the length is reached, the body is asked once more.
    if (isFull) break;
  }
  return isOver;
}

/** The model. */
function expected(given: Case, kind: Kind): Outcome {
  const { method, code } = given;
  const whole = expand([...given.writes, ...given.chunks]).join("");
  const length = lengthOf(given);
  const headers = headersOf(given);
  const isBodiless = method === "HEAD" || [204, 205, 304].includes(code);
  // length-null-body, length-connect
  if (code === 204 || code === 205 || (method === "CONNECT" && code < 300)) {
    const kept = headers.filter(([name]) => name !== "Content-Length");
    if (code === 205) kept.push(["Content-Length", "0"]);
    return { code, headers: kept, body: "", outcome: "ended", log: [] };
  }
  const isKnown = kind === "array" || (whole === "" && !isBodiless);
  const isLengthAdded = length === undefined && code !== 304 && isKnown &&
    given.writes.join("") === "" && !(method === "HEAD" && whole === "");
  if (isLengthAdded) headers.push(["Content-Length", `${whole.length}`]);
  if (isBodiless) {
    return { code, headers, body: "", outcome: "ended", log: [] };
  }
  const body = whole.slice(0, length ?? Infinity);
  // length-truncated, length-short-breaks
  const log: string[] = [];
  const isShort = body.length < (length ?? 0);
  if (isShort) {
    log.push(
      `Error: Cannot complete the response: the body has ${body.length} bytes, its Content-Length is ${length}`,
    );
  } else if (overflows(given, length ?? Infinity)) {
    log.push(
      `RangeError: Cannot send the whole body: it is longer than its Content-Length of ${length}`,
    );
  }
  return { code, headers, body, outcome: isShort ? "aborted" : "ended", log };
}

// error-500, error-breaks
function expectedFailure({ code, writes, chunks, failsAt }: Case): unknown[] {
  const body = expand([...writes, ...chunks.slice(0, failsAt!)]).join("");
  const answer = body === ""
    ? [500, "500 Internal Server Error\n", "ended"]
    : [code, body, "aborted"];
  return [...answer, "Error: The body failed"];
}

/** The application of a case, with the headers that it passes. */
function applicationOf(
  given: Case,
  kind: Kind,
  headers: HeaderTuple[],
  events: Events,
): LooseApplication {
  const { code, isLate, isAsync, failsAt } = given;
  const [writes, chunks] = [expand(given.writes), expand(given.chunks)];
  return (_environ, startResponse) => {
    const start = (): void => {
      const write = startResponse(`${code} Any`, headers);
      for (const chunk of writes) write(toBytes(chunk));
    };
    if (!isLate) start();
    const generate = function* (): Generator<string, void> {
      if (isLate) {
        yield "";
        start();
      }
      for (const [index, chunk] of chunks.entries()) {
        if (index === failsAt) throw new Error("The body failed");
        yield chunk;
      }
    };
    const body = bodyOf(kind, generate(), events);
    return isAsync ? Promise.resolve(body) : body;
  };
}

/** The transports for a case. The writes need not wait, nor does the chunk of a
 * next() that makes them. */
function transports(
  { writes, chunks, isLate, delays }: Case,
): RecordingTransport[] {
  const early = isLate ? [...writes, chunks[0] ?? ""] : writes;
  return transportsOf(early.filter((chunk) => chunk !== "").length, delays);
}

/** Runs a case, and returns its visible outcome. */
async function observe(
  given: Case,
  kind: Kind,
  transport: RecordingTransport,
): Promise<Outcome> {
  const events = new Events();
  const headers = headersOf(given);
  const before = structuredClone(headers);
  const app = applicationOf(given, kind, headers, events);
  const { written } = await run(app, { method: given.method, transport });
  assertEquals(headers, before);
  // server-one-next, server-no-late-next: no other event of a body. return() at
  // most once and before close(), close() always once.
  const ends = events.list.filter((event) => event !== "next");
  if (ends.length > 1) assertEquals(ends.shift(), "return");
  assertEquals(ends, ["close"]);
  const log = written.map((text) => text.split("\n")[0]);
  const { reason } = transport;
  if (transport.outcome === "aborted") assertEquals([`${reason}`], log);
  return {
    code: transport.head?.code,
    headers: transport.headers,
    body: transport.body,
    outcome: transport.outcome,
    log,
  };
}

Deno.test.each(KINDS)(
  "runApplication() sends the same response over every transport at every pace: %s",
  async (kind) => {
    await fc.assert(
      fc.asyncProperty(anyCase, async (any) => {
        // An array is read before the response begins, so it is never late.
        const isLate = any.isLate && kind !== "array";
        const given = { ...any, isLate, failsAt: null };
        for (const transport of transports(given)) {
          const seen = await observe(given, kind, transport);
          assertEquals(seen, expected(given, kind));
        }
      }),
      { numRuns: 300 },
    );
  },
);

Deno.test.each(KINDS.slice(1))(
  "runApplication() ends a body that throws in the same way over every transport: %s",
  async (kind) => {
    await fc.assert(
      fc.asyncProperty(anyCase, async (given) => {
        const [first, ...others] = transports(given);
        const seen = await observe(given, kind, first!);
        for (const transport of others) {
          assertEquals(await observe(given, kind, transport), seen);
        }
        if ((given.failsAt ?? Infinity) >= given.chunks.length) return;
        const plain = {
          ...given,
          method: "GET",
          code: 200,
          lengthOffset: null,
        };
        const [transport] = transports(plain);
        const { code, body, outcome, log } = await observe(
          plain,
          kind,
          transport!,
        );
        assertEquals([code, body, outcome, ...log], expectedFailure(plain));
      }),
      { numRuns: 200 },
    );
  },
);

Deno.test("runApplication() sends a large array only as fast as the transport accepts it", async () => {
  const transport = new RecordingTransport();
  transport.isBusy = true;
  const [a, b] = ["a".repeat(40_000), "b".repeat(40_000)];
  const app = answering(() => [toBytes(a), toBytes(b)]);
  const waiting = new Run(app, { transport });
  await transport.events.seen(`write ${a}`);
  await turn();
  assertEquals(transport.body.length, 40_000);
  transport.release();
  await transport.events.seen(`write ${b}`);
  transport.release();
  await waiting.finish();
  assertEquals(transport.body, a + b);
  assertEquals(transport.head?.contentLength, 80_000);
});
