/**
 * What a case for applications is.
 *
 * @module
 */

import type { Client } from "./client.ts";

/** One case: requests, and what an application must do with them. */
export interface ApplicationCase {
  /** Its name, such as `"application/head-like-get"`. */
  readonly id: string;
  /** The anchor of its requirement in SPEC.md. */
  readonly spec: string;
  /** What is expected, as a sentence. */
  readonly title: string;
  /** Whether it has nothing to do with a path, and runs once. */
  readonly isOnce?: boolean | undefined;
  /**
   * Sends its requests.
   *
   * @param client Sends them, and keeps what is wrong.
   * @param target The target of a path that the application knows.
   * @returns Why there was nothing to look at, if so.
   */
  run(client: Client, target: string): Promise<string | void>;
}
