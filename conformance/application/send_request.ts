/**
 * Sends one request to the application under test, and collects the outcome.
 *
 * @module
 */

import { joinChunks, totalLength } from "../../gateway/body_chunks.ts";
import { toBytes } from "../../wsgi/byte_string.ts";
import { ClientDisconnected } from "../../gateway/cancellation.ts";
import { runApplication } from "../../gateway/run_application.ts";
import type { Application, HeaderTuple } from "../../wsgi/types.ts";
import { TestTransport } from "../../test_client/test_transport.ts";
import type { Profile, RuleSetting } from "../../validator/rules/rule.ts";
import { validator } from "../../validator/validator.ts";
import type { Violation } from "../../validator/violation.ts";
import type { Transcript } from "../report.ts";
import { inSendingMode, type SendingMode, turn } from "./sending_mode.ts";
import { type KitRequest, toEnviron, toInput, toWire } from "./request.ts";

/** The outcome of one request. */
export interface RequestOutcome {
  /** The request. */
  readonly request: KitRequest;
  /** The status from the application; `undefined` if none was sent. */
  readonly status: string | undefined;
  /** The status code; 0 if no status was sent. */
  readonly code: number;
  /** The headers from the application. */
  readonly headers: readonly HeaderTuple[];
  /** The part of the body that arrived. */
  readonly body: Uint8Array;
  /** Whether the response is complete. */
  readonly isComplete: boolean;
  /** Whether the client left before the response was complete. */
  readonly hasLeft: boolean;
  /** Whether the application was silent for too long. */
  readonly isHung: boolean;
  /**
   * Errors thrown by the application, and mistakes that the server rejected.
   */
  readonly errors: readonly unknown[];
  /** The violations that the validator found. */
  readonly violations: readonly Violation[];
}

/** The settings of {@linkcode sendRequest}. */
export interface SendSettings {
  /** How long the application may be silent, in milliseconds. */
  readonly timeout: number;
  /** The severities of rules for the validator. */
  readonly rules: Readonly<Record<string, RuleSetting>>;
  /** The profile of the validator. */
  readonly profile: Profile;
  /** The behavior of the server. */
  readonly mode: SendingMode;
  /** Records the bytes sent and received. */
  readonly transcript: Transcript;
  /** Receives violations that are found after the end of the request. */
  readonly onLate: (violation: Violation) => void;
}

/** The client leaves if a body takes longer than this, in milliseconds. */
const MAX_BODY_TIME_MS = 250;
/** The client leaves if a body has more bytes. */
const MAX_BODY_SIZE = 4_194_304;
/** After this number of chunks of a sync body, other code can run. */
const CHUNKS_IN_A_ROW = 16;

/** Reports that the application has been silent for too long. */
class SilenceTimer {
  readonly #timeout: number;
  readonly #over = Promise.withResolvers<"hung">();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(timeout: number) {
    this.#timeout = timeout;
    this.renew();
  }

  /** Resolves when the time is up. */
  get over(): Promise<"hung"> {
    return this.#over.promise;
  }

  /** Restarts the timer because the application has done something. */
  renew(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#over.resolve("hung"), this.#timeout);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

/** Receives the chunks of a response, at the speed of the mode. */
class ChunkReceiver {
  readonly #mode: SendingMode;
  readonly #leave: () => void;
  #begin: number | undefined;
  #size = 0;
  #count = 0;

  constructor(mode: SendingMode, leave: () => void) {
    this.#mode = mode;
    this.#leave = leave;
  }

  take(chunk: Uint8Array): void | Promise<void> {
    const now = performance.now();
    this.#begin ??= now;
    this.#size += chunk.length;
    this.#count++;
    const isLong = now - this.#begin > MAX_BODY_TIME_MS ||
      this.#size > MAX_BODY_SIZE;
    if (isLong || this.#mode.leaves === "after chunk") {
      this.#leave();
      return;
    }
    if (this.#mode.isSlow || this.#count % CHUNKS_IN_A_ROW === 0) {
      return turn();
    }
  }
}

/** Adds the response to the transcript. */
function record(transport: TestTransport, transcript: Transcript): void {
  const { head, chunks } = transport;
  if (head === undefined) return;
  const lines = head.headers.map(([name, value]) => `${name}: ${value}`);
  const text = [`HTTP/1.1 ${head.status}`, ...lines, "", ""].join("\r\n");
  transcript.add("received", toBytes(text));
  for (const chunk of chunks) transcript.add("received", chunk);
}

/** Records the headers of an application before the server adds any. */
function noting(
  app: Application,
  note: (headers: readonly HeaderTuple[]) => void,
): Application {
  return (environ, startResponse) =>
    app(environ, (...args) => {
      const write = startResponse(...args);
      // The call succeeded, so these are pairs.
      note([...args[1]]);
      return write;
    });
}

/**
 * Calls the application once and waits until the request is over.
 *
 * @param app The application under test.
 * @param request The request to send.
 * @param settings The settings of the check and the server.
 * @returns The outcome. The promise never rejects.
 */
export async function sendRequest(
  app: Application,
  request: KitRequest,
  { timeout, rules, profile, mode, transcript, onLate }: SendSettings,
): Promise<RequestOutcome> {
  const violations: Violation[] = [];
  const errors: unknown[] = [];
  const input = toInput(request, () => {
    // Postponed, because the input is in the middle of a read.
    if (mode.leaves === "in read") queueMicrotask(leave);
  });
  let hasLeft = false;
  let isOver = false;
  const leave = (): void => {
    hasLeft = true;
    const reason = new ClientDisconnected();
    transport.cancellation.cancel(reason);
    input.abort(reason);
  };
  const receiver = new ChunkReceiver(mode, leave);
  const transport = new TestTransport((chunk) => {
    silence.renew();
    return receiver.take(chunk);
  });
  const validated = validator(app, {
    profile,
    throws: false,
    rules,
    onViolation: (violation) => {
      if (isOver) onLate(violation);
      else violations.push(violation);
    },
  });
  const failed = (error: unknown): void => void errors.push(error);
  let headers: readonly HeaderTuple[] = [];
  const noted = noting(validated, (given) => headers = given);
  const environ = toEnviron(
    request,
    input,
    () => {},
    () => transport.cancellation.signal,
  );
  transcript.add("sent", toWire(request));
  const silence = new SilenceTimer(timeout);
  const running = runApplication(
    inSendingMode(noted, mode, leave, failed),
    environ,
    transport,
    { onError: failed },
  );
  const ending = await Promise.race([running, silence.over]);
  const isHung = ending === "hung";
  silence.end();
  if (isHung) leave();
  input.release();
  // Unfinished work of the application may fail in the next turn.
  await turn();
  isOver = true;
  record(transport, transcript);
  if (hasLeft) transcript.add("closed");
  else transcript.add(transport.isComplete ? "ended" : "reset");
  const { head, chunks } = transport;
  return {
    request,
    status: head?.status,
    code: head?.code ?? 0,
    headers: head === undefined ? [] : headers,
    body: joinChunks(chunks, totalLength(chunks)),
    isComplete: transport.isComplete,
    hasLeft: hasLeft && !transport.isComplete,
    isHung,
    errors,
    violations,
  };
}
