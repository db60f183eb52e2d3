/**
 * {@linkcode Recording}: the record of one request, for the inspector.
 *
 * @module
 */

import { isSecret } from "../../wsgi/redact.ts";
import type { Environ } from "../../wsgi/types.ts";
import type {
  Conversation,
  ConversationEvent,
  ConversationSummary,
  EnvironEntry,
  Outcome,
  RecordedRequest,
} from "../conversation.ts";
import type {
  ConversationLog,
  LoggedConversation,
} from "../conversation_log.ts";
import type { EnvironStrings } from "../wire/environ_strings.ts";
import { type EventDigest, toPairs } from "../wire/messages.ts";
import {
  encodeSent,
  type Received,
  receivedOf,
  type SentHead,
} from "./received.ts";

/** The maximum size of the part of a request body that is kept, in bytes. */
const MAX_BODY = 65_536;

/** The estimated size of the objects of one recording, in bytes. */
const OBJECTS = 2_048;

/** The estimated size of a character, in bytes: some strings use two. */
const CHARACTER = 2;

function toEntries({ names, values }: EnvironStrings): EnvironEntry[] {
  return names.map((name, i) => ({
    name,
    value: values[i]!,
    isString: true,
    isSecret: isSecret(name),
  }));
}

/** The end of a response, as the server's access log reports it. */
export interface ResponseEnd {
  readonly bytesSent: number;
  readonly clientLeft: boolean;
}

/** The record of one request. */
export class Recording implements LoggedConversation {
  /** When the request arrived, in milliseconds since the epoch. */
  readonly startedAt: number = performance.timeOrigin + performance.now();
  readonly method: string;
  /** The request target as received. */
  readonly target: string;
  readonly size: number;
  readonly environ: EnvironStrings;
  readonly id: number;
  /** JSON of event arrays that contain an error or a finding. */
  readonly notable: string[] = [];
  /** Set if the response is incomplete, or not the application's. */
  outcome: Exclude<Outcome, "complete" | "client-left"> | undefined;
  readonly #version: string;
  readonly #fields: Received["head"]["fields"];
  /** Released when the response ends, because it refers to everything else. */
  #transport: Received["transport"] | undefined;
  #sent: SentHead | undefined;
  readonly #log: ConversationLog;
  /** Events as JSON arrays; emptied when the log drops the conversation. */
  #events: string[] = [];
  #errors = 0;
  #warnings = 0;
  #end: ConversationEvent & { type: "end" } | undefined;
  #body: Uint8Array[] = [];
  #bodySize = 0;
  #hasBodyEnded: boolean;

  /**
   * Creates the record and adds it to the log.
   *
   * @param environ The environ of the request, made by the front's server.
   * @param strings Its variables that are strings.
   * @param log The log.
   */
  constructor(environ: Environ, strings: EnvironStrings, log: ConversationLog) {
    const { head, transport } = receivedOf(environ);
    this.#version = head.version;
    this.#fields = head.fields;
    this.#transport = transport;
    this.method = environ.REQUEST_METHOD;
    this.target = head.target;
    this.environ = strings;
    let characters = 0;
    for (const value of strings.values) characters += value.length;
    this.size = OBJECTS + CHARACTER * characters;
    this.#log = log;
    this.#hasBodyEnded = !head.fields.hasBody;
    this.id = log.add(this);
  }

  /** The number of milliseconds since the request arrived. */
  get elapsed(): number {
    return performance.timeOrigin + performance.now() - this.startedAt;
  }

  get #sentHead(): SentHead | undefined {
    return this.#sent ?? this.#transport?.sent;
  }

  /**
   * Records a part of the request body.
   *
   * @param bytes The bytes, which are copied; `undefined` at the end.
   */
  addInput(bytes: Uint8Array | undefined): void {
    if (bytes === undefined) {
      this.#hasBodyEnded = true;
      return;
    }
    const room = MAX_BODY - this.#bodySize;
    this.#bodySize += bytes.length;
    // An application that has read Content-Length bytes need not read on.
    if (this.#bodySize === this.#fields.contentLength) {
      this.#hasBodyEnded = true;
    }
    if (room <= 0) return;
    const kept = bytes.slice(0, room);
    this.#body.push(kept);
    this.#log.change(this.id, kept.length);
  }

  /**
   * Adds events that the worker has recorded.
   *
   * @param json An array of events, as JSON.
   * @param digest The numbers that these events add to the summary, if any.
   */
  addRecorded(json: string, digest?: EventDigest): void {
    if (json === "[]") return;
    if (digest !== undefined) this.notable.push(json);
    this.#add(json, digest);
  }

  /**
   * Adds an error that the terminal has already shown.
   *
   * @param error The error.
   */
  addError(
    error: Extract<ConversationEvent, { type: "error" }>["error"],
  ): void {
    const event = { type: "error", error, time: this.elapsed };
    this.#add(JSON.stringify([event]), { errors: 1, warnings: 0 });
  }

  #add(json: string, digest?: EventDigest): void {
    this.#events.push(json);
    this.#errors += digest?.errors ?? 0;
    this.#warnings += digest?.warnings ?? 0;
    const isKept = this.#log.change(this.id, CHARACTER * json.length);
    // A long response must not fill the memory after it was dropped.
    if (!isKept) this.#events = [];
  }

  /**
   * Records the end of the response. Events of the application may follow.
   *
   * @param end The end.
   */
  finish({ bytesSent: bytes, clientLeft }: ResponseEnd): void {
    const outcome = clientLeft ? "client-left" : this.outcome ?? "complete";
    this.#end = { type: "end", outcome, bytes, time: this.elapsed };
    this.#sent = this.#transport?.sent;
    this.#transport = undefined;
    this.#log.change(this.id);
  }

  toSummary(id: number): ConversationSummary {
    const { startedAt, method, target } = this;
    return {
      id,
      startedAt,
      method,
      target,
      status: this.#sentHead?.head.status,
      outcome: this.#end?.outcome,
      duration: this.#end?.time ?? this.elapsed,
      bytes: this.#end?.bytes ?? this.#transport?.bytesSent ?? 0,
      errors: this.#errors,
      warnings: this.#warnings,
    };
  }

  toConversation(id: number): Conversation {
    const events = this.#events
      .flatMap((json): ConversationEvent[] => JSON.parse(json))
      .map((event): ConversationEvent =>
        event.type === "call"
          ? {
            ...event,
            environ: [...toEntries(this.environ), ...event.environ],
          }
          : event
      );
    const sent = this.#sentHead;
    if (sent !== undefined) {
      const time = Math.max(0, sent.sentAt - this.startedAt);
      events.push({ type: "head", bytes: encodeSent(sent), time });
    }
    if (this.#end !== undefined) events.push(this.#end);
    return {
      id,
      startedAt: this.startedAt,
      request: this.#toRequest(),
      events: events.toSorted((a, b) => a.time - b.time),
    };
  }

  #toRequest(): RecordedRequest {
    const body = new Uint8Array(Math.min(this.#bodySize, MAX_BODY));
    let offset = 0;
    for (const part of this.#body) {
      body.set(part, offset);
      offset += part.length;
    }
    return {
      method: this.method,
      target: this.target,
      protocol: `HTTP/${this.#version}`,
      headers: toPairs(this.#fields.headers),
      body,
      isBodyComplete: this.#hasBodyEnded && this.#bodySize <= MAX_BODY,
    };
  }
}
