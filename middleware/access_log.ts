/**
 * Middleware that logs each request, for any server.
 *
 * ```ts
 * import { accessLog, type AccessRecord } from "@wsgi/ref/access-log";
 * import { demoApp, makeServer } from "@wsgi/ref";
 * import { assertEquals } from "@std/assert";
 *
 * const records: AccessRecord[] = [];
 * const app = accessLog({ log: (record) => records.push(record) })(demoApp);
 * await using server = makeServer("127.0.0.1", 0, app, { log: false });
 * server.serveForever();
 * await (await fetch(`${server.url}hello`)).text();
 * assertEquals(records.map(({ target }) => target), ["/hello"]);
 * ```
 *
 * @module
 */

import { formatCombined, formatCommon } from "../gateway/access_line.ts";
import {
  type AccessLogger,
  type AccessRecord,
  deliver,
} from "../gateway/access_record.ts";
import { describe, isThenable } from "../wsgi/describe.ts";
import type {
  Application,
  Environ,
  Middleware,
  ResponseBody,
} from "../wsgi/types.ts";
import { LoggedRequest } from "./logged_request.ts";
import { observeBody, observeStart } from "./response_observer.ts";

export { type AccessLogger, type AccessRecord, formatCombined, formatCommon };

/** Options of {@linkcode accessLog}. */
export interface AccessLogOptions {
  /**
   * Receives each record.
   *
   * @default {a line to wsgi.errors}
   */
  log?: AccessLogger | undefined;
  /**
   * The format of the line. It is used only without `log`.
   *
   * @default {"common"}
   */
  format?: "common" | "combined" | undefined;
}

function loggerOf(
  { log, format = "common" }: AccessLogOptions,
): (environ: Environ) => AccessLogger {
  if (log !== undefined && typeof log !== "function") {
    throw new TypeError(
      `Cannot make the access log: log must be a function, got ${
        describe(log)
      }`,
    );
  }
  if (format !== "common" && format !== "combined") {
    throw new TypeError(
      `Cannot make the access log: format must be "common" or "combined", got ${
        describe(format)
      }`,
    );
  }
  const formatRecord = format === "common" ? formatCommon : formatCombined;
  return (environ) => {
    // Read now, because the application may change its environ.
    const errors = environ["wsgi.errors"];
    return log === undefined
      ? (record) => errors.write(`${formatRecord(record)}\n`)
      : (record) => deliver(log, record, errors);
  };
}

/**
 * Returns middleware that logs each request when its response ends.
 *
 * The log is the same as that of `makeServer()`. Use the middleware for servers
 * without an access log, or to log the changes of other middleware: inside
 * `proxyHeaders()` the log has the address of the client. The middleware counts
 * the bytes that the application returns. An array counts as sent when it is
 * returned. Responses that the server creates itself are not observed: if the
 * application fails before its first byte, the record has the status 500 and no
 * bytes.
 *
 * @param options The options. They are read once.
 * @returns The middleware.
 * @throws {TypeError} If an option is wrong.
 *
 * @example Usage
 * ```ts
 * import { accessLog } from "@wsgi/ref/access-log";
 * import { demoApp, toFetchHandler } from "@wsgi/ref";
 * import { assertEquals } from "@std/assert";
 *
 * const statuses: number[] = [];
 * const app = accessLog({ log: ({ status }) => statuses.push(status) })(demoApp);
 * const response = await toFetchHandler(app)(new Request("http://localhost/"));
 * assertEquals([response.status, statuses], [200, [200]]);
 * ```
 */
export function accessLog(options: AccessLogOptions = {}): Middleware {
  const logger = loggerOf(options);
  return (app: Application): Application => (environ, startResponse) => {
    const request = new LoggedRequest(environ, logger(environ));
    const observe = (body: ResponseBody): ResponseBody => {
      const observed = observeBody(body, request);
      if (observed !== undefined) return observed;
      if (Array.isArray(body)) request.sendAll(body);
      else request.fail();
      return body;
    };
    const fail = (error: unknown): never => request.onError(error);
    try {
      const body = app(environ, observeStart(startResponse, request));
      return isThenable(body) ? body.then(observe, fail) : observe(body);
    } catch (error) {
      return fail(error);
    }
  };
}
