/**
 * The answer to a failure, as the request accepts it: the page for a browser, or
 * plain text for a terminal.
 *
 * @module
 */

import { accepts } from "@std/http/negotiation";
import { escapeControls } from "../wsgi/describe.ts";
import type { Environ } from "../wsgi/types.ts";
import type { FailureAnswer } from "./failure_guard.ts";
import { toFailureHtml } from "./failure_html.ts";
import { type FailureReport, reportFailure } from "./failure_report.ts";
import type { SourceExcerpt } from "./source_excerpt.ts";

const encoder = new TextEncoder();

function excerptLines(excerpt: SourceExcerpt): string[] {
  const { file, line, column, lines } = excerpt;
  const width = String(lines.at(-1)?.[0] ?? line).length;
  return [
    `${file}:${line}:${column}`,
    ...lines.map(([number, text]) =>
      `${number === line ? ">" : " "} ${
        String(number).padStart(width)
      } | ${text}`
    ),
    "",
  ];
}

/** Writes a failure as plain text, in lines without control characters. */
function toFailureText(report: FailureReport): string {
  const { name, message, rule, excerpt, stack, method, target } = report;
  const lines = [`${name}: ${message}`];
  if (rule !== undefined) {
    lines.push(`  rule: ${rule.id}, broken by the ${rule.blame}`);
    if (rule.hint !== undefined) lines.push(`  hint: ${rule.hint}`);
    lines.push(`  see:  ${rule.url}`);
  }
  lines.push("");
  if (excerpt !== undefined) lines.push(...excerptLines(excerpt));
  if (stack.length > 0) {
    lines.push(...stack.map((frame) => `    ${frame}`), "");
  }
  lines.push(`${method} ${target}`);
  for (const [name, value] of report.variables) {
    lines.push(`  ${name}: ${value}`);
  }
  return `${escapeControls(lines.join("\n"))}\n`;
}

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
