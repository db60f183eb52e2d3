/**
 * {@linkcode ConversationLog}: the most recent requests of the development
 * server.
 *
 * @module
 */

import type { ApplicationState, CheckOutcome } from "./application_state.ts";
import type { Conversation, ConversationSummary } from "./conversation.ts";

/** A change of the log. */
export type LogChange =
  | { readonly type: "conversation"; readonly id: number }
  | { readonly type: "dropped"; readonly id: number }
  | { readonly type: "state" }
  | { readonly type: "check" };

/** Called after each change. */
export type LogListener = (change: LogChange) => void;

/**
 * A request in the log. Most requests are never looked at, so summaries and
 * conversations are only made on demand.
 */
export interface LoggedConversation {
  /** The initial size in memory, estimated, in bytes. */
  readonly size: number;
  /** Returns a summary of the current state, for the list. */
  toSummary(id: number): ConversationSummary;
  /** Returns everything recorded so far. */
  toConversation(id: number): Conversation;
}

/** The limits of a {@linkcode ConversationLog}. */
export interface ConversationLogLimits {
  /**
   * The number of conversations.
   *
   * @default {200}
   */
  conversations?: number;
  /**
   * The size of all conversations in memory, estimated, in bytes.
   *
   * @default {33554432}
   */
  bytes?: number;
}

interface Entry {
  readonly conversation: LoggedConversation;
  size: number;
}

/**
 * The most recent conversations between server and application, and the state
 * of the application. Over a limit, the oldest conversation is dropped.
 */
export class ConversationLog {
  readonly #maxBytes: number;
  /**
   * A ring: the entry of an id is at the id modulo the length. A `Map` would
   * keep dropped entries alive: V8 chains its old tables.
   */
  readonly #entries: (Entry | undefined)[];
  readonly #listeners = new Set<LogListener>();
  #firstId = 1;
  #lastId = 0;
  #size = 0;
  #state: ApplicationState = "loading";
  #check: CheckOutcome | undefined;

  /**
   * Creates an empty log.
   *
   * @param limits The numbers of conversations and of bytes that are kept.
   */
  constructor(
    { conversations = 200, bytes = 33_554_432 }: ConversationLogLimits = {},
  ) {
    this.#entries = Array.from({ length: conversations }, () => undefined);
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

  /** The outcome of the last check; `undefined` before the first one. */
  get check(): CheckOutcome | undefined {
    return this.#check;
  }

  set check(outcome: CheckOutcome | undefined) {
    this.#check = outcome;
    this.#notify({ type: "check" });
  }

  /** The size of all conversations in memory, estimated, in bytes. */
  get size(): number {
    return this.#size;
  }

  /**
   * Lists the conversations.
   *
   * @returns Their summaries, the oldest first.
   */
  list(): readonly ConversationSummary[] {
    const summaries: ConversationSummary[] = [];
    for (let id = this.#firstId; id <= this.#lastId; id++) {
      const entry = this.#find(id);
      if (entry !== undefined) summaries.push(entry.conversation.toSummary(id));
    }
    return summaries;
  }

  /**
   * Returns one conversation.
   *
   * @param id The id that `add()` returned.
   * @returns A copy that does not change; `undefined` if it was dropped.
   */
  get(id: number): Conversation | undefined {
    return this.#find(id)?.conversation.toConversation(id);
  }

  /**
   * Adds a conversation.
   *
   * @param conversation The conversation, which is not copied.
   * @returns Its id, a positive integer.
   */
  add(conversation: LoggedConversation): number {
    const id = ++this.#lastId;
    if (id - this.#firstId >= this.#entries.length) this.#dropFirst();
    const { size } = conversation;
    this.#entries[id % this.#entries.length] = { conversation, size };
    this.#grow(id, size);
    return id;
  }

  /**
   * Reports that a conversation has changed. It has no effect if the
   * conversation was dropped.
   *
   * @param id The id that `add()` returned.
   * @param growth The additional size in memory, in bytes.
   * @returns Whether the conversation is still in the log.
   */
  change(id: number, growth = 0): boolean {
    const entry = this.#find(id);
    if (entry === undefined) return false;
    entry.size += growth;
    this.#grow(id, growth);
    return id >= this.#firstId;
  }

  /**
   * Registers a listener for all changes. Exceptions of the listener are
   * ignored.
   *
   * @param listener The listener.
   * @returns A function that removes the listener.
   */
  subscribe(listener: LogListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #find(id: number): Entry | undefined {
    return id >= this.#firstId && id <= this.#lastId
      ? this.#entries[id % this.#entries.length]
      : undefined;
  }

  #grow(id: number, growth: number): void {
    this.#size += growth;
    while (this.#size > this.#maxBytes) this.#dropFirst();
    if (this.#listeners.size > 0) this.#notify({ type: "conversation", id });
  }

  #dropFirst(): void {
    const id = this.#firstId;
    this.#size -= this.#find(id)?.size ?? 0;
    this.#firstId++;
    this.#entries[id % this.#entries.length] = undefined;
    this.#notify({ type: "dropped", id });
  }

  #notify(change: LogChange): void {
    for (const listener of this.#listeners) {
      try {
        listener(change);
      } catch {
        // A listener must not interfere with requests.
      }
    }
  }
}
