/**
 * Servers of `node:http` in runtimes that are programs of their own.
 *
 * @module
 */

import { npmProgram } from "./npm_program.ts";
import { bundle, makeFolder, ServerProcess } from "./server_process.ts";

/** Finds the long-term version of Node.js, if npm answers. */
export async function findNode(): Promise<string | undefined> {
  return await npmProgram("node@24");
}

/** Starts `node_program.ts` in a runtime; it reports to an address. */
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
