/**
 * The last conversations of the development server, within a bound.
 *
 * @module
 */

import type { ApplicationState, CheckOutcome } from "./application_state.ts";
import type {
  Conversation,
  ConversationEvent,
  RecordedRequest,
} from "./conversation.ts";
import { conversationSize, eventSize } from "./conversation_size.ts";
import type { EventDigest } from "./wire/messages.ts";

/** One conversation in a list. */
export interface ConversationSummary {
  readonly id: number;
  /** When the request arrived, in milliseconds since the epoch. */
  readonly startedAt: number;
  readonly method: string;
  /** The request target as received. */
  readonly target: string;
  /** The status of the response, such as `"200 OK"`, once it was started. */
  readonly status?: string;
  /** How it ended; absent while the request runs. */
  readonly outcome?: "complete" | "cut" | "client-left" | "reloaded";
  /** Milliseconds from the arrival to the last event. */
  readonly duration: number;
  /** Body bytes that were sent or, while the request runs, made. */
  readonly bytes: number;
  /** How many errors there were, findings of that severity included. */
  readonly errors: number;
  /** How many findings were warnings. */
  readonly warnings: number;
}

/** What changed in the log. */
export type LogChange =
  | { readonly type: "conversation"; readonly id: number }
  | { readonly type: "dropped"; readonly id: number }
  | { readonly type: "state" }
  | { readonly type: "check" };

/** Called after each change. */
export type LogListener = (change: LogChange) => void;

/**
 * A request that is being recorded. Most conversations are never looked at, so
 * what is expensive is made when one is.
 */
export interface RecordedSource {
  /** When the request arrived, in milliseconds since the epoch. */
  readonly startedAt: number;
  readonly method: string;
  readonly target: string;
  /** Its memory, estimated, in bytes. */
  readonly size: number;
  /** Makes the request as it can be sent again. */
  request(): RecordedRequest;
  /** Adds what the front knows to the events that the worker recorded. */
  complete(events: readonly ConversationEvent[]): ConversationEvent[];
}

/** What became of a request. */
export type ConversationEnd =
  & Pick<ConversationSummary, "duration" | "bytes">
  & { readonly outcome: NonNullable<ConversationSummary["outcome"]> }
  & { readonly status: string | undefined };

/** How much a {@linkcode ConversationLog} keeps. */
export interface ConversationLogLimits {
  /**
   * The number of conversations.
   *
   * @default {200}
   */
  conversations?: number;
  /**
   * The memory of all conversations together, estimated, in bytes.
   *
   * @default {33554432}
   */
  bytes?: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface Entry {
  readonly summary: Mutable<ConversationSummary>;
  readonly source: RecordedSource;
  /** Events, and JSON of several of them. */
  readonly parts: (ConversationEvent | string)[];
  size: number;
}

/** Gives a request that is complete already. */
function toSource(request: RecordedRequest, startedAt: number): RecordedSource {
  const { method, target } = request;
  return {
    startedAt,
    method,
    target,
    size: conversationSize(request),
    request: () => request,
    complete: (events) => [...events],
  };
}

/** Brings the summary of a conversation up to date. */
function summarize(
  summary: Mutable<ConversationSummary>,
  event: ConversationEvent,
): void {
  summary.duration = event.time;
  switch (event.type) {
    case "start-response":
      summary.status = event.status;
      break;
    case "head":
      // The server may answer itself, without a startResponse.
      summary.status = /^HTTP\/\S+ ([^\r\n]*)/.exec(event.bytes)?.[1] ??
        summary.status ?? "";
      break;
    case "chunk":
      summary.bytes += event.bytes;
      break;
    case "finding":
      if (event.finding.severity === "error") summary.errors++;
      else summary.warnings++;
      break;
    case "error":
      summary.errors++;
      break;
    case "end":
      summary.outcome = event.outcome;
      summary.bytes = event.bytes;
  }
}

/**
 * The last conversations between server and application, with the state of the
 * application. Where a bound is exceeded, the oldest conversation is dropped.
 */
export class ConversationLog {
  readonly #maxConversations: number;
  readonly #maxBytes: number;
  /** By id, the oldest first. */
  readonly #entries = new Map<number, Entry>();
  readonly #listeners = new Set<LogListener>();
  #lastId = 0;
  #size = 0;
  #state: ApplicationState = "loading";
  #check: CheckOutcome | undefined;

  /**
   * Creates an empty log.
   *
   * @param limits How much it keeps.
   */
  constructor(
    { conversations = 200, bytes = 33_554_432 }: ConversationLogLimits = {},
  ) {
    this.#maxConversations = conversations;
    this.#maxBytes = bytes;
  }

  /** The state of the application. */
  get state(): ApplicationState {
    return this.#state;
  }

  set state(state: ApplicationState) {
    this.#state = state;
    this.#notify({ type: "state" });
  }

  /** The outcome of the last check, if there was one. */
  get check(): CheckOutcome | undefined {
    return this.#check;
  }

