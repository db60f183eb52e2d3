/**
 * The transport that makes a fetch `Response`.
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

/** Only a chunk that somebody waits for is made: nothing is queued ahead. */
const NO_QUEUE: QueuingStrategy = { highWaterMark: 0 };

/** One response, made for the caller of the fetch handler. */
export class FetchTransport implements Transport {
  readonly cancellation: Cancellation = new Cancellation();
  /** Runtimes put the chunks of a stream in a queue and don't copy them. */
  readonly holdsChunks = true;
  readonly #request: Request;
  /** Made for requests that are not answered at once. */
  #watch: DisconnectWatch | undefined;
  #response: Response | undefined;
  #resolve: ((response: Response) => void) | undefined;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  /** Made by the first chunk: open while a chunk is asked for. */
  #gate: Gate | undefined;

  /**
   * @param request The request that is answered.
   */
  constructor(request: Request) {
    this.#request = request;
  }

  /**
   * The response: at once if it exists already.
   */
  get response(): Response | Promise<Response> {
    if (this.#response !== undefined) return this.#response;
    const { promise, resolve } = createDeferred<Response>();
    this.#resolve = resolve;
    // Comes last: it may run what waits on promises, so that the response is
    // there before it returns.
    this.#watchClient().startSoon();
    return promise;
  }

  /**
   * The signal of the request, for an application that wants to know when its
   * client leaves.
   */
  get signal(): AbortSignal {
    // Once there is a response, its stream is cancelled.
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
    // `new Response(null)` would get a Content-Length of 0, which is a lie about
    // HEAD. There the stream is ended before anybody reads it.
    const body = hasNoBody(head.code) ? null : new ReadableStream({
      start: (controller) => void (this.#controller = controller),
      pull: () => this.#gate?.open(),
      cancel: () => this.#leave(),
    }, NO_QUEUE);
    this.#settle(this.#makeResponse(head, body));
  }

  write(chunk: Uint8Array): Gate | undefined {
    const gate = this.#gate ??= new Gate();
    // Closed first: the stream may be pulled, or cancelled, inside of enqueue().
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
      : new Error("The response was broken off", { cause: reason });
    this.#controller?.error(error);
    this.#controller = undefined;
    this.#gate?.open();
  }

  /**
   * Gives the runtime the response that it waits for, if there is none because
   * the client has left. No client sees it.
   */
  finish(): void {
    if (this.#response === undefined) this.#settle(fetchErrorResponse(503));
  }

  #leave(): void {
    const reason = new ClientDisconnected();
    this.#controller = undefined;
    this.cancellation.cancel(reason);
    // With the response, Deno drops the request body. One that is being read
    // waits for the end of the application.
    if (this.#request.body === null) this.finish();
    else keepBody(this.#request)?.then(() => this.finish());
    this.#gate?.fail(reason);
  }

  #makeResponse(
    head: ResponseHead,
    body: Uint8Array | ReadableStream<Uint8Array> | null,
  ): Response {
    const init: ResponseInit = {
      status: head.code,
      // Deno keeps case, order and repetition of an array of pairs.
      headers: head.headers as [string, string][],
      // No server of Deno sends it; whoever holds the Response may look.
      statusText: head.status.slice(4),
    };
    try {
      return new Response(body as BodyInit | null, init);
    } catch (error) {
      // A chunk in shared memory is refused as it stands, but its copy is not.
      if (body instanceof Uint8Array) return new Response(body.slice(), init);
      throw error;
    }
  }
}
