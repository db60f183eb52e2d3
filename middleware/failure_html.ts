/**
 * Renders a failure as an HTML page.
 *
 * @module
 */

import { escapeControls } from "../wsgi/describe.ts";
import type {
  BrokenRule,
  FailureReport,
  ReportedError,
  ReportedFrame,
  ReportedRequest,
} from "./failure_report.ts";
import type { SourceExcerpt } from "./source_excerpt.ts";

/** The styles are part of the page, so that it works offline. */
const STYLE = `:root { color-scheme: light dark; --ink: #1f2328; --dim: #59636e;
--paper: #fff; --panel: #f6f8fa; --line: #d1d9e0; --red: #b3261e; --mark: #ffebe9;
--blue: #0550ae; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --dim: #9198a1;
--paper: #0d1117; --panel: #161b22; --line: #30363d; --red: #ff8f87;
--mark: #4a1a1d; --blue: #79b8ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 3rem; max-width: 62rem;
background: var(--paper); color: var(--ink);
font: 1rem/1.5 system-ui, sans-serif; }
h1 { margin: .25rem 0 1rem; font-size: 1.35rem; line-height: 1.35;
font-weight: 600; overflow-wrap: anywhere; white-space: pre-wrap; }
h2 { margin: 2rem 0 .5rem; font-size: .8rem; font-weight: 600;
letter-spacing: .06em; text-transform: uppercase; color: var(--dim); }
p { margin: .5rem 0; overflow-wrap: anywhere; }
a { color: var(--blue); }
code, pre, td { font-family: ui-monospace, monospace; font-size: .85rem; }
.kind { margin: 0; color: var(--red); font-weight: 600; }
.kind span { color: var(--dim); font-weight: 400; }
.hint { border-inline-start: 4px solid var(--blue); background: var(--panel);
padding: .6rem 1rem; border-radius: 0 .4rem .4rem 0; }
.clause { color: var(--dim); }
.box { margin: 0; border: 1px solid var(--line); border-radius: .4rem;
background: var(--panel); overflow-x: auto; }
pre { display: grid; margin: 0; padding: .5rem 0; line-height: 1.6; tab-size: 4; }
pre span { padding: 0 1rem; }
pre i { display: inline-block; min-width: 3rem; padding-inline-end: 1rem;
text-align: end; font-style: normal; color: var(--dim); user-select: none; }
pre .at { background: var(--mark); }
pre .at i { color: var(--red); font-weight: 600; }
details { padding: .25rem 0; color: var(--dim); }
summary { padding: 0 1rem; cursor: pointer; font-size: .85rem; }
details pre { padding: 0; }
.cause { margin: 1.25rem 0 .5rem; color: var(--red); font-weight: 600; }
nav { margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; }
td { padding: .25rem 1rem; vertical-align: top; overflow-wrap: anywhere; }
td:first-child { color: var(--dim); white-space: nowrap; width: 1%; }
tr + tr td { border-top: 1px solid var(--line); }
@media (max-width: 30rem) { body { padding: 1rem .75rem 2rem; }
h1 { font-size: 1.15rem; } }`;

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
}

/**
 * Renders text so that it is not markup and does not change the direction of
 * the text around it.
 */
function showText(text: string): string {
  return `<bdi>${escape(escapeControls(text))}</bdi>`;
}

function showHint(hint: string | undefined): string {
  return hint === undefined
    ? ""
    : `<p class="hint"><strong>Hint:</strong> ${showText(hint)}</p>\n`;
}

function showRule(rule: BrokenRule | undefined): string {
  if (rule === undefined) return "";
  const { id, clause, url, spec, explanation } = rule;
  const words = clause === undefined ? "" : `${showText(clause)} `;
  const more = url === undefined
    ? `${showText(spec)}<br><code>${showText(explanation)}</code>`
    : `<a href="${escape(url)}">More about ${showText(id)}</a>`;
  return `<p class="clause">${words}${more}</p>\n`;
}

