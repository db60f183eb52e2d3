/**
 * What the matrix is made of: servers that run our applications, and frameworks
 * that run on our server.
 *
 * @module
 */

import type { StartServer } from "../../conformance/server_under_test.ts";

/** A real program that a row of the matrix needs. */
export interface Part {
  /** The row's name, such as `"nginx, scgi_pass over TCP"`. */
  readonly name: string;
  /**
   * Tells why it cannot run on this machine.
   *
   * @returns The reason, or `undefined` if it can.
   */
  missing(): Promise<string | undefined>;
  /**
   * Tells the versions of what takes part.
   *
   * @returns From the name of a program to its version.
   */
  versions(): Promise<Readonly<Record<string, string>>>;
}

/** A server for the conformance kit. */
export interface ServerPart extends Part {
  /** Starts it. */
  readonly start: StartServer;
}

/** One thing that a framework does, tried over a socket. */
export interface Exercise {
  /** The column's name, such as `"streamed response"`. */
  readonly name: string;
  /**
   * Tries it; throws if it went wrong.
   *
   * @param url The address of the server, with a slash at its end.
   */
  run(url: URL): Promise<void>;
}

/** A framework whose application runs on our server, under the validator. */
export interface FrameworkPart extends Part {
  /**
   * Starts `makeServer()` with the framework's application.
   *
   * @returns Where it listens, and how to end it. `findings` are those of the
   * validator so far.
   */
  start(): Promise<
    { url: URL; findings: readonly string[]; stop(): Promise<void> }
  >;
  /** What is tried. */
  readonly exercises: readonly Exercise[];
  /**
   * Rules of the validator that the framework itself breaks, with the reason of
   * each. They are not among the findings.
   */
  readonly known?: Readonly<Record<string, string>> | undefined;
}
