/**
 * The transport that creates a fetch `Response`.
 *
 * @module
 */

import { Cancellation, ClientDisconnected } from "../cancellation.ts";
import { DisconnectWatch } from "./disconnect_watch.ts";
import { fetchErrorResponse } from "../error_response.ts";
import { createDeferred, Gate } from "../gate.ts";
import type { ResponseHead } from "../response_head.ts";
import type { Transport } from "../transport.ts";
import { keepBody } from "./request_body.ts";
import { hasNoBody } from "../../wsgi/status.ts";

/** Disables the queue: a chunk is only created when the reader waits for it. */
const NO_QUEUE: QueuingStrategy = { highWaterMark: 0 };

/** Creates one response for the caller of the fetch handler. */
export class FetchTransport implements Transport {
  readonly cancellation: Cancellation = new Cancellation();
  /**
   * True, because runtimes queue the chunks of a stream without copying them.
   */
  readonly holdsChunks = true;
  readonly #request: Request;
  /** Created for requests that are not answered synchronously. */
  #watch: DisconnectWatch | undefined;
  #response: Response | undefined;
  #resolve: ((response: Response) => void) | undefined;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  /** Created by the first chunk; open while the reader waits for a chunk. */
  #gate: Gate | undefined;

  /**
   * @param request The request to answer.
   */
  constructor(request: Request) {
    this.#request = request;
  }

  /**
   * The response, or a promise if it has not been started.
   */
  get response(): Response | Promise<Response> {
    if (this.#response !== undefined) return this.#response;
    const { promise, resolve } = createDeferred<Response>();
    this.#resolve = resolve;
    // This must be last: it may run microtasks, so that the response exists
    // when it returns.
    this.#watchClient().startSoon();
    return promise;
  }

  /**
   * The signal of the request, for an application that asks for it.
   */
  get signal(): AbortSignal {
    // After this, the runtime cancels the stream of the response.
    if (this.#response === undefined) this.#watchClient().start();
    return this.cancellation.signal;
  }

  #watchClient(): DisconnectWatch {
    return this.#watch ??= new DisconnectWatch(
      this.#request,
      () => this.#leave(),
    );
  }

  #settle(response: Response): void {
    this.#watch?.stop();
    this.#response = response;
    this.#resolve?.(response);
  }

  respond(head: ResponseHead, body: Uint8Array): void {
    this.#settle(this.#makeResponse(head, body));
  }

  sendHead(head: ResponseHead): void {
    // `new Response(null)` would get a Content-Length of 0, which is wrong for
    // HEAD. For HEAD, the stream is ended before it is read.
    const body = hasNoBody(head.code) ? null : new ReadableStream({
      start: (controller) => void (this.#controller = controller),
      pull: () => this.#gate?.open(),
      cancel: () => this.#leave(),
    }, NO_QUEUE);
    this.#settle(this.#makeResponse(head, body));
  }

  write(chunk: Uint8Array): Gate | undefined {
    const gate = this.#gate ??= new Gate();
    // Close the gate first, because enqueue() may pull or cancel the stream.
    gate.close();
    this.#controller?.enqueue(chunk);
    return gate.isClosed ? gate : undefined;
  }

  end(): void {
    this.#controller?.close();
    this.#controller = undefined;
    this.#gate?.open();
  }

  abort(reason: unknown): void {
    if (this.#response === undefined) this.#settle(fetchErrorResponse(500));
    const error = typeof reason === "object" && reason !== null
      ? reason
      : new Error("The response was cut off", { cause: reason });
    this.#controller?.error(error);
    this.#controller = undefined;
    this.#gate?.open();
  }

  /**
   * Passes a response to the waiting runtime if there is none because the
   * client has left. It is not sent.
   */
  finish(): void {
    if (this.#response === undefined) this.#settle(fetchErrorResponse(503));
  }

  #leave(): void {
    const reason = new ClientDisconnected();
    this.#controller = undefined;
    this.cancellation.cancel(reason);
    // Deno drops the request body after the response. If the body is being
    // read, the response waits for the end of the application.
    keepBody(this.#request, () => this.finish());
    this.#gate?.fail(reason);
  }

  #makeResponse(
    head: ResponseHead,
    body: Uint8Array | ReadableStream<Uint8Array> | null,
  ): Response {
    const init: ResponseInit = {
      status: head.code,
      // With an array of pairs, Deno keeps the case, order and repetition of
      // headers.
      headers: head.headers as [string, string][],
      // Deno.serve does not send it, but code that gets the Response can read
      // it.
      statusText: head.status.slice(4),
    };
    try {
      return new Response(body as BodyInit | null, init);
    } catch (error) {
      // A Response cannot be created from shared memory, but from a copy.
      if (body instanceof Uint8Array) return new Response(body.slice(), init);
      throw error;
    }
  }
}
