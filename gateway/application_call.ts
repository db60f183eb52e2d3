/**
 * One call of an application: the steps of PEP 3333, in order.
 *
 * The parts of `run_with_cgi()`, the example gateway of PEP 3333, are here:
 *
 * - the call of the application is `run()`, and `#await()` for a promise;
 * - `start_response()` is `ResponseControls.start()`, and the headers it sets are
 *   `response.head`;
 * - `write()` is `ResponseControls.write()`; every chunk is sent by
 *   `ResponseControls.send()`, the head with the first one;
 * - `for data in result` is `#iterate()`, or `#sendArray()` for an array and
 *   `#sendFile()` for a file;
 * - the `write('')` after an empty body is in `CallOutcome.endBody()`;
 * - `finally: result.close()` is `BodyReader.close()`, however the call ends.
 *
 * @module
 */

import { FileWrapper } from "../wsgi/file_wrapper.ts";
import { joinChunks, totalLength } from "./body_chunks.ts";
import { BodyReader } from "./body_reader.ts";
import { CallLog, CallOutcome, type RunOptions } from "./call_outcome.ts";
import { type Cancellation, ClientDisconnected } from "./cancellation.ts";
import { isThenable } from "../wsgi/describe.ts";
import { openBlocks } from "./file_blocks.ts";
import { pump } from "./pump.ts";
import { type CallParts, ResponseControls } from "./response_controls.ts";
import { ResponseWriter } from "./response_writer.ts";
import type { Transport } from "./transport.ts";
import type { Application, Environ } from "../wsgi/types.ts";

/** An array body up to this many bytes is joined and sent in one piece. */
const MAX_JOINED = 65_536;

/** One call of an application, from startResponse to close(). */
export class ApplicationCall implements CallParts {
  readonly #environ: Environ;
  readonly #transport: Transport;
  readonly log: CallLog;
  readonly response: ResponseWriter;
  readonly outcome: CallOutcome;
  readonly #controls: ResponseControls;
  #body: BodyReader | undefined;

  /**
   * @param environ The variables of the request.
   * @param transport Sends the response to the client.
   * @param options Where errors go, and the response to a failure.
   */
  constructor(environ: Environ, transport: Transport, options: RunOptions) {
    this.#environ = environ;
    this.#transport = transport;
    this.log = new CallLog(environ, options);
    this.response = new ResponseWriter(transport, environ.REQUEST_METHOD);
    this.outcome = new CallOutcome(
      this.response,
      transport.cancellation,
      this.log,
      options,
    );
    this.#controls = new ResponseControls(this);
  }

  get cancellation(): Cancellation | undefined {
    return this.#transport.cancellation;
  }

  get isClosed(): boolean {
    return this.#body?.isClosed === true;
  }

  /**
   * Calls the application and sends its response.
   *
   * @param app The application, which must be a function.
   * @returns `undefined` if the response is complete, otherwise a promise that
   * resolves when it is.
   */
  run(app: Application): void | Promise<void> {
    const controls = this.#controls;
    try {
      const body: unknown = app(
        this.#environ,
        (status, headers, excInfo) => controls.start(status, headers, excInfo),
      );
      return isThenable(body) ? this.#await(body) : this.#respond(body);
    } catch (error) {
      return this.#fail(error);
    }
  }

