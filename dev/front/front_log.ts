/**
 * {@linkcode FrontLog}: an access log for the front.
 *
 * @module
 */

import type { AccessRecord } from "../../gateway/access_record.ts";
import {
  AccessLog,
  LogEntry,
  type LoggedHead,
  type RequestEnd,
} from "../../server/access_log.ts";
import type { Environ } from "../../wsgi/types.ts";

/** Called at the end of a request, with its environ unless it was refused. */
export type OnRequestEnd = (
  record: AccessRecord,
  environ: Environ | undefined,
) => void;

class FrontLogEntry extends LogEntry {
  #environ: Environ | undefined;

  constructor(
    head: LoggedHead | undefined,
    remoteAddress: string | undefined,
    onEnd: OnRequestEnd,
  ) {
    super(head, remoteAddress, (record) => onEnd(record, this.#environ));
  }

  override end(end: RequestEnd): void {
    this.#environ = end.environ;
    super.end(end);
  }
}

/** An access log that also passes on the environ. */
export class FrontLog extends AccessLog {
  readonly #onEnd: OnRequestEnd;

  /**
   * @param onEnd Called at the end of each request.
   */
  constructor(onEnd: OnRequestEnd) {
    super(() => {});
    this.#onEnd = onEnd;
  }

  override begin(
    head: LoggedHead | undefined,
    remoteAddress: string | undefined,
  ): LogEntry {
    return new FrontLogEntry(head, remoteAddress, this.#onEnd);
  }
}
