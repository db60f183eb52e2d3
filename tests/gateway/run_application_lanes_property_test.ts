// One body, sent by every lane: at once as an array, chunk by chunk as a sync
// and as an async iterable, over transports that answer nothing, promises or
// gates. The client gets the same bytes, the log has the same entries, and
// close() is called once, last.

import { assertEquals } from "@std/assert";
import fc from "npm:fast-check@^4";
import { toBytes } from "../../wsgi/byte_string.ts";
import { Gate } from "../../gateway/gate.ts";
import type { HeaderTuple } from "../../wsgi/types.ts";
import { bodyOf, type Kind, KINDS } from "./recording_body.ts";
import {
  RecordingTransport,
  RespondingTransport,
  run,
} from "./recording_transport.ts";

/** Finds fault with a chunk of the body that comes before it was asked for. */
class PacedTransport extends RecordingTransport {
  /** The chunks of write(), which the application need not wait with. */
  readonly #unpaced: number;
  #count = 0;
  isWaiting = false;

  constructor(unpaced: number) {
    super();
    this.#unpaced = unpaced;
  }

  override write(chunk: Uint8Array): void | PromiseLike<void> {
    if (this.isWaiting && this.#count >= this.#unpaced) {
      this.faults.push("write while busy");
    }
    this.#count++;
    this.isWaiting = true;
    super.write(chunk);
  }
}

/** Gives promises that resolve by themselves, or nothing. */
class PromisingTransport extends PacedTransport {
  readonly #delay: () => number;

  constructor(unpaced: number, delay: () => number) {
    super(unpaced);
    this.#delay = delay;
  }

  override write(chunk: Uint8Array): void | Promise<void> {
    super.write(chunk);
    const delay = this.#delay();
    const ready = (): void => void (this.isWaiting = false);
    if (delay === 0) return ready();
    return new Promise<void>((resolve) => later(delay * delay, resolve))
      .then(ready);
  }
}

/** Gives one gate again and again, which opens at once, soon, or late. */
class GatedTransport extends PacedTransport {
  readonly #gate = new Gate();
  readonly #delay: () => number;

  constructor(unpaced: number, delay: () => number) {
    super(unpaced);
    this.#delay = delay;
  }

  override write(chunk: Uint8Array): PromiseLike<void> {
    super.write(chunk);
    this.#gate.close();
    const delay = this.#delay();
    const open = (): void => {
      this.isWaiting = false;
      this.#gate.open();
    };
    if (delay === 0) open();
    else later(delay * delay, open);
    return this.#gate;
  }
}

/** Calls a function after some jobs. */
function later(jobs: number, call: () => void): void {
  queueMicrotask(jobs === 1 ? call : () => later(jobs - 1, call));
}

interface Case {
  chunks: string[];
  writes: string[];
  code: number;
  method: string;
  /** Added to the right length; `null` for no Content-Length at all. */
  lengthOffset: number | null;
  /** What throws instead of this chunk; none if there are not so many. */
  failsAt: number;
  delays: number[];
}

const chunk = fc.string({ unit: fc.constantFrom("a", "\xff"), maxLength: 3 });
const anyCase: fc.Arbitrary<Case> = fc.record({
  chunks: fc.array(chunk, { maxLength: 5 }),
  writes: fc.array(chunk, { maxLength: 2 }),
  code: fc.constantFrom(200, 200, 404, 204, 205, 304),
  method: fc.constantFrom("GET", "GET", "HEAD"),
  lengthOffset: fc.option(fc.constantFrom(0, 0, -1, 2)),
  failsAt: fc.integer({ min: 0, max: 40 }),
  delays: fc.array(fc.constantFrom(0, 0, 1, 1, 4), {
    minLength: 1,
    maxLength: 4,
  }),
});

function headersOf({ lengthOffset, writes, chunks }: Case): HeaderTuple[] {
  const headers: HeaderTuple[] = [["X-A", "1"], ["X-A", "2"]];
  if (lengthOffset !== null) {
    const right = [...writes, ...chunks].join("").length;
    headers.push(["Content-Length", `${Math.max(0, right + lengthOffset)}`]);
  }
  return headers;
}

function* failing({ chunks, failsAt }: Case): Generator<string, void> {
  for (const [i, chunk] of chunks.entries()) {
    if (i === failsAt) throw new Error("The body failed");
    yield chunk;
  }
}

/** Everything that can be seen of one request from outside. */
async function observe(
  given: Case,
  kind: Kind,
  transport: RecordingTransport,
): Promise<Record<string, unknown>> {
  const { events } = transport;
  const { written } = await run((_environ, startResponse) => {
    const write = startResponse(`${given.code} Any`, headersOf(given));
    for (const chunk of given.writes) write(toBytes(chunk));
    return bodyOf(
      kind,
      kind === "array" ? given.chunks : failing(given),
      events,
    );
  }, { method: given.method, transport });
  return {
    code: transport.head?.code,
    headers: transport.headers,
    body: transport.body,
    outcome: transport.outcome,
    faults: transport.faults,
    log: written.map((text) => text.split("\n")[0]),
    closed: events.count("close"),
    last: events.list.filter((event) => !/^(?:write|head)/.test(event)).at(-1),
  };
}

function transportsOf({ delays, writes }: Case): RecordingTransport[] {
  const unpaced = writes.filter((chunk) => chunk !== "").length;
  let turn = 0;
  const delay = (): number => delays[turn++ % delays.length] ?? 0;
  return [
    new RecordingTransport(),
    new RespondingTransport(),
    new PromisingTransport(unpaced, delay),
    new GatedTransport(unpaced, delay),
  ];
}

Deno.test.each(KINDS)(
  "runApplication() does the same over transports of every pace: %s",
  async (kind) => {
    await fc.assert(
      fc.asyncProperty(anyCase, async (given) => {
        const [first, ...others] = transportsOf(given);
        const expected = await observe(given, kind, first!);
        for (const transport of others) {
          const seen = await observe(given, kind, transport);
          // What closes first, body or response, is the transport's business.
          assertEquals({ ...seen, last: 0 }, { ...expected, last: 0 });
        }
      }),
      { numRuns: 200 },
    );
  },
);
