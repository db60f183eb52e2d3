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

/** One conversation, given as a whole. */
class Sample implements LoggedConversation {
  readonly size = 1;

  constructor(
    public request: RecordedRequest,
    readonly events: ConversationEvent[],
    readonly startedAt: number,
  ) {}

  toSummary(id: number): ConversationSummary {
    const { events, startedAt, request: { method, target } } = this;
    const head = events.findLast((event) => event.type === "head");
    const end = events.findLast((event) => event.type === "end");
    const chunks = events.filter((event) => event.type === "chunk");
    const count = (wanted: string) =>
      events.filter((event) =>
        (event.type === "finding" ? event.finding.severity : event.type) ===
          wanted
      ).length;
    return {
      ...{ id, startedAt, method, target },
      status: /^HTTP\/\S+ ([^\r\n]*)/.exec(head?.bytes ?? "")?.[1],
      outcome: end?.outcome,
      duration: events.at(-1)?.time ?? 0,
      bytes: end?.bytes ?? chunks.reduce((sum, { bytes }) => sum + bytes, 0),
      errors: count("error"),
      warnings: count("warning"),
    };
  }

  toConversation(id: number): Conversation {
    const { startedAt, request } = this;
    const events = this.events.toSorted((a, b) => a.time - b.time);
    return { id, startedAt, request, events };
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
    const sample = new Sample(request, [...events], startedAt);
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
