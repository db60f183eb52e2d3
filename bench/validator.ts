/**
 * What the validator costs: requests per second with and without it, and what
 * each subject of rules adds.
 *
 * ```sh
 * deno task bench:validator
 * ```
 *
 * The servers are processes of their own and take turns, so that a noisy
 * machine disturbs both alike. `wrk` makes the load (Debian's package `wrk`).
 * CPU time is what `/proc` says of the server.
 *
 * @module
 */

import {
  type Application,
  runApplication,
  setupTestingDefaults,
  type Transport,
  validator,
} from "../mod.ts";
import { RULES } from "../rules/table.ts";

const ROUNDS = 5;
const SECONDS = 2;
const CONNECTIONS = 32;
/** Clock ticks of /proc/PID/stat in a second; 100 on every Linux there is. */
const TICKS = 100;

const body = new TextEncoder().encode("Hello world!\n");

/** The application of all measurements. */
export const hello: Application = (_environ, startResponse) => {
  startResponse("200 OK", [
    ["Content-Type", "text/plain"],
    ["Content-Length", "13"],
  ]);
  return [body];
};

interface Sample {
  readonly perSecond: number;
  readonly micros: number;
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** CPU time of a process so far, in seconds. */
async function cpuTime(pid: number): Promise<number> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
  // The second field is a name in parentheses, which may hold blanks.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

async function measure(mode: "bare" | "validated"): Promise<Sample> {
  const server = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "-A", import.meta.url, "serve", mode],
    stdout: "piped",
  }).spawn();
  try {
    const reader = server.stdout.getReader();
    const { value = new Uint8Array() } = await reader.read();
    reader.releaseLock();
    const url = text(value).trim();
    const load = async (seconds: number): Promise<number> => {
      const { stdout } = await new Deno.Command("wrk", {
        args: ["-t1", `-c${CONNECTIONS}`, `-d${seconds}`, url],
      }).output();
      return Number(/(\d+) requests in/.exec(text(stdout))?.[1]);
    };
    await load(1);
    const before = await cpuTime(server.pid);
    const requests = await load(SECONDS);
    const spent = await cpuTime(server.pid) - before;
    return { perSecond: requests / SECONDS, micros: spent / requests * 1e6 };
  } finally {
    server.kill();
    await server.stdout.cancel();
    await server.status;
  }
}

/** The best of several rounds: what disturbs only ever takes away. */
function best(samples: readonly Sample[]): Sample {
  return {
    perSecond: Math.max(...samples.map(({ perSecond }) => perSecond)),
    micros: Math.min(...samples.map(({ micros }) => micros)),
  };
}

const silent: Transport = {
  respond: () => {},
  sendHead: () => {},
  write: () => {},
  end: () => {},
  abort: () => {},
};

/** The time of one request without a socket, in microseconds. */
function timeOf(app: Application): number {
  let least = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    for (let i = 0; i < 20_000; i++) {
      runApplication(app, setupTestingDefaults({}), silent);
    }
    least = Math.min(least, (performance.now() - start) / 20);
  }
  return least;
}

function printSubjects(): void {
  const subjects = new Set(RULES.map(({ id }) => id.replace(/\/.*/, "/*")));
  timeOf(validator(hello));
  const bare = timeOf(hello);
  const all = timeOf(validator(hello));
  const none = timeOf(validator(hello, { rules: { "*": "off" } }));
  print(`\nWithout a socket, per request:`);
  print(row("bare", `${bare.toFixed(2)} µs`));
  print(row("validated", `${all.toFixed(2)} µs`));
  print(row("all rules off", `${none.toFixed(2)} µs`));
  for (const subject of subjects) {
    const without = timeOf(validator(hello, { rules: { [subject]: "off" } }));
    print(row(subject, `${Math.max(0, all - without).toFixed(2)} µs`));
  }
}

function row(name: string, value: string): string {
  return `  ${name.padEnd(18)} ${value}`;
}

function print(line: string): void {
  // deno-lint-ignore no-console -- a program's output
  console.log(line);
}

async function main(): Promise<void> {
  const samples = { bare: [] as Sample[], validated: [] as Sample[] };
  for (let round = 0; round < ROUNDS; round++) {
    samples.bare.push(await measure("bare"));
    samples.validated.push(await measure("validated"));
  }
  const bare = best(samples.bare);
  const validated = best(samples.validated);
  print(`Over a socket, best of ${ROUNDS} rounds of ${SECONDS} s each:`);
  for (
    const [name, { perSecond, micros }] of Object.entries({ bare, validated })
  ) {
    print(
      row(
        name,
        `${perSecond.toFixed(0)} requests/s, ${micros.toFixed(1)} µs CPU`,
      ),
    );
  }
  const throughput = validated.perSecond / bare.perSecond;
  const cpu = bare.micros / validated.micros;
  print(
    row(
      "ratio",
      `${throughput.toFixed(2)} by throughput, ${cpu.toFixed(2)} by CPU`,
    ),
  );
  printSubjects();
}

async function serve(mode: string | undefined): Promise<void> {
  const { makeServer } = await import("../server.ts");
  const app = mode === "validated" ? validator(hello) : hello;
  const server = makeServer("127.0.0.1", 0, app, { log: false });
  print(server.url);
  await server.serveForever();
}

if (import.meta.main) {
  if (Deno.args[0] === "serve") await serve(Deno.args[1]);
  else await main();
}
