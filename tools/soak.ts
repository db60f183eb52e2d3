/**
 * The soak test: five minutes of mixed load on a server of its own process. At
 * the end every body is closed and the memory is what it was after the first
 * minute.
 *
 * `deno task soak [--seconds N] [--rate N] [--seed N]`
 *
 * @module
 */

import { startServer, stopServer } from "../tests/server_program.ts";
import { type Load, visitFor } from "./soak/load.ts";
import { judge, type Report, type Soak } from "./soak/report.ts";

/** The warm-up: a minute of five, and of shorter runs a third. */
function warmUpOf(seconds: number): number {
  return Math.min(60, seconds / 3);
}

function optionsOf(
  args: readonly string[],
): { seconds: number; rate: number; seed: number } {
  const options = { seconds: 300, rate: 200, seed: 1 };
  for (let i = 0; i < args.length; i += 2) {
    const name = args[i]?.replace(/^--/, "");
    const value = Number(args[i + 1]);
    if (name !== "seconds" && name !== "rate" && name !== "seed") {
      throw new TypeError(
        `Cannot soak: options are --seconds, --rate and --seed, got "${name}"`,
      );
    }
    if (!(value > 0)) {
      throw new RangeError(
        `Cannot soak: --${name} must be a number above 0, got "${args[i + 1]}"`,
      );
    }
    options[name] = value;
  }
  return options;
}

/** What a server that is gone has to say. */
const NOTHING: Report = {
  bodies: { made: 0, closed: 0 },
  work: { entered: 0, left: 0 },
  faults: ["no report"],
  memory: { resident: 0, held: 0 },
};

async function reportOf(base: string): Promise<Report> {
  try {
    const response = await fetch(new URL("/report", base));
    return await response.json();
  } catch {
    return NOTHING;
  }
}

/**
 * Runs the soak test.
 *
 * @param args The options of the command line.
 * @returns How it went.
 */
export async function soak(args: readonly string[]): Promise<Soak> {
  const { seconds, rate, seed } = optionsOf(args);
  const { program, port } = await startServer("tools/soak/server.ts");
  await using _ = program;
  const base = `http://127.0.0.1:${port}/`;
  const load: Load = { requests: 0, surprises: [] };
  const warmUp = warmUpOf(seconds);
  await visitFor(base, load, { seconds: warmUp, rate, seed });
  const before = await reportOf(base);
  await visitFor(base, load, {
    seconds: seconds - warmUp,
    rate,
    seed: seed + 1,
  });
  const after = await reportOf(base);
  const { alarm, wasAlive } = await stopServer(program);
  return { seconds, ...load, before, after, alarm, isAlive: wasAlive };
}

if (import.meta.main) {
  const { isGood, line } = judge(await soak(Deno.args));
  // deno-lint-ignore no-console -- a program's output
  console.log(line);
  if (!isGood) Deno.exit(1);
}
