/**
 * What runs an application can be told.
 *
 * @module
 */

import type { ResponseHead } from "./response_head.ts";
import type { Environ } from "../wsgi/types.ts";

/** Options of `runApplication()`. */
export interface RunOptions {
  /**
   * Called with what the application threw, or with the error that tells which
   * rule it broke, after that was written to `wsgi.errors`.
   */
  onError?: ((error: unknown, environ: Environ) => void) | undefined;
  /**
   * Makes the answer to a request that failed before the headers left.
   *
   * @default {the status and its reason as plain text}
   */
  errorPage?:
    | ((code: number) => readonly [head: ResponseHead, page: Uint8Array])
    | undefined;
}
