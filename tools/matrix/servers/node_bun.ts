import { bun } from "../bun.ts";
import { NODE_DEVIATIONS } from "../node_deviations.ts";
import { startNodeProgram } from "../node_process.ts";
import { npmProgram } from "../npm_program.ts";
import type { ServerPart } from "../part.ts";

const DEVIATIONS: Readonly<Record<string, string>> = {
  ...NODE_DEVIATIONS,
  "target/asterisk-form":
    "node:http of Bun answers the target * with 400, before any listener is called",
};

/** `node:http` of Bun with `toNodeListener()`. */
export const nodeBun: ServerPart = {
  name: "node:http of Bun, toNodeListener()",
  ...bun,
  start: async (_app, remote) =>
    await startNodeProgram(
      await npmProgram("bun") ?? "bun",
      remote,
      DEVIATIONS,
    ),
};
