/**
 * A report for a browser: a single, self-contained page.
 *
 * @module
 */

import {
  type CaseReport,
  type Exchanged,
  type Report,
  summarize,
  toSubjects,
} from "../report.ts";
import { STYLE } from "./html_style.ts";
import { escapeMarkup } from "./markup.ts";
import {
  type Linker,
  readRequirements,
  requirementHtml,
} from "./requirements.ts";

const LABELS: Readonly<Record<Exchanged["direction"], string>> = {
  opened: "The client connects",
  sent: "Sent",
  received: "Received",
  "half-closed": "The client ends its sending side",
  closed: "The client closes the connection",
  ended: "The server ends the connection",
  reset: "The server resets the connection",
};

/** Makes line ends and bytes other than visible ASCII visible. */
function visibleBytes(data: string): string {
  const visible = data.replace(
    // deno-lint-ignore no-control-regex -- the pattern looks for them
    /[\x00-\x09\x0b-\x1f\x7f-\xff]/g,
    (one) =>
      one === "\r"
        ? "\\r"
        : `\\x${one.charCodeAt(0).toString(16).padStart(2, "0")}`,
  ).replaceAll("\n", "\\n\n");
  return escapeMarkup(visible);
}

/** Joins adjacent pieces with the same direction. */
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

/** The requirements on a page, and the links between them. */
interface Requirements {
  readonly texts: ReadonlyMap<string, string>;
  readonly link: Linker;
}

function caseHtml(one: CaseReport, { texts, link }: Requirements): string {
  const { id, title, outcome, message, duration } = one;
  const open = outcome === "failed" ? " open" : "";
  const text = texts.get(one.spec);
  return [
    `<details class="${outcome}" id="${escapeMarkup(id)}"${open}>`,
    `<summary><span class="outcome">${outcome}</span> <code>${
      escapeMarkup(id)
    }</code> <span class="title">${escapeMarkup(title)}</span></summary>`,
    "<div>",
    message === undefined
      ? ""
      : `<pre class="message">${escapeMarkup(message)}</pre>`,
    `<p class="requirement"><code>${escapeMarkup(one.spec)}</code> ${
      text === undefined ? "" : requirementHtml(text, link)
    }</p>`,
    ...join(one.exchanged).map(exchangedHtml),
    `<p><small>${duration.toFixed(1)} ms</small></p>`,
    "</div></details>",
  ].join("\n");
}

function subjectRow(
  { name, passed, failed, deviations, skipped }: ReturnType<
    typeof toSubjects
  >[number],
): string {
  const counts = [passed, failed, deviations, skipped].map((count, index) =>
    `<td class="count${index === 1 && count > 0 ? " bad" : ""}">${count}</td>`
  );
  const outcome = failed > 0 ? ' class="failed"' : "";
  return `<tr${outcome}><th scope="row"><a href="#subject-${
    escapeMarkup(name)
  }">${escapeMarkup(name)}</a></th>${counts.join("")}</tr>`;
}

function aboutHtml({ about }: Report): string {
  if (about === undefined) return "";
  const { kit, date, problem, hint, notes = [] } = about;
  const shown = `${date.slice(0, 16).replace("T", " ")} UTC`;
  const remarks = [
    ...(problem === undefined ? [] : [`Not checked: ${problem}.`]),
    ...(hint === undefined ? [] : [`Hint: ${hint}.`]),
    ...notes.map((note) => `Note: ${note}.`),
  ];
  return [
    `<p class="about">Checked on <time datetime="${escapeMarkup(date)}">${
      escapeMarkup(shown)
    }</time> with ${escapeMarkup(kit)}</p>`,
    ...remarks.map((one) => `<p class="problem">${escapeMarkup(one)}</p>`),
  ].join("\n");
}

/**
 * Formats a report as one HTML page. It shows the requirement of each case, and
 * the bytes that were sent and received. The page needs no script and no other
 * file. Its only external links are those from requirements to RFCs.
 *
 * @param report The report to format.
 * @param spec The text of SPEC.md. Without it, only the anchors of requirements
 * are shown.
 * @returns The HTML text.
 */
export function toHtml(report: Report, spec: string = ""): string {
  const subjects = toSubjects(report);
  // A requirement is shown with its first case.
  const first = new Map(
    report.cases.toReversed().map(({ spec, id }) => [spec, id]),
  );
  const requirements: Requirements = {
    texts: readRequirements(spec),
    link: (anchor) => {
      const id = first.get(anchor);
      return id === undefined ? undefined : `#${encodeURI(id)}`;
    },
  };
  const sections = subjects.map(({ name, cases }) =>
    [
      `<section><h2 id="subject-${escapeMarkup(name)}">${
        escapeMarkup(name)
      }</h2>`,
      ...cases.map((one) => caseHtml(one, requirements)),
      "</section>",
    ].join("\n")
  );
  const summary = summarize(report);
  const subject = report.about?.subject;
  const title = subject === undefined ? "" : ` of ${escapeMarkup(subject)}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Conformance${title}: ${summary}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Conformance${title}</h1>
${aboutHtml(report)}
<p class="summary">${summary}</p>
<p class="switch"><label><input type="checkbox" id="failures"${
    report.failed === 0 ? " disabled" : ""
  }> Show failures only (${report.failed})</label></p>
<table>
<thead><tr><th>subject</th><th>passed</th><th>failed</th><th>deviations</th><th>skipped</th></tr></thead>
<tbody>
${subjects.map(subjectRow).join("\n")}
</tbody>
</table>
${sections.join("\n")}
</body>
</html>
`;
}
