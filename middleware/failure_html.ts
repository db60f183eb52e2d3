/**
 * A failure as a page, for a browser.
 *
 * @module
 */

import { escape } from "@std/html";
import { escapeControls } from "../wsgi/describe.ts";
import type { BrokenRule, FailureReport } from "./failure_report.ts";
import { isUserFrame, type SourceExcerpt } from "./source_excerpt.ts";

/** All of it is in the page: it may be shown where there is no network. */
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
pre { display: grid; padding: .5rem 0; line-height: 1.6; tab-size: 4; }
pre span { padding: 0 1rem; }
pre i { display: inline-block; min-width: 3rem; padding-inline-end: 1rem;
text-align: end; font-style: normal; color: var(--dim); user-select: none; }
pre .at { background: var(--mark); }
pre .at i { color: var(--red); font-weight: 600; }
pre .ours { color: var(--dim); }
pre .cause { margin-top: .5rem; color: var(--red); }
table { border-collapse: collapse; width: 100%; }
td { padding: .25rem 1rem; vertical-align: top; overflow-wrap: anywhere; }
td:first-child { color: var(--dim); white-space: nowrap; width: 1%; }
tr + tr td { border-top: 1px solid var(--line); }`;

/** Shows text so that it can neither be markup nor turn its neighbours around. */
function showText(text: string): string {
  return `<bdi>${escape(escapeControls(text))}</bdi>`;
}

function showRule(rule: BrokenRule): string {
  const hint = rule.hint === undefined
    ? ""
    : `<p class="hint"><strong>Hint:</strong> ${showText(rule.hint)}</p>\n`;
  const clause = rule.clause === undefined ? "" : `${showText(rule.clause)} `;
  return `${hint}<p class="clause">${clause}<a href="${escape(rule.url)}">${
    showText(rule.spec)
  }</a></p>\n`;
}

function showExcerpt({ file, line, column, lines }: SourceExcerpt): string {
  const rows = lines.map(([number, text]) =>
    `<span${number === line ? ' class="at"' : ""}><i>${number}</i>${
      showText(text)
    }</span>`
  );
  return `<h2>Source</h2>\n<p><code>${
    showText(`${file}:${line}:${column}`)
  }</code></p>\n<pre class="box">${rows.join("")}</pre>\n`;
}

function showStack(frames: readonly string[]): string {
  if (frames.length === 0) return "";
  const rows = frames.map((frame) => {
    const kind = !frame.startsWith("at ")
      ? ' class="cause"'
      : isUserFrame(` ${frame}`)
      ? ""
      : ' class="ours"';
    return `<span${kind}>${showText(frame)}</span>`;
  });
  return `<h2>Stack</h2>\n<pre class="box">${rows.join("")}</pre>\n`;
}

function showRequest(report: FailureReport): string {
  const rows = report.variables.map(([name, value]) =>
    `<tr><td>${showText(name)}</td><td>${showText(value)}</td></tr>\n`
  );
  return `<h2>Request</h2>\n<p><code>${
    showText(`${report.method} ${report.target}`)
  }</code></p>\n<div class="box"><table>\n${rows.join("")}</table></div>\n`;
}

/**
 * Writes a failure as a page.
 *
 * @param report The failure.
 * @returns The page, in HTML. It refers to nothing but the specification.
 */
export function toFailureHtml(report: FailureReport): string {
  const { name, message, rule, excerpt } = report;
  const kind = rule === undefined
    ? showText(name)
    : `${showText(rule.id)} <span>broken by the ${showText(rule.blame)}</span>`;
  return `<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escape(`${name}: ${message}`.slice(0, 100))}</title>
<style>
${STYLE}
</style>
<p class="kind">${kind}</p>
<h1>${showText(message)}</h1>
${rule === undefined ? "" : showRule(rule)}${
    excerpt === undefined ? "" : showExcerpt(excerpt)
  }${showStack(report.stack)}${showRequest(report)}</html>
`;
}
