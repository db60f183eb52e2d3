/**
 * The answer to a failure, as the request accepts it.
 *
 * @module
 */

import { accepts } from "@std/http/negotiation";
import type { Environ } from "../wsgi/types.ts";
import type { FailureAnswer } from "./failure_guard.ts";
import { toFailureHtml } from "./failure_html.ts";
import { reportFailure } from "./failure_report.ts";
import { toFailureText } from "./failure_text.ts";

const encoder = new TextEncoder();

/** A browser names HTML; what takes anything gets text. */
function wantsHtml({ HTTP_ACCEPT }: Environ): boolean {
  if (typeof HTTP_ACCEPT !== "string") return false;
  try {
    const headers = new Headers({ Accept: HTTP_ACCEPT });
    return accepts({ headers }, "text/plain", "text/html") === "text/html";
  } catch {
    // What other servers let through may be no header value.
    return false;
  }
}

/**
 * Makes the answer to a failure.
 *
 * @param error What was thrown.
 * @param environ The variables of the request.
 * @param source Whether the program's own lines are shown.
 * @returns A page or plain text, as the request accepts it.
 */
export function answerFailure(
  error: unknown,
  environ: Environ,
  source: boolean,
): FailureAnswer {
  const report = reportFailure(error, environ, source);
  const isHtml = wantsHtml(environ);
  const page = isHtml ? toFailureHtml(report) : toFailureText(report);
  const body = encoder.encode(page);
  return {
    status: "500 Internal Server Error",
    headers: [
      ["Content-Type", `text/${isHtml ? "html" : "plain"}; charset=utf-8`],
      ["Content-Length", String(body.length)],
      ["Cache-Control", "no-store"],
      ["Vary", "Accept"],
      ["X-Content-Type-Options", "nosniff"],
      [
        "Content-Security-Policy",
        "default-src 'none'; style-src 'unsafe-inline'",
      ],
    ],
    body,
  };
}
