import { NODE_DEVIATIONS } from "../node_deviations.ts";
import { findNode, startNodeProgram } from "../node_process.ts";
import type { ServerPart } from "../part.ts";
import { versionOf } from "../server_process.ts";

/** `node:http` of Node.js with `toNodeListener()`. */
export const nodeNode: ServerPart = {
  name: "node:http of Node.js, toNodeListener()",
  missing: async () =>
    await findNode() === undefined
      ? "Node.js is not installed, nor can it be had from npm"
      : undefined,
  versions: async () => ({
    "Node.js": await versionOf(await findNode() ?? "node"),
  }),
  start: async (_app, remote) =>
    await startNodeProgram(await findNode() ?? "node", remote, NODE_DEVIATIONS),
};
