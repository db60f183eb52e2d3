/**
 * The timeline of a request. Long runs of chunks, reads and log lines are folded.
 *
 * @module
 */

import type { Conversation, ConversationEvent } from "../conversation.ts";
import { count, formatBytes, formatDuration } from "./format.ts";
import { type Html, markup } from "./html.ts";
import { showHead, showPreview, showText } from "./secret_view.ts";
import {
  showEvent,
  type TimelineContext,
  timelineItem,
} from "./timeline_event.ts";
import { fromBytes } from "../../wsgi/byte_string.ts";

/** Shorter runs stay as they are. */
const MIN_RUN = 9;
/** The number of visible events before and after a fold. */
const BEFORE = 3;
const AFTER = 1;
/** The number of events in a fold; the JSON has all of them. */
const MAX_IN_FOLD = 300;
/** The number of items and folds in a timeline. */
const MAX_ITEMS = 500;

/** The id of the first finding or error. The summary links to it. */
export const TROUBLE = "trouble";

/** An event, or a fold of several. */
type Part = ConversationEvent | readonly ConversationEvent[];

/** Returns whether there may be thousands of such events. */
function isMass({ type }: ConversationEvent): boolean {
  return type === "chunk" || type === "read" || type === "log" ||
    type === "omitted";
}

/**
 * Divides events into those that are shown and those that are folded.
 *
 * @param events The events, in their order.
 * @returns The same events in the same order; each array is a fold.
 */
export function foldEvents(events: readonly ConversationEvent[]): Part[] {
  const parts: Part[] = [];
  for (let start = 0; start < events.length;) {
    let end = start;
    while (end < events.length && isMass(events[end]!)) end++;
    const run = events.slice(start, end);
    if (run.length < MIN_RUN) {
      parts.push(...run);
    } else {
      parts.push(
        ...run.slice(0, BEFORE),
        run.slice(BEFORE, -AFTER),
        ...run.slice(-AFTER),
      );
    }
    if (end < events.length) parts.push(events[end]!);
    start = end + 1;
  }
  return parts;
}

/** Summarizes a fold in a line. */
function foldTitle(events: readonly ConversationEvent[]): string {
  const numbers = { chunk: 0, read: 0, log: 0, omitted: 0 };
  const sizes = { chunk: 0, read: 0 };
  for (const event of events) {
    if (event.type === "chunk" || event.type === "read") {
      numbers[event.type]++;
      sizes[event.type] += event.bytes;
    } else if (event.type === "log") {
      numbers.log++;
    } else if (event.type === "omitted") {
      numbers.omitted += event.count;
    }
  }
  const { chunk, read, log, omitted } = numbers;
  return [
    ...chunk > 0
      ? [`${count(chunk, "more chunk")}, ${formatBytes(sizes.chunk)}`]
      : [],
    ...read > 0
      ? [`${count(read, "more read")}, ${formatBytes(sizes.read)}`]
      : [],
    ...log > 0 ? [count(log, "more log line")] : [],
    ...omitted > 0 ? [`${count(omitted, "event")} not kept`] : [],
  ].join("; ");
}

function showRest(rest: number, { json }: TimelineContext): Html {
  return markup`<p class="quiet">${
    count(rest, "more event")
  } in the <a href="${json}">JSON</a>.</p>`;
}

async function showFold(
  events: readonly ConversationEvent[],
  index: number,
  context: TimelineContext,
): Promise<Html> {
  const [first] = events;
  const last = events.at(-1);
  const shown = await Promise.all(
    events.slice(0, MAX_IN_FOLD).map((event) => showEvent(event, context)),
  );
  const rest = events.length - shown.length;
  return markup`<li class="fold"><details data-key="fold${index}"><summary>${
    foldTitle(events)
  } <span class="quiet">from ${formatDuration(first?.time ?? 0)} to ${
    formatDuration(last?.time ?? 0)
  }</span></summary><ol class="timeline inner" role="list">${shown}</ol>${
    rest > 0 &&
    showRest(rest, context)
  }</details></li>\n`;
}

/** Shows the request as it arrived: its head and the beginning of its body. */
function showArrival({ request }: Conversation): Html {
  const { method, target, protocol, headers, body } = request;
  const head = `${method} ${target} ${protocol}\r\n${
    headers.map(([name, value]) => `${name}: ${value}\r\n`).join("")
  }`;
  const bytes = fromBytes(body.subarray(0, 400));
  return timelineItem(
    0,
    "client → server",
    "request",
    markup`<div class="request-line"><code>${method} ${
      showText(target)
    }</code></div><details class="more" data-key="request"><summary>Head of the request, ${
      count(headers.length, "header")
    }</summary>${showHead(head)}</details>${
      body.length > 0 &&
      markup`<div>body <span class="size">${formatBytes(body.length)}${
        !request.isBodyComplete && " kept"
      }</span> ${showPreview(bytes, body.length)}</div>`
    }`,
  );
}

/**
 * Shows the timeline of a request.
 *
 * @param conversation The request, with what happened.
 * @param context Data that all items use.
 * @returns A list.
 */
export async function showTimeline(
  conversation: Conversation,
  context: TimelineContext,
): Promise<Html> {
  const { events } = conversation;
  const parts = foldEvents(events);
  const items: Html[] = [showArrival(conversation)];
  let hasTrouble = false;
  for (const [index, part] of parts.slice(0, MAX_ITEMS).entries()) {
    if (!("type" in part)) {
      items.push(await showFold(part, index, context));
      continue;
    }
    const isTrouble = part.type === "finding" || part.type === "error";
    const isFirst = isTrouble && !hasTrouble;
    hasTrouble ||= isTrouble;
    items.push(await showEvent(part, context, isFirst ? TROUBLE : undefined));
  }
  const rest = parts.length - MAX_ITEMS;
  const isOver = events.some(({ type }) => type === "end");
  return markup`<ol class="timeline" role="list">${items}${
    rest > 0 &&
    markup`<li class="fold">${showRest(rest, context)}</li>`
  }${
    !isOver &&
    markup`<li class="event running"><span class="time"></span><span class="direction">server</span><div class="what"><p><span class="chip running">running</span> The response has not ended.</p></div></li>`
  }</ol>`;
}
