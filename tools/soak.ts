/**
 * The soak test: five minutes of mixed load on a server in its own process. At
 * the end, all bodies must be closed, and the memory must not have grown since
 * the first minute.
 *
 * `deno task soak [SECONDS] [SEED]`
 *
 * @module
 */

import { Random } from "../tests/random.ts";
import { startServer, stopServer } from "../tests/server_program.ts";

/** The report of the server: its bodies, generators and memory. */
export interface Report {
  readonly made: number;
  readonly closed: number;
  readonly entered: number;
  readonly left: number;
  readonly faults: readonly string[];
  readonly memory: { readonly resident: number; readonly held: number };
}

const SERVER = "tests/testdata/leaving_server.ts";
const LONG = 20 * 8192;

/**
 * The length of the response by path, and the responses of the broken
 * applications.
 */
const GOOD = {
  ...{ "/hello": 13, "/sync": LONG, "/stream": LONG, "/write": LONG },
  "/echo": 50_000,
};
const BROKEN = {
  ...{ "/broken/throws": "500", "/broken/silent": "500" },
  ...{ "/broken/header": "500", "/broken/chunk": "500" },
  ...{ "/broken/late": "broken", "/broken/short": "broken" },
};

/** Describes an unexpected response. */
async function visit(
  base: string,
  [path, expected]: readonly [string, number | string],
): Promise<string[]> {
  const upload = { method: "POST", body: new Uint8Array(GOOD["/echo"]) };
  let got: number | string = "broken";
  try {
    const init = path === "/echo" ? upload : {};
    const response = await fetch(new URL(path, base), init);
    const { byteLength } = await response.arrayBuffer();
    got = response.status === 500 ? "500" : byteLength;
  } catch {
    // The connection was closed.
  }
  return got === expected ? [] : [`${path} returned ${got}, not ${expected}`];
}

/** Leaves before the response is complete. */
async function leave(base: string, random: Random): Promise<void> {
  const { hostname, port } = new URL(base);
  const path = random.pick(Object.keys(GOOD));
  const head = path === "/echo"
    ? "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 50000\r\n\r\nsome"
    : `GET ${path} HTTP/1.1\r\nHost: h\r\n\r\n`;
  try {
    using conn = await Deno.connect({ hostname, port: Number(port) });
    await conn.write(new TextEncoder().encode(head));
    // The response to an upload waits for the rest of the body.
    if (path !== "/echo" && random.chance(0.7)) {
      await conn.read(new Uint8Array(4096));
    }
  } catch {
    // The server may close the connection first.
  }
}

/**
 * Runs eight clients with 200 requests per second. Returns the unexpected
 * responses.
 */
async function load(
  base: string,
  seconds: number,
  random: Random,
): Promise<{ requests: number; surprises: string[] }> {
  const surprises: string[] = [];
  const start = performance.now();
  let requests = 0;
  const client = async (): Promise<void> => {
    for (;;) {
      const due = requests++ * 5;
      if (due >= seconds * 1000) return;
      const wait = start + due - performance.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      const chance = random.next();
      if (chance < 0.05) await leave(base, random);
      else {
        const visits = Object.entries(chance < 0.1 ? BROKEN : GOOD);
        surprises.push(
          ...await visit(base, random.pick<[string, number | string]>(visits)),
        );
      }
    }
  };
  await Promise.all(Array.from({ length: 8 }, client));
  return { requests, surprises };
}

/** Describes the problems of a server after some seconds of load. */
export function findings(
  seconds: number,
  before: Report,
  { made, closed, entered, left, faults, memory }: Report,
): string[] {
  const found = [...faults];
  if (made !== closed) found.push(`${made} bodies, ${closed} closed`);
  if (entered !== left) found.push(`${entered} generators, ${left} ended`);
  for (const what of ["resident", "held"] as const) {
    // The heap of a process takes two minutes to reach a stable size.
    const allowed = what === "resident" && seconds < 120 ? 0.6 : 0.1;
    const limit = Math.max(before.memory[what] * allowed, 1024 * 1024);
    const growth = memory[what] - before.memory[what];
    if (growth > limit) found.push(`${what} memory grows by ${growth} bytes`);
  }
  return found;
}

if (import.meta.main) {
  const [seconds = 300, seed = 1] = Deno.args.map(Number);
  const random = new Random(seed);
  const { program, port } = await startServer(SERVER, "validate");
  await using _ = program;
  const base = `http://127.0.0.1:${port}/`;
  const report = async (): Promise<Report> =>
    await (await fetch(new URL("/report", base))).json();
  const warmUp = Math.min(60, seconds / 3);
  const first = await load(base, warmUp, random);
  const before = await report();
  const { requests, surprises } = await load(base, seconds - warmUp, random);
  const after = await report();
  const { alarm, wasAlive } = await stopServer(program);
  const found = [
    ...first.surprises,
    ...surprises,
    ...findings(seconds, before, after),
    ...alarm === undefined ? [] : [alarm],
    ...wasAlive ? [] : ["the server has ended"],
  ];
  // deno-lint-ignore no-console -- a program's output
  console.log(found.length > 0 ? `FAILED: ${found.join("; ")}` : "ok:", {
    requests: first.requests + requests,
    bodies: after.made,
    before: before.memory,
    after: after.memory,
  });
  if (found.length > 0) Deno.exit(1);
}
