/**
 * Servers of `node:http` in runtimes that are programs of their own.
 *
 * @module
 */

import type {
  RemoteProbe,
  RunningServer,
} from "../../conformance/server_under_test.ts";
import { npmProgram } from "./npm_program.ts";
import { toRunning } from "./remote_subject.ts";
import { findProgram, makeFolder, ServerProcess } from "./server_process.ts";

const ROOT = new URL("../../", import.meta.url);
const PROGRAM = new URL("node_program.ts", import.meta.url);

/**
 * Finds the long-term version of Node.js.
 *
 * @returns Its path, from npm; nothing if npm does not answer.
 */
export async function findNode(): Promise<string | undefined> {
  return await npmProgram("node@24");
}

/**
 * Finds the Node.js of the machine.
 *
 * @returns Its path; nothing if there is none.
 */
export function findOwnNode(): string | undefined {
  return findProgram("node");
}

/**
 * Makes one JavaScript module of the program that serves the application of
 * the kit.
 *
 * @param output The path of the module.
 */
async function bundleProgram(output: string): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["bundle", "--quiet", "--platform", "deno", "-o", output],
      PROGRAM.pathname,
    ],
    cwd: ROOT,
    stdin: "null",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

/**
 * Starts the application of the kit on `node:http`.
 *
 * @param program The path of the runtime.
 * @param remote What the kit gave.
 * @param deviations What its transport cannot express.
 * @returns The server.
 */
export async function startNodeProgram(
  program: string,
  remote: RemoteProbe,
  deviations: Readonly<Record<string, string>>,
): Promise<RunningServer> {
  const folder = await makeFolder({});
  try {
    await bundleProgram(`${folder}/program.mjs`);
    const process = await ServerProcess.start({
      program,
      args: ["program.mjs", remote.listen()],
      folder,
      ready: /^listening on ([0-9]+)$/m,
    });
    return toRunning(process, deviations);
  } catch (error) {
    await Deno.remove(folder, { recursive: true }).catch(() => {});
    throw error;
  }
}
