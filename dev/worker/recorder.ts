/**
 * {@linkcode Recorder}: the events of one request, as the validator sees them.
 *
 * @module
 */

import {
  ClientDisconnected,
  isServerAbort,
} from "../../gateway/cancellation.ts";
import { fromBytes } from "../../wsgi/byte_string.ts";
import { describe, isUint8Array } from "../../wsgi/describe.ts";
import { isSecret } from "../../wsgi/redact.ts";
import type { ObservedCall, ObservedEvent } from "../../validator/observer.ts";
import { ConformanceError } from "../../validator/conformance_error.ts";
import type { Violation } from "../../validator/violation.ts";
import type {
  ConversationAction,
  DescribedFinding,
  EnvironEntry,
} from "../conversation.ts";
import { describeError } from "../describe_error.ts";
import type { EventDigest, ForwardedRequest } from "../wire/messages.ts";

/** More events of one request are counted, not kept. */
const MAX_EVENTS = 2_000;

/** Bytes of a chunk that are kept. */
const MAX_PREVIEW = 128;

/** Characters of a text that are kept. */
const MAX_TEXT = 4_096;

function sizeOf(value: unknown): number {
  return isUint8Array(value) ? value.byteLength : 0;
}

function previewOf(value: unknown): string {
  return isUint8Array(value)
    ? fromBytes(value.subarray(0, MAX_PREVIEW))
    : describe(value);
}

/** What a read has given: bytes, lines, or something else. */
function readingOf(result: unknown): { bytes: number; preview: string } {
  if (result === undefined) return { bytes: 0, preview: "" };
  if (!Array.isArray(result)) {
    return { bytes: sizeOf(result), preview: previewOf(result) };
  }
  const bytes = result.reduce((sum: number, line) => sum + sizeOf(line), 0);
  return { bytes, preview: result.length === 0 ? "" : previewOf(result[0]) };
}

function headersOf(value: unknown): [string, string][] {
  if (!Array.isArray(value)) return [];
  return value.filter(Array.isArray).map(([name, content]) => [
    typeof name === "string" ? name : describe(name),
    typeof content === "string" ? content : describe(content),
  ]);
}

function toEntry(name: string, value: unknown): EnvironEntry {
  const text = typeof value === "boolean" ? String(value) : describe(value);
  return { name, value: text, isString: false, isSecret: isSecret(name) };
}

/** A variable as it was described last. */
interface Known {
  readonly value: unknown;
  readonly json: string;
}

const known = new Map<string, Known>();

/** What the description of a value depends on, for those that repeat. */
function kindOf(value: unknown): unknown {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.getPrototypeOf(value)
    : typeof value === "function"
    ? value.name
    : value;
}

/**
 * The variables that the front does not know, as JSON. They are the same in most
 * requests.
 */
function othersOf(environ: Readonly<Record<string, unknown>>): string {
  let json = "";
  for (const name in environ) {
    const value = environ[name];
    if (typeof value === "string") continue;
    const kind = kindOf(value);
    let entry = known.get(name);
    if (entry === undefined || entry.value !== kind) {
      entry = { value: kind, json: JSON.stringify(toEntry(name, value)) };
      // Applications do not invent names without end.
      if (known.size < 100) known.set(name, entry);
    }
    json += json === "" ? entry.json : `,${entry.json}`;
  }
  return `[${json}]`;
}

function toFinding(violation: Violation): DescribedFinding {
  const { rule, severity, blame, message, hint, place } = violation;
  return {
    rule,
    severity,
    blame,
    message,
    ...(hint !== undefined && { hint }),
    ...(place !== undefined && {
      place: { file: place.file, line: place.line, column: place.column },
    }),
  };
}

function isEarlyEnd(error: unknown): boolean {
  return error instanceof ClientDisconnected || isServerAbort(error);
}

/** Records one request. */
export class Recorder {
  /** The request. */
  readonly request: ForwardedRequest;
  /** The events as JSON, with a comma between them. */
  #json = "";
  #count = 0;
  #omitted = 0;
  #errors = 0;
  #warnings = 0;
  readonly #seen = new Set<unknown>();

