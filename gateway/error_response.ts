/**
 * Errors as the client and the log see them.
 *
 * @module
 */

import { isServerAbort } from "./cancellation.ts";
import { describe, escapeControls } from "../wsgi/describe.ts";
import { RequestBodyError } from "./input/request_body_error.ts";
import type { ResponseHead } from "./response_head.ts";
import { reasonPhrase } from "../wsgi/status.ts";

/**
 * Returns the status of the response to an error.
 *
 * @param error What the application let through.
 * @returns 400 or 413 if the request body was at fault, 503 if the server gave
 * the request up, otherwise 500.
 */
export function statusOfError(error: unknown): number {
  if (error instanceof RequestBodyError) return error.status;
  return isServerAbort(error) ? 503 : 500;
}

/**
 * Makes the response to an error. It gives the client the status and no more:
 * the log says what happened.
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
 * Makes the same response as a fetch `Response`, for a request that no
 * application has seen.
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
 * Indents all lines but the first, as a stack does: a message may hold what the
 * client sent, and its line feeds must not begin a line of the log.
 */
function indentLines(text: string): string {
  return escapeControls(text).replace(/\n(?! {4})/g, "\n    ");
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return `Thrown: ${describe(error)}`;
  const { stack } = error;
  const text = `${error.name}: ${error.message}`;
  // Error.prepareStackTrace may have made anything of the stack.
  if (typeof stack !== "string") return indentLines(text);
  if (stack.includes(error.message)) return indentLines(stack);
  // The message is newer than the stack, or longer than its head.
  return indentLines([text, ...stack.match(/^ +at .*/gm) ?? []].join("\n"));
}

/**
 * Formats an error for `wsgi.errors`: its stack and the stacks of its causes.
 *
 * @param error What was thrown; anything can be.
 * @returns Lines without control characters, the last with its line feed. All
 * that comes from a message but its first line is indented.
 */
export function formatError(error: unknown): string {
  // No line of the program is at fault.
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