function showExcerpt(excerpt: SourceExcerpt | undefined): string {
  if (excerpt === undefined) return "";
  const { file, line, column, lines } = excerpt;
  const rows = lines.map(([number, text]) =>
    `<span${number === line ? ' class="at"' : ""}><i>${number}</i>${
      showText(text)
    }</span>`
  );
  return `<h2>Source</h2>\n<p><code>${
    showText(`${file}:${line}:${column}`)
  }</code></p>\n<pre class="box">${rows.join("")}</pre>\n`;
}

function showFrames(frames: readonly ReportedFrame[]): string {
  const rows = frames.map(({ text }) => `<span>${showText(text)}</span>`);
  return `<pre>${rows.join("")}</pre>`;
}

/** Renders a stack. Frames of the server and the runtime are collapsed. */
function showStack(frames: readonly ReportedFrame[]): string {
  if (frames.length === 0) return "";
  let html = "";
  for (let start = 0; start < frames.length;) {
    const { isUser } = frames[start]!;
    let end = start + 1;
    while (end < frames.length && frames[end]!.isUser === isUser) end++;
    const group = frames.slice(start, end);
    const count = `${group.length} frame${group.length === 1 ? "" : "s"}`;
    html += isUser
      ? showFrames(group)
      : `<details><summary>${count} of the server and the runtime</summary>${
        showFrames(group)
      }</details>`;
    start = end;
  }
  return `<div class="box">${html}</div>\n`;
}

function showBehind(error: ReportedError): string {
  const behind = (error.errors ?? []).map((one) => ["One of several", one]);
  if (error.cause !== undefined) behind.push(["Caused by", error.cause]);
  return (behind as [string, ReportedError][]).map(([role, one]) =>
    `<p class="cause">${role}: ${
      showText(`${one.name}: ${one.message}`)
    }</p>\n${showStack(one.frames)}${showBehind(one)}`
  ).join("");
}

function showRequest(request: ReportedRequest | undefined): string {
  if (request === undefined) return "";
  const rows = request.variables.map(([name, value]) =>
    `<tr><td>${showText(name)}</td><td>${showText(value)}</td></tr>\n`
  );
  return `<h2>Request</h2>\n<p><code>${
    showText(`${request.method} ${request.target}`)
  }</code></p>\n<div class="box"><table>\n${rows.join("")}</table></div>\n`;
}

/** Further parts of the page. */
export interface FailurePageOptions {
  /** A link at the end of the page. */
  readonly link?: { readonly href: string; readonly text: string } | undefined;
  /** A script, and its nonce in the Content-Security-Policy of the page. */
  readonly script?:
    | { readonly nonce: string; readonly text: string }
    | undefined;
}

/**
 * Renders a failure as an HTML page.
 *
 * @returns The page. It loads no other resource.
 */
export function toFailureHtml(
  report: FailureReport,
  { link, script }: FailurePageOptions = {},
): string {
  const { error, rule, application } = report;
  const where = application === undefined ? "" : ` in ${showText(application)}`;
  const kind = rule === undefined
    ? `${showText(error.name)}<span>${where}</span>`
    : `${showText(rule.id)} <span>broken by the ${
      showText(rule.blame)
    }${where}</span>`;
  const stack = showStack(error.frames);
  return `<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escape(`${error.name}: ${error.message}`.slice(0, 100))}</title>
<style>
${STYLE}
</style>
<main>
<p class="kind">${kind}</p>
<h1>${showText(error.message)}</h1>
${showHint(report.hint)}${showRule(rule)}${showExcerpt(report.excerpt)}${
    stack === "" ? "" : `<h2>Stack</h2>\n${stack}`
  }${showBehind(error)}${showRequest(report.request)}</main>
${
    link === undefined
      ? ""
      : `<nav><a href="${escape(link.href)}">${showText(link.text)}</a></nav>\n`
  }${
    script === undefined
      ? ""
      : `<script nonce="${script.nonce}">${script.text}</script>\n`
  }</html>
`;
}
