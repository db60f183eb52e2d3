/**
 * {@linkcode Exchange}: one request between the front's server and the worker.
 *
 * @module
 */

import { RequestTimeout, ServerStopped } from "../../gateway/cancellation.ts";
import { RequestBodyError } from "../../gateway/input/request_body_error.ts";
import { readSome } from "../../wsgi/read_some.ts";
import type {
  Environ,
  HeaderTuple,
  InputStream,
  ResponseBody,
  StartResponse,
} from "../../wsgi/types.ts";
import type { MessageQueue } from "../wire/message_queue.ts";
import type { EndReason, FlatPairs, ToWorker } from "../wire/messages.ts";
import { ForwardedBody } from "./forwarded_body.ts";
import { receivedOf } from "./received.ts";
import type { Recording } from "./recording.ts";

/** Bytes of a request's body that are sent at a time. */
const INPUT_SIZE = 65_536;

/** A response that the front makes itself. */
export interface OwnResponse {
  readonly status: string;
  readonly headers: readonly HeaderTuple[];
  readonly body: Uint8Array;
}

/** The response cannot be completed. The worker has said why. */
export class BrokenResponse extends Error {
  override readonly name = "BrokenResponse";

  constructor() {
    super("The application could not complete the response");
  }
}

function toHeaders(flat: FlatPairs): HeaderTuple[] {
  const headers: HeaderTuple[] = [];
  for (let i = 0; i < flat.length; i += 2) {
    headers.push([flat[i]!, flat[i + 1]!]);
  }
  return headers;
}

function toReason(error: unknown): EndReason {
  if (error instanceof RequestTimeout) return "timeout";
  return error instanceof ServerStopped ? "stopped" : "client-left";
}

/** One request that a worker answers. */
export class Exchange {
  readonly recording: Recording;
  readonly environ: Environ;
  readonly #startResponse: StartResponse;
  readonly #input: InputStream;
  readonly #response = Promise.withResolvers<ResponseBody>();
  #hasStarted = false;
  #body: ForwardedBody | undefined;
  #isOver = false;
  #send: (message: ToWorker, bytes?: Uint8Array<ArrayBuffer>) => void =
    () => {};
  #id = 0;

  /**
   * @param environ The environ of the request, as the front's server made it.
   * @param startResponse The front's startResponse.
   * @param recording What is kept of the request.
   */
  constructor(
    environ: Environ,
    startResponse: StartResponse,
    recording: Recording,
  ) {
    this.environ = environ;
    this.recording = recording;
    this.#startResponse = startResponse;
    this.#input = environ["wsgi.input"];
  }

  /** The body of the response, once its head is known. */
  get response(): Promise<ResponseBody> {
    return this.#response.promise;
  }

  /** Whether the head of the response is known. */
  get hasStarted(): boolean {
    return this.#hasStarted;
  }

  /** Whether the front's server needs nothing more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether the client has left, or the server ended the request. */
  get isCancelled(): boolean {
    return receivedOf(this.environ)?.transport.cancellation.cancelled === true;
  }

  /**
   * Sends the request to a worker.
   *
   * @param id The number of the request for that worker.
   * @param queue The way to the worker.
   * @param showsDetails Whether the client may see an error with its source.
   */
  begin(
    id: number,
    queue: MessageQueue<ToWorker>,
    showsDetails: boolean,
  ): void {
    this.#id = id;
    this.#send = (message, bytes) => queue.add(message, bytes);
    const received = receivedOf(this.environ);
    const { environ, startedAt, id: conversation } = this.recording;
    const hasBody = received?.head.fields.hasBody ?? true;
    const isUnixSocket = this.environ["wsgiref.unix_socket"] === true;
    queue.add(["request", id, {
      environ,
      hasBody,
      isUnixSocket,
      startedAt,
      conversation,
      showsDetails,
    }]);
    const cancellation = received?.transport.cancellation;
    if (cancellation === undefined) return;
    cancellation.onCancel = (reason) => this.#cancel(reason);
  }

  #cancel(reason: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#send(["cancel", this.#id, toReason(reason)]);
    this.#response.resolve([]);
  }

  /** Answers the worker's question for the next bytes of the request's body. */
  async sendInput(): Promise<void> {
    try {
      const bytes = await readSome(this.#input, INPUT_SIZE);
      if (bytes.length === 0) {
        this.recording.keepInput(undefined);
        this.#send(["input-end", this.#id]);
      } else {
        this.recording.keepInput(bytes);
        this.#send(["input", this.#id, bytes], bytes);
      }
    } catch (error) {
      const { message } = error as Error;
      const status = error instanceof RequestBodyError ? error.status : 400;
      this.#send(["input-failed", this.#id, message, status]);
    }
  }

  /**
   * Passes a whole response on.
   *
   * @param status The status.
   * @param headers The headers.
   * @param body The body.
   */
  respond(
    status: string,
    headers: readonly HeaderTuple[],
    body: Uint8Array,
  ): void {
    if (this.#hasStarted || this.#isOver) return;
    this.#isOver = true;
    if (this.#start(status, headers)) this.#response.resolve([body]);
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

  /**
   * Passes a whole response of the worker on.
   *
   * @param status The status.
   * @param headers The headers.
   * @param body The body.
   */
  onRespond(status: string, headers: FlatPairs, body: Uint8Array): void {
    this.respond(status, toHeaders(headers), body);
  }

  /**
   * Passes the head of a response on.
   *
   * @param status The status.
   * @param headers The headers.
   */
  onHead(status: string, headers: FlatPairs): void {
    if (this.#hasStarted || this.#isOver) return;
    if (!this.#start(status, toHeaders(headers))) return;
    this.#body = new ForwardedBody(
      (bytes) => this.#send(["taken", this.#id, bytes]),
      () =>
        this.#cancel(receivedOf(this.environ)?.transport.cancellation.reason),
    );
    this.#response.resolve(this.#body);
  }

  /**
   * Passes a chunk on.
   *
   * @param chunk The chunk.
   */
  onChunk(chunk: Uint8Array): void {
    this.#body?.add(chunk);
  }

  /** Ends the response. */
  onEnd(): void {
    this.#isOver = true;
    this.#body?.end();
  }

  /** Breaks the response off: the worker cannot complete it. */
  onBroken(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.recording.outcome = "cut";
    this.#body?.fail(new BrokenResponse());
  }

  /**
   * Breaks the response off, or answers in its place if nothing was sent.
   *
   * @param outcome How that is recorded.
   * @param answer The answer.
   */
  fail(outcome: "cut" | "reloaded", answer: () => OwnResponse): void {
    if (this.#isOver) return;
    this.recording.outcome = outcome;
    if (this.#hasStarted) {
      this.#isOver = true;
      this.#body?.fail(new BrokenResponse());
      return;
    }
    const { status, headers, body } = answer();
    this.respond(status, headers, body);
  }
}
