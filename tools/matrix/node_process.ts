/**
 * Servers of `node:http` in runtimes that are programs of their own.
 *
 * @module
 */

import { npmProgram } from "./npm_program.ts";
import { bundle, makeFolder, ServerProcess } from "./server_process.ts";

/**
 * Finds the long-term version of Node.js.
 *
 * @returns Its path, from npm; `undefined` if npm does not answer.
 */
export async function findNode(): Promise<string | undefined> {
  return await npmProgram("node@24");
}

/**
 * Starts the application of the kit on `node:http`.
 *
 * @param program The path of the runtime.
 * @param address Where the application reports to.
 * @returns The server.
 */
export async function startNodeProgram(
  program: string,
  address: string,
): Promise<ServerProcess> {
  const folder = await makeFolder({});
  const main = new URL("node_program.ts", import.meta.url).pathname;
  await bundle(folder, main, `${folder}/program.mjs`, "deno");
  return await ServerProcess.start({
    program,
    args: ["program.mjs", address],
    folder,
    ready: /^listening on ([0-9]+)$/m,
  });
}
