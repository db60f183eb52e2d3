/**
 * The transport that writes a response through `node:http`.
 *
 * @module
 */

import { Cancellation, ClientDisconnected } from "../cancellation.ts";
import { createDeferred, type Deferred } from "../gate.ts";
import type { NodeRequest, NodeResponse, NodeSocket } from "./node_http.ts";
import { type ResponseHead, withContentLength } from "../response_head.ts";
import { sendHead } from "./send_head.ts";
import type { Transport } from "../transport.ts";

/** The functions to call when a connection is closed. */
const watchers = new WeakMap<NodeSocket, Set<() => void>>();

/**
 * Calls a function when a connection is closed. The `close` event of a response
 * is not enough: a pipelined response that waits for its turn has no connection
 * yet.
 *
 * @returns A function that cancels this. All requests of a connection share one
 * listener, because there can be many.
 */
function watch(socket: NodeSocket, onClose: () => void): () => void {
  let set = watchers.get(socket);
  if (set === undefined) {
    const calls = set = new Set();
    watchers.set(socket, set);
    socket.once("close", () => calls.forEach((call) => call()));
  }
  set.add(onClose);
  return () => void set.delete(onClose);
}

/** Creates a promise that resolves when there is room. */
function createWaiting(): Deferred<void> {
  const waiting = createDeferred<void>();
  // A waiting writer handles a rejection, but there may be none.
  waiting.promise.catch(() => {});
  return waiting;
}

/** Writes one response. */
export class NodeTransport implements Transport {
  readonly cancellation: Cancellation = new Cancellation();
  /** Whether to close the connection after the response. */
  closesConnection = false;
  readonly #request: NodeRequest;
  readonly #response: NodeResponse;
  readonly #stopWatching: () => void;
  #head: ResponseHead | undefined;
  #waiting: Deferred<void> | undefined;
  #listensToDrain = false;
  #isOver = false;

  /**
   * @param request The request, for its connection and version.
   * @param response Its response, of which nothing has been sent.
   */
  constructor(request: NodeRequest, response: NodeResponse) {
    this.#request = request;
    this.#response = response;
    this.#stopWatching = watch(request.socket, () => this.#leave());
    response.on("close", () => this.#leave());
    // A broken connection is not an error of the program.
    request.on("error", () => {});
    response.on("error", () => {});
  }

  respond(head: ResponseHead, body: Uint8Array): void {
    this.sendHead(withContentLength(head, body.byteLength));
    this.#finish();
    // Copied, because the application owns it and it may be queued in the
    // connection.
    this.#response.end(body.byteLength > 0 ? new Uint8Array(body) : undefined);
  }

  sendHead(head: ResponseHead): void {
    sendHead(this.#request, this.#response, head, this.closesConnection);
    this.#head = head;
  }

  write(chunk: Uint8Array): void | Promise<void> {
    if (this.#isOver) return Promise.reject(this.cancellation.reason);
    if (this.#response.write(new Uint8Array(chunk))) return;
    if (!this.#listensToDrain) {
      this.#listensToDrain = true;
      this.#response.on("drain", () => this.#resume());
    }
    return (this.#waiting ??= createWaiting()).promise;
  }

  end(): void {
    if (this.#isOver) return;
    this.#finish();
    this.#response.end();
  }

  abort(_reason: unknown): void {
    if (this.#isOver) return;
    this.#finish();
    const { httpVersion, socket, stream } = this.#request;
    // In HTTP/2, other requests share the connection.
    if (stream !== undefined) {
      return void stream.destroy(new Error("The response was cut off"));
    }
    // Middleware that wraps write() may ignore the callback.
    if (this.#head === undefined || Object.hasOwn(this.#response, "write")) {
      return void socket.destroy();
    }
    // In HTTP/1.0, the end of the connection is the end of the body.
    const isEndless = this.#head.contentLength === undefined &&
      httpVersion === "1.0";
    // Chunks that were written before are sent first.
    this.#response.write(new Uint8Array(), () => {
      if (isEndless && socket.resetAndDestroy) socket.resetAndDestroy();
      else socket.destroy();
    });
  }

  #finish(): void {
    this.#isOver = true;
    this.#stopWatching();
    this.#resume();
  }

  #resume(): void {
    this.#waiting?.resolve();
    this.#waiting = undefined;
  }

  #leave(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stopWatching();
    const reason = new ClientDisconnected();
    this.cancellation.cancel(reason);
    this.#waiting?.reject(reason);
    this.#waiting = undefined;
  }
}
