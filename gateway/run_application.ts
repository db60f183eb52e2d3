/**
 * {@linkcode runApplication}: the algorithm of PEP 3333, written once.
 *
 * Every gateway of this package is a transport under it.
 *
 * @module
 */

import { joinChunks, totalLength } from "./array_body.ts";
import { FileWrapper } from "../util/file_wrapper.ts";
import { BodyReader, checkChunk } from "./body_reader.ts";
import { ClientDisconnected } from "./cancellation.ts";
import { describe, isThenable } from "./describe.ts";
import { errorResponse, formatError, statusOf } from "./error_response.ts";
import { StderrStream } from "./error_stream.ts";
import { RequestBodyError } from "./request_body_error.ts";
import { createHead, type ResponseHead } from "./response_head.ts";
import { ResponseWriter } from "./response_writer.ts";
import type { Transport } from "./transport.ts";
import type {
  Application,
  Environ,
  ErrorStream,
  HeaderTuple,
  Write,
} from "./types.ts";

/** Options of {@linkcode runApplication}. */
export interface RunOptions {
  /**
   * Called with what the application threw, or with the error that tells which
   * rule it broke, after that was written to `wsgi.errors`.
   */
  onError?: ((error: unknown, environ: Environ) => void) | undefined;
  /**
   * Makes the answer to a request that failed before the headers left.
   *
   * @default {the status and its reason as plain text}
   */
  errorPage?:
    | ((code: number) => readonly [head: ResponseHead, page: Uint8Array])
    | undefined;
}

/** An array body up to this many bytes is joined and sent at once. */
const MAX_JOINED = 65_536;

/** One call of an application, from startResponse to close(). */
class Exchange {
  readonly #environ: Environ;
  readonly #errors: ErrorStream;
  readonly #transport: Transport;
  readonly #options: RunOptions;
  readonly #response: ResponseWriter;
  #body: BodyReader | undefined;
  #started = false;
  /** A misuse that the application may have swallowed, but not mended. */
  #misuse: unknown;
  /** Why nothing may be sent any more. */
  #end: "completed" | "failed" | "left" | undefined;
  #overflowLogged = false;

  constructor(environ: Environ, transport: Transport, options: RunOptions) {
    this.#environ = environ;
    // Taken now: the application may change its environ.
    this.#errors = environ["wsgi.errors"] ?? new StderrStream();
    this.#transport = transport;
    this.#options = options;
    this.#response = new ResponseWriter(transport, environ.REQUEST_METHOD);
  }

