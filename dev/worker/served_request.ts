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
  type EventDigest,
  flatten,
  type FromWorker,
  WINDOW,
} from "../wire/messages.ts";
import { packBody } from "../wire/short_body.ts";
import { WireInput } from "./wire_input.ts";

const REASONS = {
  "client-left": ClientDisconnected,
  "stopped": ServerStopped,
  "timeout": RequestTimeout,
} as const;

/** The properties of a request that its environ depends on. */
export interface ServedFacts {
  /** The variables that are strings. */
  readonly strings: Readonly<Record<string, string>>;
  readonly hasBody: boolean;
  readonly isUnixSocket: boolean;
  /** `wsgi.errors`. */
  readonly errors: ErrorStream;
}

/** Sends the response of one request to the front. */
export class ServedRequest implements Transport {
  readonly cancellation: Cancellation = new Cancellation();
  readonly #id: number;
  readonly #queue: MessageQueue<FromWorker>;
  readonly #gate = new Gate();
  #input: WireInput | undefined;
  #answer: Extract<FromWorker, readonly ["respond", ...unknown[]]> | undefined;
  /** Bytes of the body that the client has not received yet. */
  #waiting = 0;

  /**
   * @param id The id of the request.
   * @param queue The queue of messages to the front.
   */
  constructor(id: number, queue: MessageQueue<FromWorker>) {
    this.#id = id;
    this.#queue = queue;
  }

  /**
   * Creates the same environ as the front's server.
   *
   * @param facts The properties of the request.
   * @returns The environ.
   */
  createEnviron(
    { strings, hasBody, isUnixSocket, errors }: ServedFacts,
  ): Environ {
    const { CONTENT_LENGTH: length } = strings;
    const limits = length === undefined
      ? {}
      : { contentLength: Number(length) };
    const base = createBaseEnviron({
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
    return Object.assign(base, strings);
  }

  #openInput(): WireInput {
    return this.#input = new WireInput(() =>
      this.#queue.add(["read", this.#id])
    );
  }

  // Messages of the front -----------------------------------------------------

  /**
   * Receives the next part of the request body.
   *
   * @param bytes The bytes; `undefined` at the end.
   */
  receive(bytes: Uint8Array<ArrayBuffer> | undefined): void {
    this.#input?.receive(bytes);
  }

  /**
   * Reports that the request body cannot be read.
   *
   * @param message The reason.
   * @param status The status of a suitable response.
   */
  failInput(message: string, status: 400 | 413): void {
    this.#input?.fail(new RequestBodyError(message, status));
  }

  /**
   * Reports that the client has received a part of the response body.
   *
   * @param bytes The size of the part, in bytes.
   */
  release(bytes: number): void {
    this.#waiting -= bytes;
    if (this.#waiting <= WINDOW && this.#gate.isClosed) this.#gate.open();
  }

  /**
   * Ends the request early.
   *
   * @param reason The reason.
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

  // The transport of the gateway ----------------------------------------------

  sendHead(head: ResponseHead): void {
    this.#queue.add(["head", this.#id, head.status, flatten(head.headers)]);
  }

  write(chunk: Uint8Array): void | Gate {
    // A copy, because the application may change its chunk.
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
    const sent = packBody(body);
    const headers = flatten(head.headers);
    this.#answer = ["respond", this.#id, head.status, headers, sent];
    this.#queue.add(this.#answer, typeof sent === "string" ? undefined : sent);
  }

  /**
   * Reports that the application has finished. Its response usually still waits:
   * then, one message is enough.
   *
   * @param events Its last events.
   */
  finish(events: [json: string, digest?: EventDigest]): void {
    if (this.#answer !== undefined) {
      const [, ...response] = this.#answer;
      const whole = ["answer", ...response, ...events] as const;
      if (this.#queue.replace(this.#answer, whole)) return;
    }
    this.#queue.add(["over", this.#id, ...events]);
  }
}
