/**
 * What the matrix is made of: servers that run our applications, and frameworks
 * that run on our server.
 *
 * @module
 */

import type { StartServer } from "../../conformance/server_under_test.ts";

/** Text by name. */
export type Texts = Readonly<Record<string, string>>;

/** A real program that a row of the matrix needs. */
export interface Part {
  /** The row's name, such as `"nginx, scgi over TCP"`. */
  readonly name: string;
  /** Returns the reason why it cannot run on this machine, if there is one. */
  missing(): Promise<string | undefined>;
  /** Returns the versions of the programs by their name. */
  versions(): Promise<Texts>;
}

/** A server for the conformance kit. */
export interface ServerPart extends Part {
  readonly start: StartServer;
}

/** One thing that a framework does, tried over a socket. */
export interface Exercise {
  /** The row's name, such as `"streamed response"`. */
  readonly name: string;
  /** Tries it on the server at an address that ends in a slash, or throws. */
  run(url: URL): Promise<void>;
}

/**
 * A server that runs a framework under the validator, with the findings so far
 * that are not known, the known rules that were broken, and the error log.
 */
export interface RunningFramework {
  readonly url: URL;
  readonly findings: readonly string[];
  readonly seen: ReadonlySet<string>;
  readonly log: readonly string[];
  /** Ends the server, and fails if a response was never closed. */
  stop(): Promise<void>;
}

/** A framework whose application runs on our server. */
export interface FrameworkPart extends Part {
  /** Starts `makeServer()`; Python's frameworks accept a middleware in Python. */
  start(middleware?: string): Promise<RunningFramework>;
  readonly exercises: readonly Exercise[];
  /** Rules that the framework itself breaks, with the reason of each. */
  readonly known: Texts;
}

/** The result of a row. */
export interface Row {
  readonly name: string;
  readonly versions: Texts;
  /** Why it was not run. */
  readonly missing?: string | undefined;
  /** The message by the id of the case or the name of the exercise. */
  readonly failed: Texts;
}

/** A server and the conformance kit. */
export interface ServerResult extends Row {
  /** How many cases of each subject there were, and how many passed. */
  readonly subjects: readonly { name: string; passed: number; total: number }[];
  /** From the id of a case to the reason why it cannot pass. */
  readonly deviations: Texts;
}

/** A framework and what was tried. */
export interface FrameworkResult extends Row {
  readonly exercised: readonly string[];
  readonly known: Texts;
}

/** All rows. */
export interface MatrixResult {
  /** The day, such as `"2026-11-20"`. */
  readonly date: string;
  /** How long it took, in seconds. */
  readonly seconds: number;
  readonly servers: readonly ServerResult[];
  readonly frameworks: readonly FrameworkResult[];
}
