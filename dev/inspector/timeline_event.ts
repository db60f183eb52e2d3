/**
 * One event of a conversation, as an item of the timeline.
 *
 * @module
 */

import type {
  ConversationEvent,
  DescribedFinding,
  EnvironEntry,
} from "../conversation.ts";
import { diffEnviron } from "./environ_diff.ts";
import { count, formatBytes, formatDuration, statusClass } from "./format.ts";
import { type Html, markup } from "./html.ts";
import { showHead, showPreview, showRows, showText } from "./secret_view.ts";
import { showHint, showPlace, type SourceViewer } from "./source_view.ts";

/** Data that all items of a timeline use. */
export interface TimelineContext {
  /** The path under which the pages are. */
  readonly base: string;
  /** The path of the JSON with all events. */
  readonly json: string;
  /** The request target, as received. */
  readonly target: string;
  readonly sources: SourceViewer;
}

/** The sender and the receiver, or the author of a note. */
type Direction =
  | "client → server"
  | "server → application"
  | "application → server"
  | "server → client"
  | "application"
  | "validator"
  | "server";

const OUTCOMES = {
  complete: "Response complete",
  cut: "Response cut off",
  "client-left": "The client left",
  reloaded: "Cut off by a reload of the application",
} as const;

/** Names the caller of `close()`; other names are those of middleware. */
function showCloser(by: string): string {
  if (by === "client left") return "because the client left";
  return by === "server" ? "by the server" : `by ${by}`;
}

/** Makes an item of the timeline. */
export function timelineItem(
  time: number,
  direction: Direction,
  kind: string,
  content: Html,
  id?: string,
): Html {
  return markup`<li class="event ${kind}"${
    id !== undefined && markup` id="${id}"`
  }><span class="time">${
    formatDuration(time)
  }</span><span class="direction">${direction}</span><div class="what">${content}</div></li>\n`;
}

function showEnviron(environ: readonly EnvironEntry[], target: string): Html {
  const { unusual, usual, missing } = diffEnviron(environ, target);
  return markup`${
    unusual.length === 0
      ? markup`<p class="quiet">The environ is that of a plain request.</p>`
      : showRows(unusual, "Variables that a plain request does not have")
  }${
    missing.length > 0 &&
    markup`<p><span class="chip warning">Missing</span> ${
      missing.join(", ")
    }</p>`
  }${
    usual.length > 0 &&
    markup`<details class="more" data-key="environ"><summary>${
      count(usual.length, "variable")
    } as in a plain request</summary>${
      showRows(usual, "Variables as in a plain request")
    }</details>`
  }`;
}

/** Shows a finding with its rule, its words and its line. */
async function showFinding(
  finding: DescribedFinding,
  { base, sources }: TimelineContext,
): Promise<Html> {
  const { rule, severity, blame, message, hint, place } = finding;
  const words = message.replace(/ \(rule [^()]*\)$/, "");
  const path = rule.toWellFormed().split("/").map(encodeURIComponent).join("/");
  return markup`<p><span class="chip ${severity}">${severity}</span>
<a class="rule" href="${base}/rules/${path}">${rule}</a>
<span class="quiet">broken by the ${blame}</span>
${place && showPlace(place)}</p>
<p class="message">${words}</p>
${await sources.excerpt(place)}
${hint !== undefined && showHint(hint)}`;
}

function showRead(event: ConversationEvent & { readonly type: "read" }): Html {
  const { method, size, bytes, preview } = event;
  const call = method === "iterate"
    ? "for await (… of wsgi.input)"
    : `wsgi.input.${method}(${size ?? ""})`;
  return markup`<div><code>${call}</code> ${
    bytes === 0
      ? markup`<span class="quiet">end of input</span>`
      : markup`<span class="size">${formatBytes(bytes)}</span> ${
        showPreview(preview, bytes)
      }`
  }</div>`;
}

async function showStart(
  event: ConversationEvent & { readonly type: "start-response" },
  { sources }: TimelineContext,
): Promise<Html> {
  const { status, headers, excInfo, place } = event;
  const source = await sources.excerpt(place);
  const rows = headers.map(([name, value]) => ({ name, value }));
  return markup`<p><code>startResponse(…)</code> <span class="status s${
    statusClass(status)
  }">${status}</span> ${place && showPlace(place)}</p>${
    rows.length === 0
      ? markup`<p class="quiet">without headers</p>`
      : showRows(rows, "Headers of the response")
  }${
    excInfo !== undefined &&
    markup`<p>with <code>excInfo</code>:</p>${await sources.error(excInfo)}`
  }${
    source &&
    markup`<details class="more" data-key="start"><summary>Source</summary>${source}</details>`
  }`;
}

/**
 * Shows one event.
 *
 * @param event The event.
 * @param context Data that all items use.
 * @param id The id of the item in the page, if it has one.
 * @returns The item.
 */
export async function showEvent(
  event: ConversationEvent,
  context: TimelineContext,
  id?: string,
): Promise<Html> {
  const { time } = event;
  const item = (direction: Direction, content: Html, kind = event.type) =>
    timelineItem(time, direction, kind, content, id);
  switch (event.type) {
    case "call":
      return item(
        "server → application",
        markup`<p><code>${event.application}(environ, startResponse)</code></p>${
          showEnviron(event.environ, context.target)
        }`,
      );
    case "read":
      return item("application → server", showRead(event));
    case "start-response":
      return item("application → server", await showStart(event, context));
    case "chunk":
      return item(
        "application → server",
        markup`<div>${
          event.via === "write" ? markup`<code>write()</code>` : "chunk"
        } ${event.index + 1} <span class="size">${
          formatBytes(event.bytes)
        }</span> ${
          event.bytes > 0 && showPreview(event.preview, event.bytes)
        }</div>`,
      );
    case "body-end":
      return item("application → server", markup`<p>The body ends.</p>`);
    case "close":
      return item(
        "server → application",
        markup`<p><code>close()</code> <span class="quiet">${
          showCloser(event.by)
        }</span></p>`,
      );
    case "log":
      return item(
        "application",
        markup`<div><code class="quiet">${event.source}</code> <code class="logged">${
          showText(event.text.replace(/\n$/, ""))
        }</code></div>`,
      );
    case "finding":
      return timelineItem(
        time,
        "validator",
        `finding ${event.finding.severity}`,
        await showFinding(event.finding, context),
        id,
      );
    case "error":
      return item(
        "application",
        markup`<p><span class="chip error">thrown</span></p>${await context
          .sources.error(event.error)}`,
      );
    case "omitted":
      return item(
        "server",
        markup`<p class="quiet">${
          count(event.count, "event")
        } left out here: too many to keep.</p>`,
      );
    case "head":
      return item(
        "server → client",
        markup`<p>Head of the response, as sent on the wire</p>${
          showHead(event.bytes)
        }`,
      );
    case "end":
      return timelineItem(
        time,
        "server",
        `end ${event.outcome}`,
        markup`<p><strong>${
          OUTCOMES[event.outcome]
        }</strong> <span class="quiet">${formatBytes(event.bytes)} of body in ${
          formatDuration(time)
        }</span></p>`,
      );
  }
}
