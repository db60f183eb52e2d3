/**
 * {@linkcode logEnd}: how a request ended, for the access log.
 *
 * @module
 */

import { describeFailure } from "../gateway/access_record.ts";
import type { ActiveRequest } from "./connection_host.ts";

/**
 * Ends the entry of a request in the access log, if there is one. A second call
 * for a request does nothing.
 *
 * @param request The request.
 * @param clientLeft Whether the client left before the response was complete.
 */
export function logEnd(
  { entry, environ, transport }: ActiveRequest<unknown>,
  clientLeft: boolean,
): void {
  if (entry === undefined) return;
  const { status, bytesSent } = transport;
  const failure = transport.isOver || clientLeft ? undefined : describeFailure(
    transport.failure ?? transport.cancellation.reason ??
      new Error("The connection was closed"),
  );
  entry.end({ status, bytesSent, clientLeft, failure, environ });
}