  run(app: Application): void | Promise<void> {
    try {
      const body: unknown = app(
        this.#environ,
        (status, headers, excInfo) => this.#start(status, headers, excInfo),
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

  /** What the application knows as startResponse. */
  #start(
    status: string,
    headers: readonly HeaderTuple[],
    excInfo: unknown,
  ): Write {
    if (excInfo !== undefined && excInfo !== null) {
      // Too late to replace what was sent: the error goes on.
      if (this.#response.headSent) throw excInfo;
      this.#misuse = undefined;
    } else if (this.#started) {
      throw this.#misuse = new Error(
        "Cannot start the response: it was started before, and a second call must give excInfo",
      );
    }
    if (this.#isOver()) {
      throw new Error("Cannot start the response: the request is over");
    }
    // Set before the checks: a call that fails was a call.
    this.#started = true;
    this.#response.head = undefined;
    try {
      this.#response.head = createHead(status, headers);
    } catch (error) {
      throw this.#misuse = error;
    }
    return (chunk) => this.#write(chunk);
  }

  /** What the application knows as write. */
  #write(chunk: Uint8Array): Promise<void> {
    try {
      checkChunk(chunk);
    } catch (error) {
      throw this.#misuse = error;
    }
    if (this.#end === "left") {
      return handled(Promise.reject(this.#transport.cancellation?.reason));
    }
    if (this.#isOver()) throw new Error("Cannot write: the request is over");
    const { head } = this.#response;
    if (head === undefined) throw new Error("Cannot write: no status is set");
    if (chunk.byteLength === 0) return Promise.resolve();
    if (this.#send(chunk)) {
      return handled(Promise.resolve(this.#response.ready));
    }
    return handled(Promise.reject(
      new RangeError(
        `Cannot write: the body is longer than its Content-Length of ${head.contentLength}`,
      ),
    ));
  }

  #respond(result: unknown): void | Promise<void> {
    const body = this.#body = new BodyReader(
      result,
      (error) => this.#log(error),
    );
    // It ended before the application returned: the body is closed unread.
    if (this.#end !== undefined) return body.close();
    if (this.#misuse !== undefined) throw this.#misuse;
    if (Array.isArray(result)) return this.#sendArray(body, result);
    // Also where nothing is sent: what is no body is refused.
    body.open();
    if (this.#response.isBodiless) return this.#skip(body);
    return this.#sendFile(body, result) ?? this.#iterate(body);
  }

  /** The fast lane: an array is a whole body, known before the first byte. */
  #sendArray(body: BodyReader, chunks: unknown[]): void | Promise<void> {
    const response = this.#response;
    const head = response.head;
    if (head === undefined) throw neverStarted();
    const length = totalLength(chunks);
    if (response.isBodiless) {
      if (length > 0) response.announceLength(length);
      return this.#skip(body);
    }
    const isWhole = !response.headSent &&
      (head.contentLength ?? length) === length &&
      (chunks.length === 1 || length <= MAX_JOINED);
    // Copied, since close() comes first and may empty the array.
    const whole = isWhole ? joinChunks(chunks, length) : undefined;
    if (whole === undefined) {
      response.announceLength(length);
      body.open(Array.from({ length: chunks.length }, (_, i) => chunks[i]));
    }
    return this.#then(body.close(), () => {
      if (this.#end !== undefined) return;
      if (whole === undefined) return this.#iterate(body);
      return this.#complete(response.sendWhole(whole));
    });
  }

  /** PEP 3333, "Optional Platform-Specific File Handling". */
  #sendFile(body: BodyReader, result: unknown): Promise<void> | undefined {
    if (!(result instanceof FileWrapper)) return undefined;
    const length = result.bytesLeft;
    if (length === undefined) return undefined;
    const sending = this.#response.sendFile(length, () => result.toStream());
    return sending && this.#complete(sending)?.then(() => body.close());
  }

  /**
   * Sends the chunks of a body, each made only when the transport can take it.
   * Not an async function: that would make several promises for each chunk.
   */
  #iterate(body: BodyReader): Promise<void> {
    const response = this.#response;
    const { promise, resolve } = Promise.withResolvers<void>();
    const fail = (error: unknown): void => {
      // Nobody waits for a body whose client has left; what it throws because
      // it was stopped says nothing.
      resolve(this.#end === undefined ? this.#fail(error) : body.close());
    };
    /** Takes what next() gave; tells whether to go on. */
    const take = (chunk: Uint8Array | undefined): boolean => {
      if (this.#end !== undefined) resolve(body.close());
      else if (this.#misuse !== undefined) throw this.#misuse;
      else if (response.isBodiless) resolve(this.#skip(body));
      else if (chunk === undefined) resolve(this.#endBody(body));
      else {
        if (chunk.byteLength > 0) this.#send(chunk);
        return true;
      }
      return false;
    };
    const proceed = (): void => {
      try {
        do {
          if (this.#end !== undefined) return resolve(body.close());
          if (response.isFull) return resolve(this.#endFull(body));
          if (body.isAsync) return body.ask(takeAsync, fail);
        } while (take(body.next()) && !response.wait(proceed, fail));
      } catch (error) {
        fail(error);
      }
    };
    const takeAsync = (chunk: Uint8Array | undefined): void => {
      try {
        if (take(chunk) && !response.wait(proceed, fail)) proceed();
      } catch (error) {
        fail(error);
      }
    };
    this.#listen();
    if (!response.wait(proceed, fail)) proceed();
    return promise;
  }

  /** Sends a chunk that is not empty; tells whether Content-Length held it. */
  #send(chunk: Uint8Array): boolean {
    if (this.#response.head === undefined) throw neverStarted();
    const fits = this.#response.send(chunk);
    if (!fits) this.#logOverflow();
    return fits;
  }

  // The ways out --------------------------------------------------------------

  /** No body is sent: the head leaves, the body is closed as it is. */
  #skip(body: BodyReader): void | Promise<void> {
    return this.#then(body.close(), () => {
      if (this.#end === undefined) return this.#complete(this.#response.end());
    });
  }

  /** The body came to its end. */
  #endBody(body: BodyReader): void | Promise<void> {
    const response = this.#response;
    if (response.head === undefined) throw neverStarted();
    if (response.isShort) {
      response.sendHead();
      throw new Error(
        `Cannot complete the response: the body has ${response.sent} bytes, its Content-Length is ${response.head.contentLength}`,
      );
    }
    const sending = this.#complete(
      response.headSent ? response.end() : response.sendWhole(new Uint8Array()),
    );
    const closing = body.close();
    return this.#then(sending, () => closing);
  }

  /**
   * Content-Length is reached, so the client has it all. The body is asked once
   * more, so that code after its last chunk runs; if it goes on, it is stopped.
   */
  async #endFull(body: BodyReader): Promise<void> {
    const sending = this.#complete(this.#response.end());
    try {
      const extra = body.isAsync ? await body.nextAsync() : body.next();
      if (extra !== undefined && extra.byteLength > 0) this.#logOverflow();
    } catch (error) {
      this.#log(error);
    }
    await body.close();
    await sending;
  }

  /** The application failed, or broke the contract. */
  #fail(error: unknown): void | Promise<void> {
    let sending: void | Promise<void> = undefined;
    if (this.#end === undefined) {
      this.#end = "failed";
      this.#log(error);
      this.#transport.cancellation?.finish();
      sending = this.#sendError(error);
    } else if (!this.#wasTold(error)) {
      this.#log(error);
    }
    const closing = this.#body?.close();
    return sending === undefined ? closing : sending.then(() => closing);
  }

  /** A complete error page, or a broken response if another has begun. */
  #sendError(error: unknown): void | Promise<void> {
    const response = this.#response;
    try {
      if (!response.headSent) {
        const { errorPage = errorResponse } = this.#options;
        const [head, page] = errorPage(statusOf(error));
        response.head = head;
        return response.sendWhole(page)?.catch((error) => this.#log(error));
      }
    } catch (error) {
      this.#log(error);
    }
    response.abort(error);
  }

  /** The request ended early: nothing more is sent, the body is closed. */
  #cancel(reason: unknown): void {
    if (this.#end !== undefined) return;
    if (reason instanceof ClientDisconnected) {
      this.#end = "left";
      this.#body?.close();
    } else {
      this.#fail(reason);
    }
  }

  /** Whether an error only gives back why the application was to stop. */
  #wasTold(error: unknown): boolean {
    return this.#end === "left"
      ? isAbort(error)
      : error !== undefined && error === this.#transport.cancellation?.reason;
  }

  /** Learns of an early end from now on. What is sync needs no listener. */
  #listen(): void {
    this.#transport.cancellation?.listen((reason) => this.#cancel(reason));
  }

  #isOver(): boolean {
    return this.#end === "completed" || this.#end === "failed" ||
      this.#body?.isClosed === true;
  }

  #complete(sending: void | Promise<void>): void | Promise<void> {
    this.#end = "completed";
    this.#transport.cancellation?.finish();
    return sending?.catch((error) => this.#log(error));
  }

  /** Goes on after a promise, or at once where there is none. */
  #then(
    promise: void | Promise<void>,
    next: () => void | Promise<void>,
  ): void | Promise<void> {
    if (promise === undefined) return next();
    this.#listen();
    return promise.then(next).catch((error) => this.#fail(error));
  }

  #logOverflow(): void {
    if (this.#overflowLogged) return;
    this.#overflowLogged = true;
    const length = this.#response.head?.contentLength;
    this.#log(
      new RangeError(
        `Cannot send the whole body: it is longer than its Content-Length of ${length}`,
      ),
    );
  }

