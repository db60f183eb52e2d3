/**
 * One request to the application under test, and what became of it.
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

/** What became of one request. */
export interface RequestOutcome {
  /** The request. */
  readonly request: KitRequest;
  /** The status as the application gave it; none if none left. */
  readonly status: string | undefined;
  /** The status code; 0 if no status left. */
  readonly code: number;
  /** The headers as the application gave them. */
  readonly headers: readonly HeaderTuple[];
  /** The body, as far as it came. */
  readonly body: Uint8Array;
  /** Whether the response came to its end. */
  readonly isComplete: boolean;
  /** Whether the client left before it was. */
  readonly hasLeft: boolean;
  /** Whether the application was silent for too long. */
  readonly isHung: boolean;
  /** What the application threw, or did that the server refused. */
  readonly errors: readonly unknown[];
  /** What the validator has found. */
  readonly violations: readonly Violation[];
}

/** What {@linkcode sendRequest} needs beside the request. */
export interface SendSettings {
  /** How long the application may be silent, in milliseconds. */
  readonly timeout: number;
  /** Settings of rules for the validator. */
  readonly rules: Readonly<Record<string, RuleSetting>>;
  /** How much the validator checks. */
  readonly profile: Profile;
  /** How the server behaves. */
  readonly mode: SendingMode;
  /** Keeps what is sent and received. */
  readonly transcript: Transcript;
  /** Receives what the validator finds when the request is over. */
  readonly onLate: (violation: Violation) => void;
}

/** The client leaves a body that goes on for longer than this. */
const MAX_BODY_TIME_MS = 250;
/** A body with more bytes is left. */
const MAX_BODY_SIZE = 4_194_304;
/** After so many chunks a sync body lets others run. */
const CHUNKS_IN_A_ROW = 16;

/** Ends the waiting when the application is silent for too long. */
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

  /** Begins anew: something has happened. */
  renew(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#over.resolve("hung"), this.#timeout);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

/** Takes the chunks of a response, at the pace of the mode. */
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

/** Shows what the application has answered. */
function record(transport: TestTransport, transcript: Transcript): void {
  const { head, chunks } = transport;
  if (head === undefined) return;
  const lines = head.headers.map(([name, value]) => `${name}: ${value}`);
  const text = [`HTTP/1.1 ${head.status}`, ...lines, "", ""].join("\r\n");
  transcript.add("received", toBytes(text));
  for (const chunk of chunks) transcript.add("received", chunk);
}

/** Notes the headers that an application gives, before the server adds any. */
function noting(
  app: Application,
  note: (headers: readonly HeaderTuple[]) => void,
): Application {
  return (environ, startResponse) =>
    app(environ, (...args) => {
      const write = startResponse(...args);
      // Accepted, so these are pairs.
      note([...args[1]]);
      return write;
    });
}

/**
 * Calls the application once and waits until all is over.
 *
 * @param app The application.
 * @param request The request.
 * @param settings What else there is to know.
 * @returns What became of it. The promise never rejects.
 */
export async function sendRequest(
  app: Application,
  request: KitRequest,
  { timeout, rules, profile, mode, transcript, onLate }: SendSettings,
): Promise<RequestOutcome> {
  const violations: Violation[] = [];
  const errors: unknown[] = [];
  const input = toInput(request, () => {
    // Later: now the input is in the middle of its work.
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
  // What the application left running shows itself in the next turn.
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
