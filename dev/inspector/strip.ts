/**
 * A strip of marks that shows when the events of a request happened.
 *
 * @module
 */

import type { ConversationEvent } from "../conversation.ts";
import { formatDuration } from "./format.ts";
import { type Html, markup } from "./html.ts";

/** The number of places for marks. */
const PLACES = 200;

type Kind = "call" | "input" | "output" | "trouble";

function kindOf(event: ConversationEvent): Kind | undefined {
  switch (event.type) {
    case "call":
    case "close":
      return "call";
    case "read":
      return "input";
    case "start-response":
    case "chunk":
    case "head":
      return "output";
    case "error":
    case "finding":
      return "trouble";
    default:
      return undefined;
  }
}

const LABELS: Readonly<Record<Kind, string>> = {
  call: "calls",
  input: "input",
  output: "output",
  trouble: "findings",
};

const KINDS: readonly Kind[] = ["call", "input", "output", "trouble"];

/**
 * Draws the times of the events of a request. It repeats the timeline, so it is
 * hidden from screen readers.
 *
 * @param events The events.
 * @returns The drawing; `undefined` for a request that takes less than 5 ms or has
 * few events.
 */
export function showStrip(
  events: readonly ConversationEvent[],
): Html | undefined {
  const duration = events.at(-1)?.time ?? 0;
  if (duration < 5 || events.length < 12) return undefined;
  const places = new Map<string, { kind: Kind; place: number }>();
  for (const event of events) {
    const kind = kindOf(event);
    if (kind === undefined) continue;
    const place = Math.min(
      PLACES - 1,
      Math.floor(event.time / duration * PLACES),
    );
    places.set(`${kind} ${place}`, { kind, place });
  }
  const marks = Array.from(
    places.values(),
    ({ kind, place }) =>
      markup`<rect class="${kind}" x="${
        place / PLACES *
        100
      }%" y="${KINDS.indexOf(kind) * 9 + 1}" width="0.6%" height="7" rx="1"/>`,
  );
  const used = KINDS.filter((kind) =>
    [...places.values()].some((mark) => mark.kind === kind)
  );
  return markup`<div class="strip" aria-hidden="true"><svg height="37" width="100%">${marks}</svg><div class="scale"><span>0</span><span class="legend">${
    used.map((kind) => markup`<span class="${kind}">${LABELS[kind]}</span>`)
  }</span><span>${formatDuration(duration)}</span></div></div>`;
}
