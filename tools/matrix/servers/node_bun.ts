import { NODE_DEVIATIONS } from "../node_deviations.ts";
import { startNodeProgram } from "../node_process.ts";
import { npmProgram } from "../npm_program.ts";
import type { ServerPart } from "../part.ts";
import { versionOf } from "../server_process.ts";

const DEVIATIONS: Readonly<Record<string, string>> = {
  ...NODE_DEVIATIONS,
  "target/asterisk-form":
    "node:http of Bun answers the target * with 400, before any listener is called",
};

/** `node:http` of Bun with `toNodeListener()`. */
export const nodeBun: ServerPart = {
  name: "node:http of Bun, toNodeListener()",
  missing: async () =>
    await npmProgram("bun") === undefined
      ? "bun cannot be had from npm"
      : undefined,
  versions: async () => ({
    bun: await versionOf(await npmProgram("bun") ?? "bun"),
  }),
  start: async (_app, remote) =>
    await startNodeProgram(
      await npmProgram("bun") ?? "bun",
      remote,
      DEVIATIONS,
    ),
};
