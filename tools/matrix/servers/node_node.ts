/**
 * `node:http` of Node.js with `toNodeListener()`.
 *
 * @module
 */

import { NODE_DEVIATIONS } from "../node_deviations.ts";
import { findNode, findOwnNode, startNodeProgram } from "../node_process.ts";
import type { ServerPart } from "../part.ts";
import { versionOf } from "../server_process.ts";

function nodePart(
  name: string,
  find: () => Promise<string | undefined>,
  absent: string,
): ServerPart {
  return {
    name,
    missing: async () => await find() === undefined ? absent : undefined,
    versions: async () => ({
      "Node.js": await versionOf(await find() ?? "node"),
    }),
    start: async (_app, remote) =>
      await startNodeProgram(await find() ?? "node", remote, NODE_DEVIATIONS),
  };
}

/** The long-term version of Node.js. */
export const nodeNode: ServerPart = nodePart(
  "node:http of Node.js, toNodeListener()",
  findNode,
  "the package node@24 cannot be had from npm",
);

/** The Node.js of the machine. */
export const nodeOwn: ServerPart = nodePart(
  "node:http of the installed Node.js, toNodeListener()",
  () => Promise.resolve(findOwnNode()),
  "Node.js is not installed",
);
