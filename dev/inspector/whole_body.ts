/**
 * Checks whether the body of a request was kept in full.
 *
 * @module
 */

import { isContentLength, parseContentLength } from "../../wsgi/http_syntax.ts";
import type { RecordedRequest } from "../conversation.ts";

/**
 * Returns whether a request can be sent again with its body. An application that
 * has read `Content-Length` bytes may not read on, so the end is not recorded.
 *
 * @param request The request.
 * @returns Whether its body is all of it.
 */
export function hasWholeBody(
  { headers, body, isBodyComplete }: RecordedRequest,
): boolean {
  const [, length] = headers.find(([name]) => isContentLength(name)) ?? [];
  return isBodyComplete ||
    length !== undefined && parseContentLength(length) === body.length;
}