  /**
   * @param request The request.
   */
  constructor(request: ForwardedRequest) {
    this.request = request;
  }

  /** Whether there are events that were not taken yet. */
  get hasNews(): boolean {
    return this.#json !== "";
  }

  /**
   * Adds an event.
   *
   * @param action What happened.
   */
  add(action: ConversationAction): void {
    if (action.type === "finding") {
      if (action.finding.severity === "error") this.#errors++;
      else this.#warnings++;
    } else if (action.type === "error") this.#errors++;
    if (this.#count >= MAX_EVENTS && action.type === "chunk") {
      this.#omitted++;
      return;
    }
    this.#count++;
    const time = this.#time;
    if (this.#omitted > 0) {
      this.#push(
        JSON.stringify({ type: "omitted", count: this.#omitted, time }),
      );
      this.#omitted = 0;
    }
    this.#push(JSON.stringify({ ...action, time }));
  }

  get #time(): number {
    const now = performance.timeOrigin + performance.now();
    // Two threads may read the clock differently.
    const time = Math.max(0, now - this.request.startedAt);
    return Math.round(time * 1_000) / 1_000;
  }

  #push(json: string): void {
    this.#json += this.#json === "" ? json : `,${json}`;
  }

  /**
   * Adds what was thrown, once.
   *
   * @param error The error.
   */
  addError(error: unknown): void {
    // The validator has reported it as a finding; the end of the request says
    // that the client left or the server stopped.
    if (error instanceof ConformanceError || isEarlyEnd(error)) return;
    if (this.#seen.has(error)) return;
    this.#seen.add(error);
    this.add({ type: "error", error: describeError(error) });
  }

  /**
   * Adds text that was logged.
   *
   * @param source Where it was written.
   * @param text The text.
   */
  addLog(source: "wsgi.errors" | "console", text: string): void {
    this.add({ type: "log", source, text: text.slice(0, MAX_TEXT) });
  }

  /**
   * Adds the call of the application.
   *
   * @param call What the validator saw.
   */
  addCall({ application = "application", environ }: ObservedCall): void {
    this.#push(
      `{"type":"call","application":${JSON.stringify(application)},"environ":${
        othersOf(environ)
      },"time":${this.#time}}`,
    );
  }

  /**
   * Adds what the validator saw.
   *
   * @param event What happened.
   */
  observe(event: ObservedEvent): void {
    switch (event.type) {
      case "read": {
        const { method, args: [size], result } = event;
        const asked = typeof size === "number" && { size };
        return this.add({
          type: "read",
          method,
          ...asked,
          ...readingOf(result),
        });
      }
      case "start-response": {
        const { args: [status, headers, excInfo], place } = event;
        return this.add({
          type: "start-response",
          status: typeof status === "string" ? status : describe(status),
          headers: headersOf(headers),
          ...(excInfo !== undefined && excInfo !== null && {
            excInfo: describeError(excInfo),
          }),
          ...(place !== undefined && { place }),
        });
      }
      case "chunk": {
        const { via, index, chunk } = event;
        const preview = previewOf(chunk);
        return this.add({
          type: "chunk",
          via,
          index,
          bytes: sizeOf(chunk),
          preview,
        });
      }
      case "log": {
        const { method, args: [text] } = event;
        const texts = method === "writelines" && Array.isArray(text)
          ? text.join("")
          : text;
        if (method === "flush" || typeof texts !== "string") return;
        return this.addLog("wsgi.errors", texts);
      }
      case "finding":
        return this.add({
          type: "finding",
          finding: toFinding(event.violation),
        });
      case "error":
        return this.addError(event.error);
      case "close":
        return this.add({ type: "close", by: this.closedBy });
      case "body-end":
        return this.add({ type: "body-end" });
    }
  }

  /** Who closes the body, when that happens. */
  closedBy = "server";

  /**
   * Takes the events that were recorded since the last call.
   *
   * @returns The events as JSON, and what they add to the summary.
   */
  take(): [json: string, digest: EventDigest] {
    const json = `[${this.#json}]`;
    const digest = { errors: this.#errors, warnings: this.#warnings };
    this.#json = "";
    this.#errors = 0;
    this.#warnings = 0;
    return [json, digest];
  }
}
