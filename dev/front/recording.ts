/**
 * {@linkcode Recording}: what the front keeps of one request.
 *
 * @module
 */

import type { RequestHead } from "../../http1/request_head.ts";
import { isSecret } from "../../wsgi/redact.ts";
import type { Environ } from "../../wsgi/types.ts";
import type {
  ConversationEvent,
  EnvironEntry,
  RecordedRequest,
} from "../conversation.ts";
import type { ConversationLog, RecordedSource } from "../conversation_log.ts";
import type { EventDigest, FlatPairs } from "../wire/messages.ts";
import {
  encodeSent,
  type Received,
  receivedOf,
  type SentHead,
} from "./received.ts";

/** More of a request's body is not kept, in bytes. */
const MAX_BODY = 65_536;

/** An object with its fields, in bytes. */
const OBJECT = 512;

/** The variables of an environ that are strings, names and values in turn. */
function stringsOf(environ: Environ): string[] {
  const flat: string[] = [];
  for (const name in environ) {
    const value = environ[name];
    if (typeof value === "string") flat.push(name, value);
  }
  return flat;
}

function toEntries(flat: FlatPairs): EnvironEntry[] {
  const entries: EnvironEntry[] = [];
  for (let i = 0; i < flat.length; i += 2) {
    const [name, value] = [flat[i]!, flat[i + 1]!];
    entries.push({ name, value, isString: true, isSecret: isSecret(name) });
  }
  return entries;
}

function toPairs(flat: FlatPairs): [string, string][] {
  const pairs: [string, string][] = [];
  for (let i = 0; i < flat.length; i += 2) {
    pairs.push([flat[i]!, flat[i + 1]!]);
  }
  return pairs;
}

/** How the exchange with the worker ended, where it did not end well. */
export type CutOutcome = "cut" | "reloaded";

/** What the access log of the server says about the end of a request. */
export interface RecordingEnd {
  readonly status: number;
  readonly bytesSent: number;
  readonly clientLeft: boolean;
}

/** One request that is being recorded. */
export class Recording implements RecordedSource {
  readonly startedAt: number = performance.timeOrigin + performance.now();
  readonly method: string;
  readonly target: string;
  readonly size: number;
  /** The variables of the environ that are strings. */
  readonly environ: FlatPairs;
  readonly id: number;
  /** JSON of the events with an error or a finding. */
  readonly notable: string[] = [];
  /** Set where the response is not that of the application, or not whole. */
  outcome: CutOutcome | undefined;
  readonly #head: RequestHead | undefined;
  /** Absent once the response is over, so that no connection is kept. */
  #transport: Received["transport"] | undefined;
  #sent: SentHead | undefined;
  readonly #log: ConversationLog;
  #end: ConversationEvent | undefined;
  #body: Uint8Array[] = [];
  #bodySize = 0;
  #hasBodyEnded: boolean;

  /**
   * Begins a conversation.
   *
   * @param environ The environ of the request, as the front's server made it.
   * @param log Where it is kept.
   */
  constructor(environ: Environ, log: ConversationLog) {
    const received = receivedOf(environ);
    this.#head = received?.head;
    this.#transport = received?.transport;
    this.method = environ.REQUEST_METHOD;
    this.target = received?.head.target ?? environ.REQUEST_URI ?? "";
    this.environ = stringsOf(environ);
    this.size = this.environ.reduce(
      (sum, text) => sum + text.length,
      OBJECT + 16 * this.environ.length,
    );
    this.#log = log;
    this.#hasBodyEnded = received?.head.fields.hasBody !== true;
    this.id = log.begin(this);
  }

  /** The reason phrase with its code, as it was sent. */
  get status(): string | undefined {
    return (this.#sent ?? this.#transport?.sent)?.head.status;
  }

  /** Milliseconds since the request arrived. */
  get elapsed(): number {
    return performance.timeOrigin + performance.now() - this.startedAt;
  }

  /**
   * Keeps a part of the request's body.
   *
   * @param bytes The bytes, which are copied; nothing at the end.
   */
  keepInput(bytes: Uint8Array | undefined): void {
    if (bytes === undefined) {
      this.#hasBodyEnded = true;
      return;
    }
    const room = MAX_BODY - this.#bodySize;
    this.#bodySize += bytes.length;
    // The end of a body whose length is known is not asked for.
    const length = this.#head?.fields.contentLength;
    if (this.#bodySize === length) this.#hasBodyEnded = true;
    if (room <= 0) return;
    const kept = bytes.slice(0, room);
    this.#body.push(kept);
    this.#log.grow(this.id, kept.length);
  }

  /**
   * Adds what the worker has recorded.
   *
   * @param json An array of events, as JSON.
   * @param digest What they add to the summary.
   */
  addRecorded(json: string, digest: EventDigest): void {
    if (json === "[]") return;
    if (digest.errors + digest.warnings > 0) this.notable.push(json);
    this.#log.appendRecorded(this.id, json, digest);
  }

  /**
   * Adds an event of the front. The terminal does not show it.
   *
   * @param event The event.
   */
  add(event: ConversationEvent): void {
    this.#log.append(this.id, event);
  }

  /**
   * Says that the response is over.
   *
   * @param end How it ended.
   */
  finish({ bytesSent, clientLeft }: RecordingEnd): void {
    const outcome = clientLeft ? "client-left" : this.outcome ?? "complete";
    const duration = this.elapsed;
    this.#log.finish(this.id, {
      outcome,
      bytes: bytesSent,
      duration,
      status: this.status,
    });
    this.#end = { type: "end", outcome, bytes: bytesSent, time: duration };
    this.#sent = this.#transport?.sent;
    this.#transport = undefined;
  }

  request(): RecordedRequest {
    const head = this.#head;
    const body = new Uint8Array(Math.min(this.#bodySize, MAX_BODY));
    let offset = 0;
    for (const part of this.#body) {
      body.set(part, offset);
      offset += part.length;
    }
    return {
      method: this.method,
      target: this.target,
      protocol: head === undefined ? "HTTP/1.1" : `HTTP/${head.version}`,
      headers: toPairs(head?.fields.headers ?? []),
      body,
      isBodyComplete: this.#hasBodyEnded && this.#bodySize <= MAX_BODY,
    };
  }

  complete(events: readonly ConversationEvent[]): ConversationEvent[] {
    const completed = events.map((event): ConversationEvent =>
      event.type === "call"
        ? { ...event, environ: [...toEntries(this.environ), ...event.environ] }
        : event
    );
    const sent = this.#sent ?? this.#transport?.sent;
    if (sent !== undefined) {
      const time = Math.max(0, sent.sentAt - this.startedAt);
      completed.push({ type: "head", bytes: encodeSent(sent), time });
    }
    if (this.#end !== undefined) completed.push(this.#end);
    return completed;
  }
}
