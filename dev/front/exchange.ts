/**
 * {@linkcode Exchange}: one request between the front's server and the worker.
 *
 * @module
 */

import { RequestTimeout, ServerStopped } from "../../gateway/cancellation.ts";
import type {
  Environ,
  HeaderTuple,
  ResponseBody,
  StartResponse,
} from "../../wsgi/types.ts";
import type { EncodedEnviron } from "../wire/environ_strings.ts";
import type { MessageQueue } from "../wire/message_queue.ts";
import {
  type EndReason,
  type FlatPairs,
  toPairs,
  type ToWorker,
} from "../wire/messages.ts";
import { type SentBody, unpackBody } from "../wire/short_body.ts";
import type { OwnResponse } from "./failure_response.ts";
import { ForwardedBody } from "./forwarded_body.ts";
import { nextPart } from "./forwarded_input.ts";
import { receivedOf } from "./received.ts";
import type { Recording } from "./recording.ts";
import type { RequestEnd } from "./request_end.ts";

/** Breaks off a response. The worker has already reported the reason. */
export class BrokenResponse extends Error {
  override readonly name = "BrokenResponse";

  constructor() {
    super("The application could not complete the response");
  }
}

function toReason(error: unknown): EndReason {
  if (error instanceof RequestTimeout) return "timeout";
  return error instanceof ServerStopped ? "stopped" : "client-left";
}

const EXCHANGE = Symbol("exchange");

/**
 * Returns the exchange of a request.
 *
 * @param environ The environ of the request.
 * @returns The exchange; `undefined` if the request was not for the
 * application.
 */
export function exchangeOf(environ: Environ): Exchange | undefined {
  return (environ as { [EXCHANGE]?: Exchange })[EXCHANGE];
}

/** One request that a worker answers. */
export class Exchange {
  readonly recording: Recording;
  readonly environ: Environ;
  readonly end: RequestEnd;
  readonly #startResponse: StartResponse;
  readonly #response = Promise.withResolvers<ResponseBody>();
  #hasStarted = false;
  #body: ForwardedBody | undefined;
  #isOver = false;
  #queue: MessageQueue<ToWorker> | undefined;
  #id = 0;

  /**
   * @param environ The environ of the request, made by the front's server.
   * @param startResponse The startResponse of the front's server.
   * @param recording The record of the request.
   * @param end Reports the end of the request.
   */
  constructor(
    environ: Environ,
    startResponse: StartResponse,
    recording: Recording,
    end: RequestEnd,
  ) {
    this.environ = environ;
    this.recording = recording;
    this.end = end;
    this.#startResponse = startResponse;
    (environ as { [EXCHANGE]?: Exchange })[EXCHANGE] = this;
  }

  /** Resolves with the body when the head of the response is known. */
  get response(): Promise<ResponseBody> {
    return this.#response.promise;
  }

  /** Whether the client has left, or the server has ended the request. */
  get isCancelled(): boolean {
    return receivedOf(this.environ).transport.cancellation.cancelled;
  }

  /**
   * Sends the request to a worker.
   *
   * @param id The id of the request in this worker.
   * @param queue The queue of messages to the worker.
   * @param environ The environ, encoded for this worker.
   * @param showsDetails Whether the client may see errors with source code.
   */
  enterWorker(
    id: number,
    queue: MessageQueue<ToWorker>,
    environ: EncodedEnviron,
    showsDetails: boolean,
  ): void {
    this.#id = id;
    this.#queue = queue;
    const { head: { fields }, transport } = receivedOf(this.environ);
    const { startedAt, id: conversation } = this.recording;
    queue.add([
      "request",
      id,
      environ,
      fields.hasBody,
      startedAt,
      conversation,
      showsDetails,
    ]);
    transport.cancellation.onCancel = (reason) => this.#cancel(reason);
    this.end.enterWorker();
  }

  /** Reports that the worker has finished the request. */
  leaveWorker(): void {
    this.#queue = undefined;
    // Also so that the connection does not keep this request in memory.
    receivedOf(this.environ).transport.cancellation.onCancel = undefined;
    this.end.leaveWorker();
  }

  #send(message: ToWorker, bytes?: Uint8Array<ArrayBuffer>): void {
    this.#queue?.add(message, bytes);
  }

  #cancel(reason: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#send(["cancel", this.#id, toReason(reason)]);
    this.#response.resolve([]);
  }

  /** Sends the next part of the request body, which the worker has asked for. */
  async sendInput(): Promise<void> {
    const { environ, recording } = this;
    const part = await nextPart(this.#id, environ["wsgi.input"], recording);
    this.#send(part, part[0] === "input" ? part[2] : undefined);
  }

  #start(status: string, headers: readonly HeaderTuple[]): boolean {
    this.#hasStarted = true;
    try {
      this.#startResponse(status, headers);
      return true;
    } catch (error) {
      this.#response.reject(error);
      return false;
    }
  }

  #respond(
    status: string,
    headers: readonly HeaderTuple[],
    body: Uint8Array,
  ): void {
    if (this.#hasStarted || this.#isOver) return;
    this.#isOver = true;
    if (this.#start(status, headers)) this.#response.resolve([body]);
  }

  /**
   * Sends a complete response of the worker.
   *
   * @param status The status.
   * @param headers The headers.
   * @param body The body.
   */
  onRespond(status: string, headers: FlatPairs, body: SentBody): void {
    this.#respond(status, toPairs(headers), unpackBody(body));
  }

  /**
   * Sends the head of a response.
   *
   * @param status The status.
   * @param headers The headers.
   */
  onHead(status: string, headers: FlatPairs): void {
    if (this.#hasStarted || this.#isOver) return;
    if (!this.#start(status, toPairs(headers))) return;
    const { cancellation } = receivedOf(this.environ).transport;
    this.#body = new ForwardedBody(
      (bytes) => this.#send(["taken", this.#id, bytes]),
      () => this.#cancel(cancellation.reason),
    );
    this.#response.resolve(this.#body);
  }

  /**
   * Sends a chunk of the response.
   *
   * @param chunk The chunk.
   */
  onChunk(chunk: Uint8Array): void {
    this.#body?.add(chunk);
  }

  /** Completes the response. */
  onEnd(): void {
    this.#isOver = true;
    this.#body?.end();
  }

  /** Breaks off the response, because the worker cannot complete it. */
  onBroken(): void {
    this.#breakOff("cut");
  }

  #breakOff(outcome: "cut" | "reloaded"): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.recording.outcome = outcome;
    this.#body?.fail(new BrokenResponse());
  }

  /**
   * Breaks off the response, or sends another one if it has not started.
   *
   * @param outcome The outcome for the inspector.
   * @param answer Makes the other response.
   */
  fail(outcome: "cut" | "reloaded", answer: () => OwnResponse): void {
    if (this.#isOver) return;
    if (this.#hasStarted) return this.#breakOff(outcome);
    // The other response is complete.
    if (outcome === "reloaded") this.recording.outcome = outcome;
    const { status, headers, body } = answer();
    this.#respond(status, headers, body);
  }
}
