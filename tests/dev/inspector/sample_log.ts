/** A log of invented conversations. */

import type {
  Conversation,
  ConversationEvent,
  ConversationSummary,
  RecordedRequest,
} from "../../../dev/conversation.ts";
import {
  ConversationLog,
  type LoggedConversation,
} from "../../../dev/conversation_log.ts";

/** Finds the last event of a type. */
function last<Type extends ConversationEvent["type"]>(
  events: readonly ConversationEvent[],
  type: Type,
): Extract<ConversationEvent, { type: Type }> | undefined {
  return events.findLast((event) => event.type === type) as never;
}

/** One conversation, given as a whole. */
class Sample implements LoggedConversation {
  readonly size = 1;
  readonly #startedAt: number;
  request: RecordedRequest;
  events: ConversationEvent[];

  constructor(
    request: RecordedRequest,
    events: readonly ConversationEvent[],
    startedAt: number,
  ) {
    this.request = request;
    this.events = [...events];
    this.#startedAt = startedAt;
  }

  toSummary(id: number): ConversationSummary {
    const { events, request: { method, target } } = this;
    const head = last(events, "head")?.bytes ?? "";
    const end = last(events, "end");
    const count = (wanted: string) =>
      events.filter((event) =>
        (event.type === "finding" ? event.finding.severity : event.type) ===
          wanted
      ).length;
    return {
      id,
      startedAt: this.#startedAt,
      method,
      target,
      status: /^HTTP\/\S+ ([^\r\n]*)/.exec(head)?.[1],
      outcome: end?.outcome,
      duration: events.at(-1)?.time ?? 0,
      bytes: end?.bytes ??
        events.reduce((sum, e) => sum + (e.type === "chunk" ? e.bytes : 0), 0),
      errors: count("error"),
      warnings: count("warning"),
    };
  }

  toConversation(id: number): Conversation {
    const events = this.events.toSorted((a, b) => a.time - b.time);
    return { id, startedAt: this.#startedAt, request: this.request, events };
  }
}

/** A log of samples. */
export class SampleLog extends ConversationLog {
  readonly #samples: Sample[] = [];

  /** Adds a request with its events, and returns its id. */
  keep(
    request: RecordedRequest,
    events: readonly ConversationEvent[] = [],
  ): number {
    const noon = Date.UTC(2026, 10, 29, 10, 0, 0);
    const startedAt = noon + this.#samples.length * 7300;
    const sample = new Sample(request, events, startedAt);
    this.#samples.push(sample);
    return this.add(sample);
  }

  /** Adds events to a conversation. */
  append(id: number, ...events: readonly ConversationEvent[]): void {
    this.#samples[id - 1]!.events.push(...events);
    this.change(id);
  }

  /** Replaces the request of a conversation. */
  setRequest(id: number, request: RecordedRequest): void {
    this.#samples[id - 1]!.request = request;
  }
}
