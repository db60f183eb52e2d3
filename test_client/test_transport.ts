/**
 * The transport of the test client, and the observation of `close()`.
 *
 * @module
 */

import { Cancellation, ClientDisconnected } from "../gateway/cancellation.ts";
import { isThenable } from "../wsgi/describe.ts";
import type { ResponseHead } from "../gateway/response_head.ts";
import type { Transport } from "../gateway/transport.ts";
import type { Application, ResponseBody } from "../wsgi/types.ts";

/** Records one response. */
export class TestTransport implements Transport {
  readonly cancellation: Cancellation = new Cancellation();
  /** The chunks so far. */
  readonly chunks: Uint8Array[] = [];
  /** The status and headers, after they were sent. */
  head: ResponseHead | undefined;
  /** Whether the response is complete. */
  isComplete = false;
  readonly #onChunk: ((chunk: Uint8Array) => void | Promise<void>) | undefined;

  /** @param onChunk Called with each chunk. */
  constructor(onChunk?: (chunk: Uint8Array) => void | Promise<void>) {
    this.#onChunk = onChunk;
  }

  sendHead(head: ResponseHead): void {
    this.head = head;
  }

  write(chunk: Uint8Array): void | Promise<void> {
    // A copy, because the application may reuse its buffer.
    const copy = new Uint8Array(chunk);
    this.chunks.push(copy);
    return this.#onChunk?.(copy);
  }

  end(): void {
    this.isComplete = true;
  }

  abort(_reason: unknown): void {
    this.isComplete = false;
  }

  /**
   * Makes the client leave when a signal aborts.
   *
   * @param signal The signal of the test.
   * @returns A function that removes the listener.
   */
  leaveOn(signal: AbortSignal | undefined): () => void {
    const leave = (): void =>
      this.cancellation.cancel(new ClientDisconnected());
    if (signal?.aborted) leave();
    signal?.addEventListener("abort", leave);
    return () => signal?.removeEventListener("abort", leave);
  }
}

/** Observes whether the body of an application is closed. */
export class CloseWatch {
  #hasClose = false;
  #isClosed = false;

  /** Whether the body has a `close()` method and the server called it. */
  get closed(): boolean {
    return this.#hasClose && this.#isClosed;
  }

  /**
   * Observes whether the body of an application has a `close()` method. The
   * validator must wrap the result, because its bodies always have one.
   *
   * @returns An application that returns the same bodies.
   */
  inside(app: Application): Application {
    const note = (body: ResponseBody): ResponseBody => {
      this.#hasClose = hasClose(body);
      return body;
    };
    return (environ, startResponse) => {
      const body = app(environ, startResponse);
      return isThenable(body) ? body.then(note) : note(body);
    };
  }

  /**
   * Observes whether the server closes the body.
   *
   * @param app The application, or the validator that wraps it.
   * @returns An application for the server.
   */
  outside(app: Application): Application {
    const watch = (body: ResponseBody): ResponseBody => this.#watch(body);
    return (environ, startResponse) => {
      const body = app(environ, startResponse);
      return isThenable(body) ? body.then(watch) : watch(body);
    };
  }

  #watch(body: ResponseBody): ResponseBody {
    // The server rejects values that are not a body.
    if (!hasClose(body) || ArrayBuffer.isView(body)) return body;
    const close = (): unknown => {
      this.#isClosed = true;
      return body.close?.();
    };
    if (Array.isArray(body)) {
      const chunks = Array.from({ length: body.length }, (_, i) => body[i]);
      return Object.assign(chunks as Uint8Array[], { close });
    }
    if (Symbol.asyncIterator in body) {
      return {
        [Symbol.asyncIterator]: () => body[Symbol.asyncIterator](),
        close,
      };
    }
    if (Symbol.iterator in body) {
      return { [Symbol.iterator]: () => body[Symbol.iterator](), close };
    }
    return body;
  }
}

function hasClose(body: unknown): boolean {
  return typeof body === "object" && body !== null &&
    typeof (body as { close?: unknown }).close === "function";
}
