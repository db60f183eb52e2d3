/**
 * The options of the development server, and their checks.
 *
 * @module
 */

import { FORMS, type LogForm } from "../cli/arguments.ts";
import type { ServerOptions } from "../server/options.ts";
import type { ValidatorOptions } from "../validator/validator_options.ts";
import { validator } from "../validator/validator.ts";
import { describe } from "../wsgi/describe.ts";

/** Options of `devServer()`. */
export interface DevServerOptions extends
  Pick<
    ServerOptions,
    | "cert"
    | "headersTimeout"
    | "keepAliveTimeout"
    | "key"
    | "maxHeaderSize"
    | "maxRequestBodySize"
    | "mode"
    | "path"
    | "requestTimeout"
    | "shutdownTimeout"
    | "signal"
  >,
  Pick<ValidatorOptions, "profile" | "rules"> {
  /**
   * The module of the application: a path or URL, as on the command line. Without
   * a name of an export, as in `"app.ts:name"`, it is the default export,
   * `application` or `app`: a function `(environ, startResponse)`, or an object
   * with a fetch handler, such as `{ fetch }` or an application of Hono. A folder
   * is served as static files. An empty string is the demo application.
   */
  module: string | URL;
  /**
   * The hostname or IP address to listen on. On other addresses than those of
   * this machine alone, the pages of the development server are off unless
   * `allowHosts` names a host.
   *
   * @default {"127.0.0.1"}
   */
  hostname?: string | undefined;
  /**
   * The port, from 0 to 65535; 0 for any that is free.
   *
   * @default {8000}
   */
  port?: number | undefined;
  /**
   * The form of the line about each request, written to stderr. With `"off"`
   * only errors and findings are written.
   *
   * @default {"dev"}
   */
  log?: LogForm | undefined;
  /**
   * Host names under which the pages of the development server answer, beside
   * those of this machine for itself.
   *
   * @default {[]}
   */
  allowHosts?: readonly string[] | undefined;
  /**
   * Whether `checkApplication()` runs at the start and after each reload, in a
   * start of the application of its own.
   *
   * @default {false}
   */
  check?: boolean | undefined;
  /**
   * After how many milliseconds without an answer the application is reported as
   * blocked, 100 or more.
   *
   * @default {10_000}
   */
  blockedAfter?: number | undefined;
  /** Takes what is written to the terminal, in lines, instead of stderr. */
  write?: ((text: string) => void) | undefined;
}

function mustBe(name: string, demand: string, value: unknown): TypeError {
  return new TypeError(
    `Cannot make the development server: ${name} must be ${demand}, got ${
      describe(value)
    }`,
  );
}

/**
 * Checks the options that other servers do not have.
 *
 * @param options The options.
 * @throws {TypeError} If one has the wrong type.
 * @throws {RangeError} If a number is out of range.
 */
export function checkDevOptions(options: DevServerOptions): void {
  if (typeof options !== "object" || options === null) {
    throw mustBe("options", "an object with a module", options);
  }
  const { module, log, allowHosts, check, blockedAfter, write } = options;
  if (typeof module !== "string" && !(module instanceof URL)) {
    throw mustBe("module", "a path or a URL", module);
  }
  if (log !== undefined && !FORMS.includes(log)) {
    throw mustBe("log", `one of ${FORMS.join(", ")}`, log);
  }
  if (
    allowHosts !== undefined && (!Array.isArray(allowHosts) ||
      allowHosts.some((name) => typeof name !== "string" || name === ""))
  ) throw mustBe("allowHosts", "an array of host names", allowHosts);
  if (check !== undefined && typeof check !== "boolean") {
    throw mustBe("check", "true or false", check);
  }
  if (write !== undefined && typeof write !== "function") {
    throw mustBe("write", "a function", write);
  }
  // It says what is wrong with the options that are its own.
  validator(() => [], { profile: options.profile, rules: options.rules });
  if (blockedAfter === undefined) return;
  if (typeof blockedAfter !== "number" || !(blockedAfter >= 100)) {
    throw new RangeError(
      `Cannot make the development server: blockedAfter must be a time of 100 ms or more, got ${
        describe(blockedAfter)
      }`,
    );
  }
}
