/**
 * Changes of the log, as server-sent events.
 *
 * @module
 */

import type { ConversationLog } from "../conversation_log.ts";
import type { Html } from "./html.ts";
import { showRow } from "./list_page.ts";

/** Changes are gathered for this long, in ms: a stream makes thousands. */
const GATHER_MS = 60;
/** A comment keeps the connection open and detects clients that have left. */
const KEEP_ALIVE_MS = 15_000;

/** Renders the parts of a page that are not requests. */
export interface LivePanels {
  state(): Html;
  failure(): Promise<Html | undefined>;
  check(): Html;
}

const encoder = new TextEncoder();

function toEvent(name: string, data: unknown): string {
  // JSON has no line feed, which would end the field.
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

/**
 * The body of an event stream. It begins with the whole state, so a browser that
 * connects again misses nothing:
 *
 * - `requests`: the ids of all requests,
 * - `request`: a request and its row, or only its id where one is followed,
 * - `dropped`: the id of a request that is no longer kept,
 * - `application`: state, failure and check.
 *
 * Changes that happen while the client does not read are merged.
 */
export class LiveEvents implements AsyncIterable<Uint8Array> {
  readonly #log: ConversationLog;
  readonly #panels: LivePanels;
  readonly #base: string;
  readonly #only: number | undefined;
  readonly #changed = new Set<number>();
  readonly #dropped = new Set<number>();
  #isApplicationChanged = true;
  #isFirst = true;
  #isClosed = false;
  #isGathering = false;
  #wake: (() => void) | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #unsubscribe: (() => void) | undefined;

  /**
   * @param log The log to follow.
   * @param panels Renders the other parts of the page.
   * @param base The path under which the pages are.
   * @param only The id of the only request to follow, if there is one.
   */
  constructor(
    log: ConversationLog,
    panels: LivePanels,
    base: string,
    only: number | undefined,
  ) {
    this.#log = log;
    this.#panels = panels;
    this.#base = base;
    this.#only = only;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    this.#subscribe();
    try {
      while (!this.#isClosed) {
        yield encoder.encode(await this.#take());
        await this.#change();
      }
    } finally {
      this.close();
    }
  }

  /** Ends the stream. The server calls this when the client leaves. */
  close(): void {
    this.#isClosed = true;
    this.#unsubscribe?.();
    clearTimeout(this.#timer);
    this.#wake?.();
  }

  #subscribe(): void {
    for (const { id } of this.#log.list()) this.#note(id);
    this.#unsubscribe = this.#log.subscribe((change) => {
      if (change.type === "conversation") this.#note(change.id);
      else if (change.type === "dropped") this.#dropped.add(change.id);
      else this.#isApplicationChanged = true;
      this.#wakeIn(GATHER_MS);
    });
  }

  #note(id: number): void {
    if (this.#only === undefined || this.#only === id) this.#changed.add(id);
  }

  /** Makes the events for everything that has changed, or a comment. */
  async #take(): Promise<string> {
    let events = "";
    const summaries = this.#log.list();
    if (this.#isFirst) {
      this.#isFirst = false;
      events += toEvent("requests", summaries.map(({ id }) => id));
    }
    for (const id of this.#dropped) events += toEvent("dropped", { id });
    for (const summary of summaries) {
      if (!this.#changed.has(summary.id)) continue;
      const { id } = summary;
      events += toEvent(
        "request",
        this.#only === undefined
          ? { id, html: String(showRow(summary, this.#base)) }
          : { id },
      );
    }
    this.#dropped.clear();
    this.#changed.clear();
    if (this.#isApplicationChanged) {
      this.#isApplicationChanged = false;
      const failure = await this.#panels.failure();
      events += toEvent("application", {
        state: String(this.#panels.state()),
        failure: String(failure ?? ""),
        check: String(this.#panels.check()),
      });
    }
    return events === "" ? ":\n\n" : events;
  }

  /** Waits for a change, or until the next comment is due. */
  async #change(): Promise<void> {
    if (this.#isClosed) return;
    const hasChanged = this.#changed.size + this.#dropped.size > 0 ||
      this.#isApplicationChanged;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    this.#wakeIn(hasChanged ? GATHER_MS : KEEP_ALIVE_MS);
    await promise;
    this.#wake = undefined;
  }

  #wakeIn(ms: number): void {
    if (this.#wake === undefined) return;
    // A further change does not postpone the one that is due.
    if (ms === GATHER_MS && this.#isGathering) return;
    this.#isGathering = ms === GATHER_MS;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#isGathering = false;
      this.#wake?.();
    }, ms);
  }
}
