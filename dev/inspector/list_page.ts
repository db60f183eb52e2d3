/**
 * The list of requests.
 *
 * @module
 */

import type { ConversationSummary } from "../conversation.ts";
import {
  count,
  cut,
  formatBytes,
  formatClock,
  formatDuration,
  statusClass,
  toReadable,
} from "./format.ts";
import { type Html, markup } from "./html.ts";
import { layout, type PageFrame } from "./layout.ts";
import { hideSecrets } from "./secrets.ts";

/** A filter for the list. */
export interface ListFilter {
  /** Words that must all occur in a request. */
  readonly text: string;
  /** Whether only failed requests are shown. */
  readonly onlyFailures: boolean;
}

/** Parses the filter in a query string. */
export function parseFilter(query: string): ListFilter {
  const parameters = new URLSearchParams(query);
  return {
    text: (parameters.get("q") ?? "").slice(0, 200),
    onlyFailures: parameters.get("failures") === "1",
  };
}

/**
 * Returns whether a request failed: an error was found or thrown, the status is
 * 500 or above, or the response was cut off. A client that leaves is not a
 * failure.
 */
export function isFailure(
  { errors, status, outcome }: ConversationSummary,
): boolean {
  return errors > 0 || statusClass(status) === "5" || outcome === "cut";
}

function shownTarget(target: string): string {
  return cut(hideSecrets(toReadable(target)), 500);
}

/** Returns the text that the filter searches. */
function searchText(summary: ConversationSummary): string {
  const { id, method, target, status = "", outcome = "running" } = summary;
  const words = [`#${id}`, method, shownTarget(target), status, outcome];
  if (summary.errors > 0) words.push("error");
  if (summary.warnings > 0) words.push("warning");
  return words.join(" ").toLowerCase();
}

/** Returns whether a request matches a filter. */
export function matches(
  summary: ConversationSummary,
  { text, onlyFailures }: ListFilter,
): boolean {
  if (onlyFailures && !isFailure(summary)) return false;
  const searched = searchText(summary);
  return text.toLowerCase().split(/\s+/).every((word) =>
    searched.includes(word)
  );
}

/** Words for responses that are incomplete. */
export const OUTCOMES: Readonly<Record<string, string>> = {
  cut: "cut off",
  "client-left": "client left",
  reloaded: "reloaded",
};

function showNotes({ errors, warnings, outcome }: ConversationSummary): Html {
  const word = outcome === undefined ? "running" : OUTCOMES[outcome];
  return markup`${
    errors > 0 &&
    markup`<span class="chip error">${count(errors, "error")}</span> `
  }${
    warnings > 0 &&
    markup`<span class="chip warning">${count(warnings, "warning")}</span> `
  }${
    word !== undefined &&
    markup`<span class="chip ${outcome ?? word}">${word}</span>`
  }`;
}

/**
 * Shows one request of the list.
 *
 * @param summary The request.
 * @param base The path under which the pages are.
 * @param isHidden Whether the filter hides it.
 * @returns An item of a list.
 */
export function showRow(
  summary: ConversationSummary,
  base: string,
  isHidden = false,
): Html {
  const { id, startedAt, method, target, status, outcome } = summary;
  const shownStatus = status === undefined ? "…" : cut(toReadable(status), 40);
  const time = outcome === undefined ? "" : formatDuration(summary.duration);
  return markup`<li id="r${id}" data-search="${
    searchText(summary)
  }" data-failure="${isFailure(summary) ? 1 : 0}"${
    isHidden && markup` hidden`
  }><a class="row" href="${base}/requests/${id}"><span class="id">${id}</span>
<span class="method">${cut(method, 20)}</span>
<span class="status s${statusClass(status)}">${shownStatus}</span>
<span class="target">${shownTarget(target)}</span>
<span class="notes">${showNotes(summary)}</span>
<span class="size">${formatBytes(summary.bytes)}</span>
<span class="duration">${time}</span>
<time class="clock" datetime="${new Date(startedAt).toISOString()}">${
    formatClock(startedAt)
  }</time></a></li>
`;
}

/** The panels above the list. */
export interface ListPanels {
  /** The reason why the application does not answer. */
  readonly failure: Html | undefined;
  /** The outcome of the last check. */
  readonly check: Html;
}

/**
 * Makes the page with the list of requests, the newest first.
 *
 * @param frame Data that all pages use.
 * @param summaries The requests, the oldest first.
 * @param filter The filter.
 * @param panels The panels above the list.
 * @returns The page.
 */
export function listPage(
  frame: PageFrame,
  summaries: readonly ConversationSummary[],
  filter: ListFilter,
  { failure, check }: ListPanels,
): Html {
  const { base } = frame;
  const shown = summaries.filter((summary) => matches(summary, filter));
  const rows = summaries.toReversed().map((summary) =>
    showRow(summary, base, !shown.includes(summary))
  );
  return layout(frame, {
    title: "Requests",
    section: "requests",
    script: "list.js",
    content: markup`<h1>Requests</h1>
<div id="failure-panel">${failure}</div>
<div id="check-panel">${check}</div>
<form id="filter" role="search" action="${base}/" method="get">
<label class="field"><span class="sr">Filter requests</span><input type="search" name="q" value="${filter.text}" placeholder="Filter: path, method, status …" autocomplete="off" spellcheck="false"></label>
<label class="toggle"><input type="checkbox" name="failures" value="1"${
      filter.onlyFailures && markup` checked`
    }> Only failures</label>
<noscript><button>Apply</button></noscript>
<output id="count">${shown.length} of ${summaries.length}</output>
</form>
<div class="columns" aria-hidden="true"><span>#</span><span>Method</span><span>Status</span><span>Target</span><span></span><span>Size</span><span>Time</span><span>At</span></div>
<ol id="requests" class="requests" reversed role="list" aria-label="Requests, the newest first">
${rows}</ol>
<p id="empty" class="empty-list"${
      summaries.length > 0 && markup` hidden`
    }>No requests yet. <a href="/">Open the application</a>: its conversation with the server appears here.</p>
<p id="none" class="empty-list"${
      (summaries.length === 0 || shown.length > 0) && markup` hidden`
    }>No requests match the filter.</p>
<p class="keys"><kbd>j</kbd> <kbd>k</kbd> next and previous request, <kbd>Enter</kbd> opens it, <kbd>/</kbd> filters</p>`,
  });
}
