/**
 * The options of the development server, and their checks.
 *
 * @module
 */

import { FORMS, type LogForm } from "../cli/arguments.ts";
import type { ServerOptions } from "../server/types.ts";
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
   * The module of the application: a path or URL, as on the command line. The
   * application is the export named in `"app.ts:name"`, or else the default
   * export, `application` or `app`. It is a function `(environ, startResponse)`,
   * or an object with a fetch handler, such as `{ fetch }` or a Hono application.
   * A folder is served as static files. An empty string is the demo application.
   */
  module: string | URL;
  /**
   * The hostname or IP address to listen on. If other machines can reach it, the
   * pages of the development server are off, unless `allowHosts` allows a host.
   *
   * @default {"127.0.0.1"}
   */
  hostname?: string | undefined;
  /**
   * The port, from 0 to 65535; 0 for any free port.
   *
   * @default {8000}
   */
  port?: number | undefined;
  /**
   * The format of the line about each request, written to stderr. With `"off"`,
   * only errors and findings are written.
   *
   * @default {"dev"}
   */
  log?: LogForm | undefined;
  /**
   * Host names under which the pages of the development server are shown, in
   * addition to `localhost` and loopback addresses.
   *
   * @default {[]}
   */
  allowHosts?: readonly string[] | undefined;
  /**
   * Whether `checkApplication()` runs at the start and after each reload, in a
   * separate worker.
   *
   * @default {false}
   */
  check?: boolean | undefined;
  /**
   * The number of milliseconds without an answer after which the application is
   * reported as blocked; at least 100.
   *
   * @default {10_000}
   */
  blockedAfter?: number | undefined;
  /** Receives the terminal output, in whole lines, instead of stderr. */
  write?: ((text: string) => void) | undefined;
}

function mustBe(name: string, requirement: string, value: unknown): TypeError {
  return new TypeError(
    `Cannot make the development server: ${name} must be ${requirement}, got ${
      describe(value)
    }`,
  );
}

/**
 * Checks the options that only the development server has.
 *
 * @param options The options.
 * @throws {TypeError} If an option has the wrong type.
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
  // The validator checks its own options.
  validator(() => [], { profile: options.profile, rules: options.rules });
  if (blockedAfter === undefined) return;
  if (typeof blockedAfter !== "number" || !(blockedAfter >= 100)) {
    throw new RangeError(
      `Cannot make the development server: blockedAfter must be at least 100 ms, got ${
        describe(blockedAfter)
      }`,
    );
  }
}