  #log(error: unknown): void {
    try {
      this.#errors.write(formatError(error));
      this.#options.onError?.(error, this.#environ);
    } catch {
      // The log itself is broken. The response goes on without it.
    }
  }
}

function neverStarted(): Error {
  return new Error(
    "Cannot send the body: the application must call startResponse before its first chunk",
  );
}

/** Whether an error only says that somebody was told to stop. */
function isAbort(error: unknown): boolean {
  return error instanceof ClientDisconnected ||
    error instanceof RequestBodyError ||
    (error instanceof DOMException && error.name === "AbortError");
}

/** Marks a promise as handled: whoever awaits it still sees the rejection. */
function handled(promise: Promise<void>): Promise<void> {
  promise.catch(() => {});
  return promise;
}

/**
 * Refuses what is no application, with a word on the likely slip.
 *
 * @param app What was given as an application.
 * @throws {TypeError} If it is not a function.
 */
export function checkApplication(app: unknown): asserts app is Application {
  if (typeof app === "function") return;
  throw new TypeError(
    `Cannot run the application: it must be a function (environ, startResponse), got ${
      describe(app)
    }`,
  );
}

/**
 * Calls an application for one request and sends its response.
 *
 * This is the server side of PEP 3333, once: the states of `startResponse`,
 * headers that leave with the first non-empty chunk, `write()`, iteration with
 * backpressure, `close()` on every way out, and errors before and after the
 * first byte. It never throws and its promise never rejects: what goes wrong is
 * written to `wsgi.errors` and answered with 500, or with a broken response
 * when the head was sent already.
 *
 * An application that answers at once with an array is answered at once: no
 * promise is made.
 *
 * PEP 3333, "The Server/Gateway Side" and "Specification Details".
 *
 * @param app The application to call.
 * @param environ The variables of the request; the application may change them.
 * @param transport The way to the client.
 * @param options What to do beside it.
 * @returns Nothing if all is over, otherwise a promise that resolves when the
 * response has been sent and the body closed.
 * @throws {TypeError} If `app` is not a function.
 *
 * @example Usage
 * ```ts
 * import { demoApp, runApplication, setupTestingDefaults } from "@wsgi/ref";
 * import { assertEquals } from "@std/assert";
 *
 * const sent: string[] = [];
 * await runApplication(demoApp, setupTestingDefaults({}), {
 *   sendHead: (head) => void sent.push(head.status),
 *   write: (chunk) => void sent.push(new TextDecoder().decode(chunk)),
 *   end: () => void sent.push("end"),
 *   abort: () => void sent.push("broken"),
 * });
 * assertEquals(sent[0], "200 OK");
 * assertEquals(sent.at(-1), "end");
 * ```
 */
export function runApplication(
  app: Application,
  environ: Environ,
  transport: Transport,
  options: RunOptions = {},
): void | Promise<void> {
  checkApplication(app);
  return new Exchange(environ, transport, options).run(app);
}
