/**
 * {@linkcode Recorder}: the events of one request in the worker.
 *
 * @module
 */

import {
  ClientDisconnected,
  isServerAbort,
} from "../../gateway/cancellation.ts";
import type { ObservedCall, ObservedEvent } from "../../validator/observer.ts";
import { ConformanceError } from "../../validator/conformance_error.ts";
import type { ConversationAction } from "../conversation.ts";
import { describeError } from "../describe_error.ts";
import type { EventDigest, ForwardedRequest } from "../wire/messages.ts";
import {
  describeEvent,
  describeLog,
  describeOthers,
} from "./describe_event.ts";

/** The number of events of one request after which others are only counted. */
const MAX_EVENTS = 2_000;

function isEarlyEnd(error: unknown): boolean {
  return error instanceof ClientDisconnected || isServerAbort(error);
}

/** Records the events of one request as JSON. */
export class Recorder {
  readonly request: ForwardedRequest;
  /** The reason for `close()`, if it is called now. */
  closedBy = "server";
  /** Called before each event. It is set when the request has ended. */
  onEvent: (() => void) | undefined;
  /** JSON of the new events, separated by commas. */
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

  /** Whether there are new events. */
  get hasNews(): boolean {
    return this.#json !== "";
  }

  #add(action: ConversationAction): void {
    if (action.type === "finding") {
      if (action.finding.severity === "error") this.#errors++;
      else this.#warnings++;
    } else if (action.type === "error") this.#errors++;
    const isMass = action.type === "chunk" || action.type === "read" ||
      action.type === "log";
    if (this.#count >= MAX_EVENTS && isMass) {
      this.#omitted++;
      return;
    }
    this.#count++;
    if (this.#omitted > 0) {
      this.#push(JSON.stringify({ type: "omitted", count: this.#omitted }));
      this.#omitted = 0;
    }
    this.#push(JSON.stringify(action));
  }

  /** Adds the JSON of an event, with the time. */
  #push(json: string): void {
    this.onEvent?.();
    const now = performance.timeOrigin + performance.now();
    // The clocks of two threads may differ.
    const time = Math.max(0, now - this.request.startedAt);
    const rounded = Math.round(time * 1_000) / 1_000;
    this.#json += `${this.#json === "" ? "" : ","}${
      json.slice(0, -1)
    },"time":${rounded}}`;
  }

  /**
   * Adds an error, once.
   *
   * @param error The error.
   */
  addError(error: unknown): void {
    // Errors of the validator are findings. The early end of a request has an
    // event of its own.
    if (error instanceof ConformanceError || isEarlyEnd(error)) return;
    if (this.#seen.has(error)) return;
    this.#seen.add(error);
    this.#add({ type: "error", error: describeError(error) });
  }

  /**
   * Adds text that was written to the console.
   *
   * @param text The text.
   */
  addConsole(text: string): void {
    this.#add(describeLog("console", text));
  }

  /**
   * Adds the call to the application. The front adds the variables that are
   * strings.
   *
   * @param call The call.
   */
  addCall({ application = "application", environ }: ObservedCall): void {
    const name = JSON.stringify(application);
    const others = describeOthers(environ);
    this.#push(`{"type":"call","application":${name},"environ":${others}}`);
  }

  /**
   * Adds an event that the validator has observed.
   *
   * @param event The event.
   */
  observe(event: ObservedEvent): void {
    if (event.type === "error") return this.addError(event.error);
    const action = describeEvent(event, this.closedBy);
    if (action !== undefined) this.#add(action);
  }

  /**
   * Returns the new events, and forgets them.
   *
   * @returns A JSON array, and the numbers for the summary unless they are 0.
   */
  take(): [json: string, digest?: EventDigest] {
    const json = `[${this.#json}]`;
    const errors = this.#errors;
    const warnings = this.#warnings;
    this.#json = "";
    this.#errors = 0;
    this.#warnings = 0;
    return errors + warnings === 0 ? [json] : [json, { errors, warnings }];
  }
}
