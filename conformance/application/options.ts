/**
 * Options of `checkApplication()`.
 *
 * @module
 */

import { isByteString } from "../../wsgi/byte_string.ts";
import { describe } from "../../wsgi/describe.ts";
import type { HeaderTuple } from "../../wsgi/types.ts";
import type { Profile, RuleSetting } from "../../validator/rules/rule.ts";
import { type CheckOptions, checkTimeout } from "../check_options.ts";

/** An additional request of the user. */
export interface OwnRequest {
  /**
   * The method of the request.
   *
   * @default {"GET"}
   */
  method?: string | undefined;
  /** Path and query as a client sends them, such as `"/search?q=x"`. */
  path: string;
  /** The headers, as pairs of ByteStrings. Host and Content-Length are added. */
  headers?: readonly HeaderTuple[] | undefined;
  /** The body; a string is sent as UTF-8. */
  body?: string | Uint8Array | undefined;
}

/** Options of `checkApplication()`. */
export interface ApplicationCheckOptions extends CheckOptions {
  /**
   * Paths that the application knows, with a query if they need one, such as
   * `"/search?q=x"`. Each case runs for each of them.
   *
   * @default {["/"]}
   */
  paths?: readonly string[] | undefined;
  /** Additional variables for every request, such as `REMOTE_USER`. */
  environ?: Readonly<Record<string, unknown>> | undefined;
  /**
   * Your own requests, sent in the case `application/own-requests`.
   *
   * @default {[]}
   */
  requests?: readonly OwnRequest[] | undefined;
  /**
   * The profile of the validator: which rules it checks.
   *
   * @default {"paranoid"}
   */
  profile?: Profile | undefined;
  /**
   * Severities of single rules of the validator, by id or glob.
   *
   * @default {{}}
   */
  rules?: Readonly<Record<string, RuleSetting>> | undefined;
}

function checkTarget(what: string, target: unknown): asserts target is string {
  if (
    typeof target === "string" && target.startsWith("/") &&
    // deno-lint-ignore no-control-regex -- the pattern looks for them
    isByteString(target) && !/[\x00-\x20\x7f#]/.test(target)
  ) return;
  throw new TypeError(
    `Cannot check the application: ${what} must be a request target such as "/search?q=x", got ${
      describe(target)
    }`,
  );
}

/**
 * Throws for invalid options.
 *
 * @param options The options of the user.
 * @throws {TypeError} If a path is not a request target, or the list is empty.
 * @throws {RangeError} If the timeout is not positive.
 */
export function checkOptions(options: ApplicationCheckOptions): void {
  const { paths, requests = [], timeout } = options;
  if (paths !== undefined && (!Array.isArray(paths) || paths.length === 0)) {
    throw new TypeError(
      `Cannot check the application: paths must be an array of at least one path, got ${
        Array.isArray(paths) ? "an empty array" : describe(paths)
      }`,
    );
  }
  for (const path of paths ?? []) checkTarget("each of paths", path);
  for (const { path } of requests) checkTarget("path of a request", path);
  checkTimeout(timeout, "application");
}