  async #await(promise: PromiseLike<unknown>): Promise<void> {
    this.#listen();
    try {
      await this.#respond(await promise);
    } catch (error) {
      await this.#fail(error);
    }
  }

  #respond(result: unknown): void | Promise<void> {
    const body = this.#body = new BodyReader(result, this.log);
    // The request ended before the application returned: close the body unread.
    if (this.outcome.isDecided) return body.close();
    this.#controls.throwMisuse();
    if (Array.isArray(result)) return this.#sendArray(body, result);
    // This rejects an invalid body even if no body will be sent.
    body.open();
    if (this.response.isBodiless) return this.#skip(body);
    return this.#sendFile(body, result) ?? this.#iterate(body);
  }

  /**
   * The fast lane: an array is a complete body, known before the first byte.
   */
  #sendArray(body: BodyReader, chunks: unknown[]): void | Promise<void> {
    const response = this.response;
    const head = response.requireHead();
    const length = totalLength(chunks);
    if (response.isBodiless) {
      if (length > 0) response.announceLength(length);
      return this.#skip(body);
    }
    const isWhole = !response.headSent &&
      (head.contentLength ?? length) === length &&
      (chunks.length === 1 || length <= MAX_JOINED);
    // Copied, because close() is called first and may empty the array.
    const whole = isWhole ? joinChunks(chunks, length) : undefined;
    if (whole === undefined) {
      response.announceLength(length);
      body.open(Array.from({ length: chunks.length }, (_, i) => chunks[i]));
    }
    const closing = body.close();
    // Without a promise, the code does not even create a function.
    if (closing === undefined) return this.#sendClosed(body, whole);
    return this.#then(closing, () => this.#sendClosed(body, whole));
  }

  /** Sends an array after its close() was called. */
  #sendClosed(
    body: BodyReader,
    whole: Uint8Array | undefined,
  ): void | Promise<void> {
    if (this.outcome.isDecided) return;
    if (whole === undefined) return this.#iterate(body);
    return this.outcome.complete(this.response.sendWhole(whole));
  }

  /** PEP 3333, "Optional Platform-Specific File Handling". */
  #sendFile(body: BodyReader, result: unknown): Promise<void> | undefined {
    if (!(result instanceof FileWrapper)) return undefined;
    const size = result.bytesLeft;
    if (size === undefined) return undefined;
    return this.#sendBlocks(body, openBlocks(result, size, this.response));
  }

  async #sendBlocks(
    body: BodyReader,
    opening: Promise<AsyncIterable<Uint8Array>>,
  ): Promise<void> {
    this.#listen();
    try {
      const blocks = await opening;
      if (!this.outcome.isDecided) body.open(blocks);
    } catch (error) {
      if (!this.outcome.isDecided) return await this.#fail(error);
    }
    if (this.outcome.isDecided) return await body.close();
    return await this.#iterate(body);
  }

  /**
   * Sends the chunks of a body, asking for each only when the transport has
   * room.
   */
  #iterate(body: BodyReader): Promise<void> {
    this.#listen();
    return new Promise((resolve) => {
      const leave = (way: void | Promise<void>) => {
        resolve(way);
        return false;
      };
      pump(body, this.response, {
        mayAsk: () => {
          if (this.outcome.isDecided) return leave(body.close());
          if (this.response.isFull) return leave(this.outcome.endFull(body));
          return true;
        },
        take: (chunk) => {
          if (this.outcome.isDecided) return leave(body.close());
          this.#controls.throwMisuse();
          if (this.response.isBodiless) return leave(this.#skip(body));
          if (chunk === undefined) return leave(this.outcome.endBody(body));
          if (chunk.byteLength > 0) this.#controls.send(chunk);
          return true;
        },
        // After the client has left, a body may throw because it was stopped.
        fail: (error) =>
          leave(!this.outcome.isDecided ? this.#fail(error) : body.close()),
      });
    });
  }

  // How a call ends -----------------------------------------------------------

  /** Sends the head alone and closes the body unread. */
  #skip(body: BodyReader): void | Promise<void> {
    return this.#then(body.close(), () => {
      if (!this.outcome.isDecided) {
        return this.outcome.complete(this.response.end());
      }
    });
  }

  /** Ends the call after the application has failed or broken the contract. */
  #fail(error: unknown): void | Promise<void> {
    const sending = this.outcome.fail(error);
    const closing = this.#body?.close();
    return sending === undefined ? closing : sending.then(() => closing);
  }

  /**
   * Ends the call because the request ended early: sends no more, closes the
   * body.
   */
  #cancel(reason: unknown): void {
    if (this.outcome.isDecided) return;
    if (reason instanceof ClientDisconnected) {
      this.outcome.leave();
      this.#body?.close();
    } else {
      this.#fail(reason);
    }
  }

  /**
   * Listens for an early end. Sync code is never interrupted, so it needs no
   * listener.
   */
  #listen(): void {
    this.#transport.cancellation?.listen((reason) => this.#cancel(reason));
  }

  /** Continues after a promise, or immediately if there is none. */
  #then(
    promise: void | Promise<void>,
    next: () => void | Promise<void>,
  ): void | Promise<void> {
    if (promise === undefined) return next();
    this.#listen();
    return promise.then(next).catch((error) => this.#fail(error));
  }
}
