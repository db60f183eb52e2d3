/**
 * The answer to a failure, as the request accepts it: the page for a browser, or
 * plain text for a terminal.
 *
 * @module
 */

import type { Environ } from "../wsgi/types.ts";
import { acceptsHtml } from "./accepts_html.ts";
import type { FailureAnswer } from "./failure_guard.ts";
import { type FailurePageOptions, toFailureHtml } from "./failure_html.ts";
import {
  type FailureReport,
  reportFailure,
  type ReportOptions,
} from "./failure_report.ts";
import { toFailureText } from "./failure_text.ts";

const encoder = new TextEncoder();

/** What an answer is made with. */
export interface FailureAnswerOptions extends FailurePageOptions {
  /**
   * The status of the answer.
   *
   * @default {"500 Internal Server Error"}
   */
  readonly status?: string;
}

/**
 * Makes the answer that shows a failure.
 *
 * @param report The failure.
 * @param accept The Accept header of the request.
 * @param options What else there is in the answer.
 * @returns A page or plain text, as the request accepts it.
 */
export function showFailure(
  report: FailureReport,
  accept: unknown,
  options: FailureAnswerOptions = {},
): FailureAnswer {
  const { status = "500 Internal Server Error", script } = options;
  const isHtml = acceptsHtml(accept);
  const body = encoder.encode(
    isHtml ? toFailureHtml(report, options) : toFailureText(report),
  );
  const policy = script === undefined
    ? ""
    : `; script-src 'nonce-${script.nonce}'; connect-src 'self'`;
  return {
    status,
    headers: [
      ["Content-Type", `text/${isHtml ? "html" : "plain"}; charset=utf-8`],
      ["Content-Length", String(body.length)],
      ["Cache-Control", "no-store"],
      ["Vary", "Accept"],
      ["X-Content-Type-Options", "nosniff"],
      [
        "Content-Security-Policy",
        `default-src 'none'; style-src 'unsafe-inline'${policy}`,
      ],
    ],
    body,
  };
}

/**
 * Makes the answer to a failure.
 *
 * @param error What was thrown.
 * @param environ The variables of the request.
 * @param options What is shown.
 * @returns A page or plain text, as the request accepts it.
 */
export function answerFailure(
  error: unknown,
  environ: Environ,
  options: ReportOptions & FailureAnswerOptions,
): FailureAnswer {
  const report = reportFailure(error, environ, options);
  return showFailure(report, environ.HTTP_ACCEPT, options);
}
