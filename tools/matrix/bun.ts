/**
 * Bun, which two rows of the matrix need.
 *
 * @module
 */

import { npmProgram } from "./npm_program.ts";
import type { Part } from "./part.ts";
import { versionOf } from "./server_process.ts";

/** What is the same for each of them. */
export const bun: Pick<Part, "missing" | "versions"> = {
  missing: async () =>
    await npmProgram("bun") === undefined
      ? "bun cannot be had from npm"
      : undefined,
  versions: async () => ({
    bun: await versionOf(await npmProgram("bun") ?? "bun"),
  }),
};
