/**
 * The page of one request.
 *
 * @module
 */

import type { Conversation } from "../conversation.ts";
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
import { OUTCOMES } from "./list_page.ts";
import { hideSecrets, isSecretName } from "./secrets.ts";
import type { SourceViewer } from "./source_view.ts";
import { showStrip } from "./strip.ts";
import { showTimeline, TROUBLE } from "./timeline.ts";

/** Data of the page besides the conversation. */
export interface RequestPageParts {
  readonly summary: ConversationSummary;
  readonly sources: SourceViewer;
  /** Whether the request can be written as a test. */
  readonly canBeTest: boolean;
  /** The ids of the requests before and after this one. */
  readonly neighbors: {
    readonly previous: number | undefined;
    readonly next: number | undefined;
  };
}

function showOutcome({ outcome, duration }: ConversationSummary): Html {
  if (outcome === undefined) {
    return markup`<span class="chip running">running</span>`;
  }
  const time = formatDuration(duration);
  return outcome === "complete"
    ? markup`${time}`
    : markup`<span class="chip ${outcome}">${
      OUTCOMES[outcome]
    }</span> after ${time}`;
}

/** Counts the credentials in the text that the buttons copy. */
function credentialsIn({ request }: Conversation): number {
  const headers = request.headers.filter(([name]) => isSecretName(name)).length;
  return headers +
    (hideSecrets(request.target) === request.target ? 0 : 1);
}

function showActions(
  { base, token }: PageFrame,
  conversation: Conversation,
  { canBeTest }: RequestPageParts,
): Html {
  const { id, request } = conversation;
  const api = `${base}/api/requests/${id}`;
  const credentials = credentialsIn(conversation);
  const replay = request.isBodyComplete
    ? markup`<form method="post" action="${base}/requests/${id}/replay"><input type="hidden" name="token" value="${token}"><button class="primary">Replay</button></form>`
    : markup`<button disabled>Replay</button>
<span class="quiet">The application did not read the whole body, or it is too long to keep.</span>`;
  const test = canBeTest
    ? markup`<a class="button" data-copy="test" data-hint="Save it next to the module." href="${api}/test">Copy as test</a>`
    : "";
  return markup`<div class="actions" data-credentials="${credentials}">${replay}
<a class="button" data-copy="curl command" href="${api}/curl">Copy as curl</a>
${test}
<a class="button plain" href="${api}">JSON</a><output id="copied"></output></div>`;
}

function showFacts(
  conversation: Conversation,
  { summary }: RequestPageParts,
): Html {
  const { status, errors, warnings, bytes } = summary;
  return markup`<ul class="facts" aria-label="Summary"><li><span class="status s${
    statusClass(status)
  }">${
    status === undefined ? "no status yet" : toReadable(status)
  }</span></li><li>${showOutcome(summary)}</li><li>${
    formatBytes(bytes)
  }</li><li>at ${formatClock(conversation.startedAt)}</li>${
    errors > 0 &&
    markup`<li><a class="chip error" href="#${TROUBLE}">${
      count(errors, "error")
    }</a></li>`
  }${
    warnings > 0 &&
    markup`<li><a class="chip warning" href="#${TROUBLE}">${
      count(warnings, "warning")
    }</a></li>`
  }</ul>`;
}

/**
 * Makes the page of a request.
 *
 * @param frame Data that all pages use.
 * @param conversation The request, with what happened.
 * @param parts Further data.
 * @returns The page.
 */
export async function requestPage(
  frame: PageFrame,
  conversation: Conversation,
  parts: RequestPageParts,
): Promise<Html> {
  const { base } = frame;
  const { id, request, events } = conversation;
  const { neighbors: { previous, next }, sources } = parts;
  const target = hideSecrets(toReadable(request.target));
  const json = `${base}/api/requests/${id}`;
  const context = { base, json, target: request.target, sources };
  const step = (to: number | undefined, rel: string, label: string) =>
    to === undefined
      ? markup`<span class="quiet">${label}</span>`
      : markup`<a rel="${rel}" href="${base}/requests/${to}">${label}</a>`;
  return layout(frame, {
    title: `${request.method} ${cut(target, 80)}`,
    section: undefined,
    script: "request.js",
    content: markup`<nav class="crumbs" aria-label="Requests">
<a href="${base}/">Requests</a> <span class="quiet">#${id}</span>
<span class="steps">${step(previous, "prev", "Previous")} ${
      step(next, "next", "Next")
    }</span>
</nav>
<article id="request" data-id="${id}"${
      parts.summary.outcome === undefined && markup` data-running`
    }>
<h1><span class="method">${request.method}</span> ${cut(target, 300)}</h1>
${showFacts(conversation, parts)}
${showActions(frame, conversation, parts)}
${showStrip(events)}
<section aria-labelledby="timeline-title">
<h2 id="timeline-title">Timeline</h2>
${await showTimeline(conversation, context)}
</section>
</article>`,
  });
}

/** Makes the page for a path or a request that does not exist. */
export function notFoundPage(frame: PageFrame, message: string): Html {
  return layout(frame, {
    title: "Not found",
    section: undefined,
    content:
      markup`<h1>Not found</h1><p>${message}</p><p><a href="${frame.base}/">All requests</a> · <a href="${frame.base}/rules/">All rules</a></p>`,
  });
}
