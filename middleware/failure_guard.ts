/**
 * Catching what an application throws while another answer is still possible.
 *
 * @module
 */

import { ClientDisconnected, isServerAbort } from "../gateway/cancellation.ts";
import { isThenable } from "../wsgi/describe.ts";
import { formatError } from "../gateway/error_response.ts";
import { RequestBodyError } from "../gateway/input/request_body_error.ts";
import type {
  Application,
  Environ,
  ErrorStream,
  HeaderTuple,
  ResponseBody,
  StartResponse,
} from "../wsgi/types.ts";
import {
  type BodyIterator,
  type BodyResult,
  iterationOf,
} from "./response_observer.ts";

/** The answer in place of the application's. */
export interface FailureAnswer {
  readonly status: string;
  readonly headers: readonly HeaderTuple[];
  readonly body: Uint8Array;
}

/** Makes the answer; without one the error goes on to the server. */
export type AnswerFailure = (
  error: unknown,
  environ: Environ,
) => FailureAnswer | undefined | Promise<FailureAnswer | undefined>;

/** The client or the server is at fault, and the server knows what to say. */
function isForServer(error: unknown): boolean {
  return error instanceof RequestBodyError ||
    error instanceof ClientDisconnected || isServerAbort(error);
}

/** One request whose failure can be answered until its first byte is sent. */
class GuardedRequest {
  readonly start: StartResponse;
  readonly #startResponse: StartResponse;
  readonly #environ: Environ;
  readonly #errors: ErrorStream;
  readonly #answer: AnswerFailure;
  #sent = false;

  constructor(
    environ: Environ,
    startResponse: StartResponse,
    answer: AnswerFailure,
  ) {
    this.#environ = environ;
    // Taken now: the application may change its environ.
    this.#errors = environ["wsgi.errors"];
    this.#startResponse = startResponse;
    this.#answer = answer;
    this.start = (status, headers, excInfo) => {
      const write = excInfo === undefined
        ? startResponse(status, headers)
        : startResponse(status, headers, excInfo);
      return (chunk) => {
        const written = write(chunk);
        this.see(chunk);
        return written;
      };
    };
  }

  /** Takes note of a chunk: the head leaves with the first that has bytes. */
  see(chunk: Uint8Array | undefined): void {
    if (chunk !== undefined && chunk?.byteLength !== 0) this.#sent = true;
  }

  /** Gives the page; throws the error where it is too late for one. */
  async fail(error: unknown): Promise<Uint8Array> {
    if (this.#sent || isForServer(error)) throw error;
    const answer = await this.#answerTo(error);
    // The server has begun a response by itself, or the client is gone.
    if (answer === undefined || this.#sent) throw error;
    // What is thrown may be nothing, which would not count as an error.
    const excInfo = error ?? new Error(`The application threw ${error}`);
    this.#startResponse(answer.status, answer.headers, excInfo);
    this.#sent = true;
    this.#errors.write(formatError(error));
    return answer.body;
  }

  async #answerTo(error: unknown): Promise<FailureAnswer | undefined> {
    try {
      return await this.#answer(error, this.#environ);
    } catch (failure) {
      this.#errors.write(`The error page failed: ${formatError(failure)}`);
    }
  }
}

/** Hands on what another iterator gives, or the page. */
class GuardedIterator {
  readonly #iterator: BodyIterator;
  readonly #request: GuardedRequest;
  #failed = false;
  /** Only there if the other has one: a server looks. */
  readonly return: (() => Promise<BodyResult>) | undefined;

  constructor(iterator: BodyIterator, request: GuardedRequest) {
    this.#iterator = iterator;
    this.#request = request;
    this.return = typeof iterator.return === "function"
      ? () => this.#stop()
      : undefined;
  }

  async next(): Promise<BodyResult> {
    if (this.#failed) return { done: true, value: undefined };
    let result: BodyResult;
    try {
      result = await this.#iterator.next();
    } catch (error) {
      this.#failed = true;
      return { done: false, value: await this.#request.fail(error) };
    }
    if (!result.done) this.#request.see(result.value);
    return result;
  }

  async #stop(): Promise<BodyResult> {
    // An iterator that has thrown is over.
    if (!this.#failed) await this.#iterator.return?.();
    return { done: true, value: undefined };
  }
}

function guardBody(body: ResponseBody, request: GuardedRequest): ResponseBody {
  // An array is sent as it stands, and what is no body the server refuses.
  const iteration = iterationOf(body);
  if (iteration === undefined) return body;
  const guarded = {
    [Symbol.asyncIterator]: () =>
      new GuardedIterator(iteration.open(), request),
    close: (): unknown => body.close?.(),
  };
  return guarded as ResponseBody;
}

/**
 * Answers in place of an application that fails before its first byte. The
 * error is written to `wsgi.errors` then; otherwise it goes on to the server.
 *
 * @param app The application.
 * @param answer Makes the answer.
 * @returns The guarded application.
 */
export function guardFailures(
  app: Application,
  answer: AnswerFailure,
): Application {
  return (environ, startResponse) => {
    const request = new GuardedRequest(environ, startResponse, answer);
    const fail = async (error: unknown): Promise<ResponseBody> => {
      return [await request.fail(error)];
    };
    try {
      const body = app(environ, request.start);
      return isThenable(body)
        ? body.then((body) => guardBody(body, request), fail)
        : guardBody(body, request);
    } catch (error) {
      return fail(error);
    }
  };
}
