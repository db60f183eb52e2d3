/**
 * Builds the response that describes a failure: a page for a browser, plain
 * text for a terminal, depending on the Accept header.
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

/** Options of {@linkcode showFailure}. */
export interface FailureAnswerOptions extends FailurePageOptions {
  /**
   * The status of the response.
   *
   * @default {"500 Internal Server Error"}
   */
  readonly status?: string;
}

/**
 * Builds the response that shows a failure.
 *
 * @param accept The Accept header of the request.
 * @returns A page or plain text, depending on `accept`.
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
 * Builds the response to a request that failed.
 *
 * @param error The thrown value.
 * @param environ The environ of the request.
 * @returns A page or plain text, depending on the Accept header.
 */
export function answerFailure(
  error: unknown,
  environ: Environ,
  options: ReportOptions & FailureAnswerOptions,
): FailureAnswer {
  const report = reportFailure(error, environ, options);
  return showFailure(report, environ.HTTP_ACCEPT, options);
}
