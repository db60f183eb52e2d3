import { denoServeDeviations } from "../../../conformance/mod.ts";
import { startDenoServe } from "../fetch_server.ts";
import type { ServerPart } from "../part.ts";
import { remoteSubject, toRunning } from "../remote_subject.ts";

/** The program `deno serve`. */
export const denoServeProgram: ServerPart = {
  name: "deno serve",
  missing: () => Promise.resolve(undefined),
  versions: () => Promise.resolve({ deno: Deno.version.deno }),
  start: async (_app, remote) =>
    toRunning(await startDenoServe(remoteSubject(remote)), denoServeDeviations),
};
