/**
 * The transport that makes a fetch `Response`.
 *
 * @module
 */

import { Cancellation, ClientDisconnected } from "./cancellation.ts";
import { DisconnectWatch } from "./disconnect_watch.ts";
import { refuse } from "./error_response.ts";
import { isNullBodyStatus, type ResponseHead } from "./response_head.ts";
import type { Transport } from "./transport.ts";

/** Only a chunk that somebody waits for is made: nothing is queued ahead. */
const NO_QUEUE: QueuingStrategy = { highWaterMark: 0 };

/**
 * Errors that were logged where they happened. A runtime that meets one of them
 * again, in a stream that was broken with it, need not log it.
 */
const reported = new WeakSet<object>();

/**
 * Tells whether an error was logged already.
 *
 * @param error What a runtime found in a stream.
 * @returns Whether it broke a response of this module.
 */
export function isReported(error: unknown): boolean {
  return typeof error === "object" && error !== null && reported.has(error);
}

/** One response, made for whoever called the fetch handler. */
export class FetchTransport implements Transport {
  readonly cancellation: Cancellation = new Cancellation();
  /** Called when the client has left, after everybody else knows. */
  onLeave: (() => void) | undefined;
  readonly #watch: DisconnectWatch;
  #response: Response | undefined;
  #resolve: ((response: Response) => void) | undefined;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #waiting: PromiseWithResolvers<void> | undefined;

  /** On Deno its `completed` tells when the response is over. */
  readonly #info: { readonly completed?: unknown } | null | undefined;

  /**
   * @param request The request that is answered.
   * @param info What the runtime tells beside it.
   */
  constructor(request: Request, info?: unknown) {
    this.#info = info as { readonly completed?: unknown } | null | undefined;
    this.#watch = new DisconnectWatch(request, () => this.#leave());
  }

  /**
   * The response: at once if it exists already.
   */
  get response(): Response | Promise<Response> {
    if (this.#response !== undefined) return this.#response;
    const { promise, resolve } = Promise.withResolvers<Response>();
    this.#resolve = resolve;
    // Comes last: it may run what waits on promises, so that the response is
    // there before it returns.
    this.#watch.startSoon();
    return promise;
  }

  /**
   * The signal of the request, for an application that wants to know when its
   * client leaves.
   */
  get signal(): AbortSignal {
    this.#watch.start();
    return this.cancellation.signal;
  }

  #settle(response: Response): void {
    this.#watch.stop();
    this.#response = response;
    this.#resolve?.(response);
  }

  respond(head: ResponseHead, body: Uint8Array): void {
    this.#settle(makeResponse(head, body));
  }

  sendFile(
    head: ResponseHead,
    file: () => ReadableStream<Uint8Array>,
  ): Promise<void> | undefined {
    const completed = this.#info?.completed;
    // Without it nobody could tell when the file may be closed.
    if (!(completed instanceof Promise)) return undefined;
    this.#settle(makeResponse(head, file()));
    return completed.then(() => {}, () => {});
  }

  sendHead(head: ResponseHead): void {
    // `new Response(null)` would get a Content-Length of 0, which is a lie about
    // HEAD. There the stream is ended before anybody reads it.
    const body = isNullBodyStatus(head.code) ? null : new ReadableStream({
      start: (controller) => void (this.#controller = controller),
      pull: () => this.#resume(),
      cancel: () => this.#leave(),
    }, NO_QUEUE);
    this.#settle(makeResponse(head, body));
  }

  write(chunk: Uint8Array): Promise<void> {
    // Made first: the stream may be pulled, or cancelled, inside of enqueue().
    const { promise } = this.#waiting ??= Promise.withResolvers();
    this.#controller?.enqueue(chunk);
    return promise;
  }

  end(): void {
    this.#controller?.close();
    this.#controller = undefined;
    this.#resume();
  }

  abort(reason: unknown): void {
    if (this.#response === undefined) this.#settle(refuse(500));
    const error = typeof reason === "object" && reason !== null
      ? reason
      : new Error("The response was broken off", { cause: reason });
    reported.add(error);
    this.#controller?.error(error);
    this.#controller = undefined;
    this.#resume();
  }

  #resume(): void {
    this.#waiting?.resolve();
    this.#waiting = undefined;
  }

  #leave(): void {
    const reason = new ClientDisconnected();
    this.#controller = undefined;
    this.cancellation.cancel(reason);
    // Nobody will see it, but the runtime waits for one.
    if (this.#response === undefined) this.#settle(refuse(503));
    // Whoever waits for write() learns it; nobody may be waiting.
    this.#waiting?.promise.catch(() => {});
    this.#waiting?.reject(reason);
    this.#waiting = undefined;
    this.onLeave?.();
  }
}

function makeResponse(
  head: ResponseHead,
  body: Uint8Array | ReadableStream<Uint8Array> | null,
): Response {
  // Deno keeps case, order and repetition of an array of pairs.
  const headers = head.headers as [string, string][];
  const init = {
    status: head.code,
    statusText: reasonOf(head.status),
    headers,
  };
  try {
    return new Response(body as BodyInit | null, init);
  } catch (error) {
    // A chunk in shared memory is refused as it stands, but its copy is not.
    if (body instanceof Uint8Array) return new Response(body.slice(), init);
    throw error;
  }
}

/** The reason phrase. No server of Deno sends it; whoever holds the Response may. */
function reasonOf(status: string): string {
  return status.slice(4);
}
