/**
 * The parts of the matrix: servers that run our applications, and frameworks
 * that run on our server.
 *
 * @module
 */

import type { StartServer } from "../../conformance/server_under_test.ts";

/** Texts by name. */
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

/** A feature of a framework, tested over a socket. */
export interface Exercise {
  /** The row's name, such as `"streamed response"`. */
  readonly name: string;
  /**
   * Tests the server at a URL that ends with a slash. Throws if the test fails.
   */
  run(url: URL): Promise<void>;
}

/**
 * A server that runs a framework under the validator. It has the unexpected
 * findings so far, the broken rules that are known, and the error log.
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
  /** The reason why it was not run. */
  readonly missing?: string | undefined;
  /** The message by the id of the case or the name of the exercise. */
  readonly failed: Texts;
}

/** A server and the conformance kit. */
export interface ServerResult extends Row {
  /** The numbers of cases and passed cases of each subject. */
  readonly subjects: readonly { name: string; passed: number; total: number }[];
  /** The reasons why cases cannot pass, by their ids. */
  readonly deviations: Texts;
}

/** A framework and the tested features. */
export interface FrameworkResult extends Row {
  readonly exercised: readonly string[];
  readonly known: Texts;
}

/** All rows. */
export interface MatrixResult {
  /** The day, such as `"2026-11-20"`. */
  readonly date: string;
  /** The duration in seconds. */
  readonly seconds: number;
  readonly servers: readonly ServerResult[];
  readonly frameworks: readonly FrameworkResult[];
}
