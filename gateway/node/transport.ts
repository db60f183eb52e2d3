/**
 * The transport that writes a response of `node:http`.
 *
 * @module
 */

import { Cancellation, ClientDisconnected } from "../cancellation.ts";
import { createDeferred, type Deferred } from "../gate.ts";
import type { NodeRequest, NodeResponse, NodeSocket } from "./node_http.ts";
import { type ResponseHead, withContentLength } from "../response_head.ts";
import { sendHead } from "./send_head.ts";
import type { Transport } from "../transport.ts";

/** What to call when a connection is closed. */
const watchers = new WeakMap<NodeSocket, Set<() => void>>();

/**
 * Calls when a connection is closed. A pipelined response that waits for its
 * turn has no connection yet and would not notice.
 *
 * @returns A function that takes the call back. One listener serves all
 * requests of a connection: they can be many.
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

/** Makes a promise that resolves when there is room, or rejects. */
function createWaiting(): Deferred<void> {
  const waiting = createDeferred<void>();
  // The writer that waits for it sees a failure; there may be none.
  waiting.promise.catch(() => {});
  return waiting;
}

/** Writes one response. */
export class NodeTransport implements Transport {
  readonly cancellation: Cancellation = new Cancellation();
  /** Whether the connection is to be closed after the response. */
  closesConnection = false;
  readonly #request: NodeRequest;
  readonly #response: NodeResponse;
  readonly #stopWatching: () => void;
  #head: ResponseHead | undefined;
  #waiting: Deferred<void> | undefined;
  #listensToDrain = false;
  #isOver = false;

  /**
   * @param request The request.
   * @param response Its response, of which nothing was sent.
   */
  constructor(request: NodeRequest, response: NodeResponse) {
    this.#request = request;
    this.#response = response;
    this.#stopWatching = watch(request.socket, () => this.#leave());
    response.on("close", () => this.#leave());
    // A connection that breaks is no error of the program.
    request.on("error", () => {});
    response.on("error", () => {});
  }

  respond(head: ResponseHead, body: Uint8Array): void {
    this.sendHead(withContentLength(head, body.byteLength));
    this.#finish();
    // Copied: it is the application's, and may wait in the connection.
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
    // Other requests of HTTP/2 share the connection.
    if (stream !== undefined) {
      return void stream.destroy(new Error("The response was broken off"));
    }
    // Middleware that wraps write() may not call back.
    if (this.#head === undefined || Object.hasOwn(this.#response, "write")) {
      return void socket.destroy();
    }
    // To HTTP/1.0 the end of the connection is the end of the body.
    const isEndless = this.#head.contentLength === undefined &&
      httpVersion === "1.0";
    // What was written leaves first.
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
