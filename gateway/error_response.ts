/**
 * How errors are reported to the client and in the log.
 *
 * @module
 */

import { isServerAbort } from "./cancellation.ts";
import { describe, escapeControls } from "../wsgi/describe.ts";
import { isUserFrame, readFrame } from "../wsgi/source_place.ts";
import { RequestBodyError } from "./input/request_body_error.ts";
import type { ResponseHead } from "./response_head.ts";
import { reasonPhrase } from "../wsgi/status.ts";

/**
 * Returns the status of the response to an error.
 *
 * @param error The error that the application has thrown or not caught.
 * @returns 400 or 413 for a problem with the request body, 503 if the server
 * ended the request, otherwise 500.
 */
export function statusOfError(error: unknown): number {
  if (error instanceof RequestBodyError) return error.status;
  return isServerAbort(error) ? 503 : 500;
}

/**
 * Creates the response to an error. The client only learns the status; the log
 * has the details.
 *
 * @param code The status code: 400, 413, 500 or 503.
 * @returns The head and the body.
 */
export function errorResponse(
  code: number,
): [head: ResponseHead, page: Uint8Array<ArrayBuffer>] {
  const status = `${code} ${reasonPhrase(code) ?? "Error"}`;
  const head: ResponseHead = {
    status,
    code,
    headers: [["Content-Type", "text/plain; charset=utf-8"]],
    contentLength: undefined,
  };
  return [head, new TextEncoder().encode(`${status}\n`)];
}

/**
 * Creates the same response as a fetch `Response`, for a request that has not
 * reached an application.
 *
 * @param code The status code: 400, 413 or 503.
 * @returns The response.
 */
export function fetchErrorResponse(code: number): Response {
  const [head, page] = errorResponse(code);
  return new Response(page, {
    status: code,
    headers: head.headers as [string, string][],
  });
}

/**
 * Indents all lines but the first, as in a stack trace. A message may contain
 * text from the client, which must not be able to start a new log entry.
 */
function indentLines(text: string): string {
  return escapeControls(text).replace(/\n(?! {4})/g, "\n    ");
}

/** Removes the frames of the server, which has called the user's program. */
function cutCallers(stack: string): string {
  const lines = stack.split("\n");
  const last = lines.findLastIndex((line) => {
    const frame = readFrame(line);
    return frame !== undefined && isUserFrame(frame);
  });
  return last === -1 ? stack : lines.slice(0, last + 1).join("\n");
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return `Thrown: ${describe(error)}`;
  const { stack } = error;
  const text = `${error.name}: ${error.message}`;
  // Error.prepareStackTrace can set the stack to any value.
  if (typeof stack !== "string") return indentLines(text);
  const shown = cutCallers(stack);
  if (stack.includes(error.message)) return indentLines(shown);
  // The message was changed after the stack was captured, or is longer than its
  // head.
  return indentLines([text, ...shown.match(/^ +at .*/gm) ?? []].join("\n"));
}

/**
 * Formats an error for `wsgi.errors`: its stack and the stacks of its causes.
 *
 * @param error The thrown value, of any type.
 * @returns Lines without control characters, ending with a line feed. All lines
 * of a message but the first are indented.
 */
export function formatError(error: unknown): string {
  // A stack would not help: no line of the program is at fault.
  if (
    error instanceof RequestBodyError ||
    error instanceof Error && isServerAbort(error)
  ) {
    return `${indentLines(error.message)}\n`;
  }
  let text = stackOf(error);
  let cause = error instanceof Error ? error.cause : undefined;
  for (let depth = 0; cause !== undefined && depth < 5; depth++) {
    text += `\nCaused by: ${stackOf(cause)}`;
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return `${text}\n`;
}
