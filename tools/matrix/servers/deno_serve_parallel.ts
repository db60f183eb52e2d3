import { denoServeDeviations } from "../../../conformance/mod.ts";
import { startDenoServe } from "../fetch_server.ts";
import type { ServerPart } from "../part.ts";
import { remoteSubject, toRunning } from "../remote_subject.ts";

/** The program `deno serve --parallel` with two isolates. */
export const denoServeParallel: ServerPart = {
  name: "deno serve --parallel",
  missing: () => Promise.resolve(undefined),
  versions: () => Promise.resolve({ deno: Deno.version.deno }),
  start: async (_app, remote) =>
    toRunning(
      await startDenoServe(remoteSubject(remote), 2),
      denoServeDeviations,
    ),
};