  set check(outcome: CheckOutcome | undefined) {
    this.#check = outcome;
    this.#notify({ type: "check" });
  }

  /** The memory of all conversations, estimated, in bytes. */
  get size(): number {
    return this.#size;
  }

  /**
   * Lists the conversations.
   *
   * @returns Their summaries, the oldest first.
   */
  list(): readonly ConversationSummary[] {
    return Array.from(this.#entries.values(), ({ summary }) => ({
      ...summary,
    }));
  }

  /**
   * Returns one conversation.
   *
   * @param id Its id.
   * @returns A copy that does not change, or nothing if it was dropped.
   */
  get(id: number): Conversation | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined) return undefined;
    const { source, parts } = entry;
    const events = parts.flatMap((
      part,
    ): ConversationEvent | ConversationEvent[] =>
      typeof part === "string" ? JSON.parse(part) : part
    );
    return {
      id,
      startedAt: source.startedAt,
      request: source.request(),
      events: source.complete(events).toSorted((a, b) => a.time - b.time),
    };
  }

  /**
   * Begins a conversation.
   *
   * @param request The request. Its body may grow: see {@linkcode setRequest}.
   * @param startedAt When it arrived, in milliseconds since the epoch.
   * @returns Its id.
   */
  add(request: RecordedRequest, startedAt: number = Date.now()): number {
    return this.begin(toSource(request, startedAt));
  }

  /**
   * Begins a conversation that is recorded.
   *
   * @param source The request.
   * @returns Its id.
   */
  begin(source: RecordedSource): number {
    const id = ++this.#lastId;
    const { startedAt, method, target, size } = source;
    const summary = {
      id,
      startedAt,
      method,
      target,
      duration: 0,
      bytes: 0,
      errors: 0,
      warnings: 0,
    };
    this.#entries.set(id, { summary, source, parts: [], size });
    this.#size += size;
    this.#shrink();
    this.#notify({ type: "conversation", id });
    return id;
  }

  /**
   * Appends events to a conversation. Without effect if it was dropped.
   *
   * @param id Its id.
   * @param events The events, in their order.
   */
  append(id: number, ...events: readonly ConversationEvent[]): void {
    const entry = this.#entries.get(id);
    if (entry === undefined || events.length === 0) return;
    for (const event of events) {
      entry.parts.push(event);
      summarize(entry.summary, event);
      this.#count(entry, eventSize(event));
    }
    this.#changed(id);
  }

  /**
   * Appends events that the worker has recorded.
   *
   * @param id The id of the conversation.
   * @param json An array of events, as JSON.
   * @param digest What they add to the summary.
   */
  appendRecorded(id: number, json: string, digest: EventDigest): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    entry.parts.push(json);
    entry.summary.errors += digest.errors;
    entry.summary.warnings += digest.warnings;
    this.#count(entry, json.length);
    this.#changed(id);
  }

  /**
   * Says how a conversation ended. Events may still follow.
   *
   * @param id Its id.
   * @param end How it ended.
   */
  finish(id: number, end: ConversationEnd): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    const { status, ...rest } = end;
    Object.assign(entry.summary, rest, status !== undefined && { status });
    this.#changed(id);
  }

  /**
   * Takes note that a request that is being recorded needs more memory.
   *
   * @param id Its id.
   * @param bytes How much more, in bytes.
   */
  grow(id: number, bytes: number): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#count(entry, bytes);
    this.#changed(id);
  }

  /**
   * Replaces the request of a conversation, when more of its body has come.
   *
   * @param id Its id.
   * @param request The request.
   */
  setRequest(id: number, request: RecordedRequest): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    const { source, size } = entry;
    const replaced = toSource(request, source.startedAt);
    const growth = replaced.size - source.size;
    this.#entries.set(id, { ...entry, source: replaced, size: size + growth });
    this.#size += growth;
    this.#changed(id);
  }

  /** Forgets all conversations. */
  clear(): void {
    for (const id of [...this.#entries.keys()]) this.#drop(id);
  }

  /**
   * Registers a listener, which is called after each change. What it throws is
   * ignored.
   *
   * @param listener The listener.
   * @returns What removes it again.
   */
  subscribe(listener: LogListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #count(entry: Entry, bytes: number): void {
    entry.size += bytes;
    this.#size += bytes;
  }

  #changed(id: number): void {
    this.#shrink();
    if (this.#listeners.size > 0) this.#notify({ type: "conversation", id });
  }

  #shrink(): void {
    for (const id of this.#entries.keys()) {
      const fits = this.#entries.size <= this.#maxConversations &&
        this.#size <= this.#maxBytes;
      if (fits) return;
      this.#drop(id);
    }
  }

  #drop(id: number): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#entries.delete(id);
    this.#size -= entry.size;
    this.#notify({ type: "dropped", id });
  }

  #notify(change: LogChange): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(change);
      } catch {
        // A listener cannot stop the application's requests.
      }
    }
  }
}
