/**
 * A process that runs tests, as the tool sees it.
 *
 * @module
 */

import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { type Job, MARK, type Message } from "./protocol.ts";

const CHILD = new URL("child.ts", import.meta.url).href;

/** How to start a process. */
export interface ProcessOptions {
  /** The folder of the instrumented copy. */
  readonly root: string;
  /** Further arguments of `deno run`, an import map say. */
  readonly denoArgs: readonly string[];
}

/** The settings of the copy, and not those of the place where this file is. */
async function configOf(root: string): Promise<string[]> {
  try {
    await Deno.stat(`${root}/deno.json`);
    return [`--config=${root}/deno.json`];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return ["--no-config"];
    throw error;
  }
}

/** Longer than any start takes, in milliseconds. */
const START_LIMIT = 120_000;

/**
 * Runs a job, and stops a process that no longer says anything.
 *
 * @param job What to do.
 * @param options How to start it.
 * @param onMessage Is told of every message.
 * @throws {Error} If the process does not start.
 */
export async function runJob(
  job: Job,
  { root, denoArgs }: ProcessOptions,
  onMessage: (message: Message) => void,
): Promise<void> {
  const path = await Deno.makeTempFile({ prefix: "mutation_job_" });
  const config = await configOf(root);
  await Deno.writeTextFile(path, JSON.stringify(job));
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "-q",
      "--no-check",
      ...config,
      ...denoArgs,
      CHILD,
      path,
    ],
    cwd: root,
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let isReady = false;
  const stop = () => child.kill("SIGKILL");
  let timer = setTimeout(stop, START_LIMIT);
  try {
    const lines = createInterface({ input: Readable.fromWeb(child.stdout) });
    for await (const line of lines) {
      if (!line.startsWith(MARK)) continue;
      const message: Message = JSON.parse(line.slice(MARK.length));
      clearTimeout(timer);
      timer = setTimeout(
        stop,
        message.kind === "test" ? message.limit : START_LIMIT,
      );
      isReady ||= message.kind === "ready";
      onMessage(message);
    }
    await child.status;
    if (!isReady) {
      throw new Error("Cannot try mutants: a process must start, got none");
    }
  } finally {
    clearTimeout(timer);
    await Deno.remove(path);
  }
}
