/**
 * A report for a browser: one page that needs nothing else.
 *
 * @module
 */

import { escapeControls } from "../../wsgi/describe.ts";
import {
  type CaseReport,
  type Exchanged,
  type Report,
  summarize,
  toSubjects,
} from "../report.ts";

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; }
th, td { text-align: left; padding: .2rem 1.2rem .2rem 0; }
td.count { text-align: right; }
summary { cursor: pointer; padding: .15rem 0; }
code, pre { font: .85rem/1.5 ui-monospace, monospace; }
pre { margin: .3rem 0; padding: .5rem .8rem; overflow-x: auto;
  white-space: pre-wrap; overflow-wrap: anywhere;
  border-left: 3px solid light-dark(#bbb, #555); }
pre.sent { border-color: light-dark(#26b, #7af); }
pre.received { border-color: light-dark(#183, #6c7); }
details > div { margin: 0 0 1rem 1.2rem; }
.outcome { display: inline-block; min-width: 5.5rem; font-weight: 600; }
.passed .outcome { color: light-dark(#161, #6c7); }
.failed .outcome { color: light-dark(#b00, #f77); }
.deviation .outcome { color: light-dark(#850, #db5); }
.skipped .outcome { color: light-dark(#666, #999); }
small { color: light-dark(#555, #aaa); }
`;

const LABELS: Readonly<Record<Exchanged["direction"], string>> = {
  opened: "The client connects",
  sent: "Sent",
  received: "Received",
  "half-closed": "The client sends no more",
  closed: "The client leaves",
  ended: "The server ends the connection",
  reset: "The server breaks the connection",
};

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * Escapes text for XML and HTML. Control characters, most of which XML cannot
 * have at all, are written as in JavaScript.
 *
 * @param text The text.
 * @returns What stands for it.
 */
export function escapeMarkup(text: string): string {
  return escapeControls(text).replace(
    /[&<>"']/g,
    (one) => ENTITIES[one] ?? one,
  );
}

/** Shows the ends of lines and the bytes that are no visible ASCII. */
function visibleBytes(data: string): string {
  const visible = data.replace(
    // deno-lint-ignore no-control-regex -- it is what is made visible
    /[\x00-\x09\x0b-\x1f\x7f-\xff]/g,
    (one) =>
      one === "\r"
        ? "\\r"
        : `\\x${one.charCodeAt(0).toString(16).padStart(2, "0")}`,
  ).replaceAll("\n", "\\n\n");
  return escapeMarkup(visible);
}

/** Joins what came in several pieces. */
function join(exchanged: readonly Exchanged[]): Exchanged[] {
  const joined: Exchanged[] = [];
  for (const one of exchanged) {
    const last = joined.at(-1);
    if (last?.direction === one.direction && one.size > 0) {
      joined[joined.length - 1] = {
        direction: one.direction,
        data: last.data + one.data,
        size: last.size + one.size,
      };
    } else {
      joined.push(one);
    }
  }
  return joined;
}

function exchangedHtml({ direction, data, size }: Exchanged): string {
  const label = LABELS[direction];
  if (size === 0) return `<p><small>${label}</small></p>`;
  const cut = size > data.length ? `, the first ${data.length} shown` : "";
  return `<p><small>${label}, ${size} bytes${cut}</small></p><pre class="${direction}">${
    visibleBytes(data)
  }</pre>`;
}

function caseHtml(one: CaseReport, spec: string): string {
  const { id, title, outcome, message, duration } = one;
  const anchor = `${spec}#${one.spec}`;
  const open = outcome === "failed" ? " open" : "";
  return [
    `<details class="${outcome}" id="${escapeMarkup(id)}"${open}>`,
    `<summary><span class="outcome">${outcome}</span> <code>${
      escapeMarkup(id)
    }</code> ${escapeMarkup(title)}</summary>`,
    `<div><p>Requirement: <a href="${escapeMarkup(anchor)}"><code>${
      escapeMarkup(one.spec)
    }</code></a> <small>${duration.toFixed(1)} ms</small></p>`,
    message === undefined ? "" : `<pre>${escapeMarkup(message)}</pre>`,
    ...join(one.exchanged).map(exchangedHtml),
    "</div></details>",
  ].join("\n");
}

/**
 * Writes a report as one HTML page, which shows of each case its requirement
 * and the bytes that were sent and received.
 *
 * @param report The report.
 * @param spec The address of SPEC.md, to which the requirements are linked.
 * @returns The page.
 */
export function toHtml(report: Report, spec: string): string {
  const subjects = toSubjects(report);
  const rows = subjects.map(({ name, passed, failed, deviations, skipped }) =>
    `<tr><th><a href="#subject-${escapeMarkup(name)}">${
      escapeMarkup(name)
    }</a></th>${
      [passed, failed, deviations, skipped].map((count) =>
        `<td class="count">${count}</td>`
      ).join("")
    }</tr>`
  );
  const sections = subjects.map(({ name, cases }) =>
    [
      `<h2 id="subject-${escapeMarkup(name)}">${escapeMarkup(name)}</h2>`,
      ...cases.map((one) => caseHtml(one, spec)),
    ].join("\n")
  );
  const summary = summarize(report);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Conformance: ${summary}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Conformance</h1>
<p>${summary}</p>
<table>
<tr><th>subject</th><th>passed</th><th>failed</th><th>deviations</th><th>skipped</th></tr>
${rows.join("\n")}
</table>
${sections.join("\n")}
</body>
</html>
`;
}
