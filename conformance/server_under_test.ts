/**
 * How the kit gets a server to test.
 *
 * @module
 */

import type { Application } from "../wsgi/types.ts";

/** A server that runs the application of the kit. */
export interface RunningServer {
  /** Where it listens, such as `"127.0.0.1"`. */
  hostname: string;
  /** The port on which it listens, 1 to 65535. */
  port: number;
  /** Ends the server and frees its port. */
  stop(): unknown;
  /**
   * What the transport of this server cannot express: from the id of a case to
   * the reason, quoted from what the transport's interface lacks. Such a case
   * is reported as a deviation if it fails, and as passed if it does not.
   */
  deviations?: Readonly<Record<string, string>> | undefined;
}

/** For a server that does not run in this process. */
export interface RemoteProbe {
  /**
   * Opens, at the first call, a listener on 127.0.0.1 to which the application
   * tells what it saw. In the other process the application is
   * `remoteProbe(url)` of `@wsgi/ref/conformance/probe`.
   *
   * @returns The address for `remoteProbe()`.
   */
  listen(): string;
}

/**
 * Starts the server under test with an application.
 *
 * @param app The application of the kit, for a server in this process.
 * @param remote For a server in another process, which cannot be given `app`.
 */
export type StartServer = (
  app: Application,
  remote: RemoteProbe,
) => RunningServer | Promise<RunningServer>;
