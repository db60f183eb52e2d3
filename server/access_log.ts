/**
 * The access log of a server: one record for each request, when its response was
 * handed over. A line is written at once, so that it stands in its place among
 * what the program writes besides.
 *
 * @module
 */

import {
  type AccessLogger,
  deliver,
  formatCommon,
} from "../gateway/access_record.ts";
import { StderrStream } from "../wsgi/error_stream.ts";
import { LogEntry, type LoggedHead } from "./log_entry.ts";

/** The access log of one server. */
export class AccessLog {
  readonly #log: AccessLogger;

  /**
   * @param logger Gets each record, after its response was handed over. Without
   * it, lines in Common Log Format go to stderr.
   */
  constructor(logger?: AccessLogger) {
    const errors = new StderrStream();
    this.#log = logger === undefined
      ? (record) => errors.write(`${formatCommon(record)}\n`)
      : (record) => deliver(logger, record, errors);
  }

  /**
   * Begins the record of a request.
   *
   * @param head The head of the request, if it could be read.
   * @param remoteAddress The address of the client, if it has one.
   * @returns The entry, to be ended once.
   */
  begin(
    head: LoggedHead | undefined,
    remoteAddress: string | undefined,
  ): LogEntry {
    return new LogEntry(head, remoteAddress, this.#log);
  }
}
