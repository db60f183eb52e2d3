/** Servers for tests, each in a process that may end at any time. */

import { type Outcome, Program } from "./program.ts";

/** The code of a program that the signal has ended: 128 and 15. */
const TERMINATED = 143;

/** Starts a server whose first line of output is its port. */
export async function startServer(
  ...file: string[]
): Promise<{ program: Program; port: number }> {
  const program = new Program(
    "run",
    "--allow-net",
    "--allow-sys",
    // Its garbage must not count as memory.
    "--v8-flags=--expose-gc",
    ...file,
  );
  return { program, port: Number(await program.firstLine()) };
}

/** Signs of an error that has ended a server. */
const ALARM = /panicked|uncaught|unhandled|^error:/i;

/** The end of a server. */
export interface ServerOutcome extends Outcome {
  /** Whether it was alive until it was stopped. */
  readonly wasAlive: boolean;
  /** The first line of an error that ends programs. */
  readonly alarm: string | undefined;
}

/** Ends a server. */
export async function stopServer(program: Program): Promise<ServerOutcome> {
  program.kill("SIGTERM");
  const outcome = await program.outcome();
  const lines = outcome.stderr.split("\n");
  const first = lines.findIndex((line) => ALARM.test(line));
  return {
    ...outcome,
    wasAlive: outcome.code === TERMINATED,
    // Deno describes a panic in the next line.
    alarm: first === -1 ? undefined : lines.slice(first, first + 2).join(" "),
  };
}
