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
  observeBody,
  observeStart,
  type ResponseObserver,
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

/** Logs an error that was answered. */
export type LogFailure = (error: unknown, errors: ErrorStream) => void;

function writeError(error: unknown, errors: ErrorStream): void {
  errors.write(formatError(error));
}

/** The client or the server is at fault, and the server knows what to say. */
function isForServer(error: unknown): boolean {
  return error instanceof RequestBodyError ||
    error instanceof ClientDisconnected || isServerAbort(error);
}

/** One request whose failure can be answered until its first byte is sent. */
class GuardedRequest implements ResponseObserver {
  readonly #startResponse: StartResponse;
  readonly #environ: Environ;
  readonly #errors: ErrorStream;
  readonly #answer: AnswerFailure;
  readonly #log: LogFailure;
  #sent = false;

  constructor(
    environ: Environ,
    startResponse: StartResponse,
    answer: AnswerFailure,
    log: LogFailure,
  ) {
    this.#log = log;
    this.#environ = environ;
    // Taken now: the application may change its environ.
    this.#errors = environ["wsgi.errors"];
    this.#startResponse = startResponse;
    this.#answer = answer;
  }

  /** The head leaves with the first chunk that has bytes. */
  onChunk(chunk: unknown): void {
    if (chunk === undefined) return;
    if ((chunk as Uint8Array | null)?.byteLength !== 0) this.#sent = true;
  }

  /** Returns the page. Throws the error where it is too late for one. */
  async onError(error: unknown): Promise<Uint8Array> {
    if (this.#sent || isForServer(error)) throw error;
    const answer = await this.#answerTo(error);
    // The server has begun a response by itself, or the client is gone.
    if (answer === undefined || this.#sent) throw error;
    // What is thrown may be nothing, which would not count as an error.
    const excInfo = error ?? new Error(`The application threw ${error}`);
    this.#startResponse(answer.status, answer.headers, excInfo);
    this.#sent = true;
    this.#log(error, this.#errors);
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

/**
 * Answers in place of an application that fails before its first byte. The
 * error is logged then; otherwise it goes on to the server.
 *
 * @param app The application.
 * @param answer Makes the answer.
 * @param log Logs the error; by default to `wsgi.errors`.
 * @returns The guarded application.
 */
export function guardFailures(
  app: Application,
  answer: AnswerFailure,
  log: LogFailure = writeError,
): Application {
  return (environ, startResponse) => {
    const request = new GuardedRequest(
      environ,
      startResponse,
      answer,
      log,
    );
    const guard = (body: ResponseBody): ResponseBody =>
      observeBody(body, request, { canReplace: true }) ?? body;
    const fail = async (error: unknown): Promise<ResponseBody> => {
      return [await request.onError(error)];
    };
    try {
      const body = app(environ, observeStart(startResponse, request));
      return isThenable(body) ? body.then(guard, fail) : guard(body);
    } catch (error) {
      return fail(error);
    }
  };
}
