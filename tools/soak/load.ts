/**
 * The clients of the soak test.
 *
 * @module
 */

import { Random } from "../../tests/random.ts";

/** What a client does, and what it has to get. */
interface Visit {
  readonly path: string;
  /** How many bytes it uploads. */
  readonly upload?: number;
  /** The length of the answer, the status of an error, or a broken one. */
  readonly expected: number | "500" | "broken";
}

const LONG = 20 * 8192;

const GOOD: readonly Visit[] = [
  { path: "/hello", expected: 13 },
  { path: "/hello", expected: 13 },
  { path: "/sync", expected: LONG },
  { path: "/stream", expected: LONG },
  { path: "/write", expected: LONG },
  { path: "/echo", upload: 50_000, expected: 50_000 },
  { path: "/echo", upload: 0, expected: 0 },
];

const BROKEN: readonly Visit[] = [
  { path: "/broken/throws", expected: "500" },
  { path: "/broken/silent", expected: "500" },
  { path: "/broken/header", expected: "500" },
  { path: "/broken/chunk", expected: "500" },
  { path: "/broken/late", expected: "broken" },
  { path: "/broken/short", expected: "broken" },
];

/** How many clients there are at once. */
const AT_ONCE = 8;

/** How many come to a broken application, and how many leave early. */
const SHARE = 0.05;

/** What became of a load. */
export interface Load {
  /** How many requests were made. */
  requests: number;
  /** Answers that were not as they should be; each in words. */
  readonly surprises: string[];
}

async function visit(base: string, visit: Visit): Promise<string | undefined> {
  const { path, upload, expected } = visit;
  const init = upload === undefined
    ? {}
    : { method: "POST", body: new Uint8Array(upload) };
  let got: number | "500" | "broken";
  try {
    const response = await fetch(new URL(path, base), init);
    const { byteLength } = await response.arrayBuffer();
    got = response.status === 500 ? "500" : byteLength;
  } catch {
    got = "broken";
  }
  return got === expected
    ? undefined
    : `${path} gave ${got}, expected ${expected}`;
}

/** Goes away before the answer is complete. */
async function leave(base: string, random: Random): Promise<void> {
  const { hostname, port } = new URL(base);
  const { path, upload } = random.pick(GOOD);
  const head = upload === undefined
    ? `GET ${path} HTTP/1.1\r\nHost: h\r\n\r\n`
    : `POST ${path} HTTP/1.1\r\nHost: h\r\nContent-Length: ${
      upload + 100
    }\r\n\r\n`;
  try {
    using conn = await Deno.connect({ hostname, port: Number(port) });
    await conn.write(new TextEncoder().encode(head));
    await conn.write(new Uint8Array(random.below((upload ?? 0) + 1)));
    if (upload === undefined && random.chance(0.7)) {
      await conn.read(new Uint8Array(1 + random.below(4096)));
    }
  } catch {
    // It wanted to go anyway.
  }
}

/**
 * Visits a server for some time, at a steady rate.
 *
 * @param base The URL of the server.
 * @param load Where to count.
 * @param options For how many seconds, how many requests a second, and the seed.
 * @returns A promise that resolves when the time is over.
 */
export async function visitFor(
  base: string,
  load: Load,
  options: { seconds: number; rate: number; seed: number },
): Promise<void> {
  const random = new Random(options.seed);
  const start = performance.now();
  const end = start + options.seconds * 1000;
  let turn = 0;
  async function client(): Promise<void> {
    for (;;) {
      const wait = start + turn++ * 1000 / options.rate - performance.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      if (performance.now() >= end) return;
      load.requests++;
      const chance = random.next();
      if (chance < SHARE) {
        await leave(base, random);
        continue;
      }
      const visits = chance < 2 * SHARE ? BROKEN : GOOD;
      const surprise = await visit(base, random.pick(visits));
      if (surprise !== undefined) load.surprises.push(surprise);
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, client));
}
