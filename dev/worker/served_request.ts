/**
 * {@linkcode ServedRequest}: one request in the worker.
 *
 * @module
 */

import {
  Cancellation,
  ClientDisconnected,
  RequestTimeout,
  ServerStopped,
} from "../../gateway/cancellation.ts";
import { createBaseEnviron } from "../../gateway/environ/base_environ.ts";
import { Gate } from "../../gateway/gate.ts";
import { RequestBodyError } from "../../gateway/input/request_body_error.ts";
import { RequestInput } from "../../gateway/input/input_stream.ts";
import type { ResponseHead } from "../../gateway/response_head.ts";
import type { Transport } from "../../gateway/transport.ts";
import type { Environ, ErrorStream } from "../../wsgi/types.ts";
import type { MessageQueue } from "../wire/message_queue.ts";
import {
  type EndReason,
  type ForwardedRequest,
  type FromWorker,
  WINDOW,
} from "../wire/messages.ts";
import { WireInput } from "./wire_input.ts";

const REASONS = {
  "client-left": ClientDisconnected,
  "stopped": ServerStopped,
  "timeout": RequestTimeout,
} as const;

function flatten(head: ResponseHead): string[] {
  const flat: string[] = [];
  for (const [name, value] of head.headers) flat.push(name, value);
  return flat;
}

/** Brings the response of one request to the front. */
export class ServedRequest implements Transport {
  readonly cancellation: Cancellation = new Cancellation();
  readonly request: ForwardedRequest;
  readonly #id: number;
  readonly #queue: MessageQueue<FromWorker>;
  readonly #gate = new Gate();
  #input: WireInput | undefined;
  /** Bytes of the body that the client has not taken yet. */
  #waiting = 0;

  /**
   * @param id The number of the request.
   * @param request The request.
   * @param queue The way to the front.
   */
  constructor(
    id: number,
    request: ForwardedRequest,
    queue: MessageQueue<FromWorker>,
  ) {
    this.#id = id;
    this.request = request;
    this.#queue = queue;
  }

  /**
   * Makes the environ, as the front's own server would make it.
   *
   * @param errors `wsgi.errors`.
   * @returns The environ.
   */
  createEnviron(errors: ErrorStream): Environ {
    const { environ: flat, hasBody, isUnixSocket } = this.request;
    const limits: { contentLength?: number } = {};
    const environ: Environ = createBaseEnviron({
      method: "",
      script: "",
      path: "",
      query: "",
      serverName: "",
      serverPort: "",
      protocol: "",
      scheme: "http",
      input: new RequestInput(() => hasBody ? this.#openInput() : null, limits),
      errors,
      multiprocess: false,
      runOnce: false,
      signal: () => this.cancellation.signal,
      isUnixSocket,
    });
    for (let i = 0; i < flat.length; i += 2) {
      (environ as Record<string, unknown>)[flat[i]!] = flat[i + 1];
    }
    const { CONTENT_LENGTH: length } = environ;
    if (length !== undefined) limits.contentLength = Number(length);
    return environ;
  }

  #openInput(): WireInput {
    return this.#input = new WireInput(() =>
      this.#queue.add(["read", this.#id])
    );
  }

  // What the front says -------------------------------------------------------

  /**
   * Takes the next bytes of the request's body.
   *
   * @param bytes The bytes; nothing at the end.
   */
  receive(bytes: Uint8Array<ArrayBuffer> | undefined): void {
    this.#input?.receive(bytes);
  }

  /**
   * Reports that the request's body cannot be read.
   *
   * @param message Why.
   * @param status The status of a fitting response.
   */
  failInput(message: string, status: 400 | 413): void {
    this.#input?.fail(new RequestBodyError(message, status));
  }

  /**
   * Takes note that the client has taken a part of the response.
   *
   * @param bytes How much, in bytes.
   */
  release(bytes: number): void {
    this.#waiting -= bytes;
    if (this.#waiting <= WINDOW && this.#gate.isClosed) this.#gate.open();
  }

  /**
   * Ends the request early.
   *
   * @param reason Why.
   */
  cancel(reason: EndReason): void {
    const error = new REASONS[reason]();
    this.#gate.fail(error);
    this.#input?.fail(
      new RequestBodyError(
        "Cannot read the request body: the request was aborted",
        400,
        { cause: error },
      ),
    );
    this.cancellation.cancel(error);
  }

  // What the gateway says -----------------------------------------------------

  sendHead(head: ResponseHead): void {
    this.#queue.add(["head", this.#id, head.status, flatten(head)]);
  }

  write(chunk: Uint8Array): void | Gate {
    // The chunk is the application's, which may change it.
    const copy = new Uint8Array(chunk);
    this.#queue.add(["chunk", this.#id, copy], copy);
    this.#waiting += copy.length;
    if (this.#waiting > WINDOW) this.#gate.close();
    return this.#gate.isClosed ? this.#gate : undefined;
  }

  end(): void {
    this.#queue.add(["end", this.#id]);
  }

  abort(): void {
    this.#queue.add(["broken", this.#id]);
  }

  respond(head: ResponseHead, body: Uint8Array): void {
    const copy = new Uint8Array(body);
    const headers = flatten(head);
    this.#queue.add(["respond", this.#id, head.status, headers, copy], copy);
  }
}
