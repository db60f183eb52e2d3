/**
 * The application of the conformance kit, for a server in another process.
 *
 * @module
 */

import type {
  RemoteProbe,
  RunningServer,
} from "../../conformance/server_under_test.ts";
import type { Subject } from "./fetch_server.ts";
import type { ServerProcess } from "./server_process.ts";

/** Where `remoteProbe()` is. */
export const PROBE: URL = new URL(
  "../../conformance/probe.ts",
  import.meta.url,
);

/**
 * Makes the subject that tells the kit what it sees.
 *
 * @param remote What the kit gave.
 * @returns The subject.
 */
export function remoteSubject(remote: RemoteProbe): Subject {
  const url = JSON.stringify(remote.listen());
  return { module: PROBE, name: `remoteProbe(${url})` };
}

/**
 * Makes of a process what the kit wants.
 *
 * @param process The server.
 * @param deviations What its transport cannot express.
 * @returns The server for the kit.
 */
export function toRunning(
  process: ServerProcess,
  deviations: Readonly<Record<string, string>>,
): RunningServer {
  return {
    hostname: "127.0.0.1",
    port: process.port,
    deviations,
    stop: () => process.stop(),
  };
}
