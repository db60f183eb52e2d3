/**
 * Catches errors of an application while the response can still be replaced.
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

/** The response that replaces the one of the application. */
export interface FailureAnswer {
  readonly status: string;
  readonly headers: readonly HeaderTuple[];
  readonly body: Uint8Array;
}

/**
 * Builds the replacement. With `undefined` the error is passed on to the
 * server.
 */
export type AnswerFailure = (
  error: unknown,
  environ: Environ,
) => FailureAnswer | undefined | Promise<FailureAnswer | undefined>;

/** Logs an error whose response was replaced. */
export type LogFailure = (error: unknown, errors: ErrorStream) => void;

function writeError(error: unknown, errors: ErrorStream): void {
  errors.write(formatError(error));
}

/**
 * Returns whether the client or the server caused an error. The server responds
 * to these itself.
 */
function isForServer(error: unknown): boolean {
  return error instanceof RequestBodyError ||
    error instanceof ClientDisconnected || isServerAbort(error);
}

/** One request. Its response can be replaced until the first byte is sent. */
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
    // Read now, because the application may change its environ.
    this.#errors = environ["wsgi.errors"];
    this.#startResponse = startResponse;
    this.#answer = answer;
  }

  /** Notes when the head is sent: with the first chunk that is not empty. */
  onChunk(chunk: unknown): void {
    if (chunk === undefined) return;
    if ((chunk as Uint8Array | null)?.byteLength !== 0) this.#sent = true;
  }

  /** Returns the replacement, or throws the error if it is too late for one. */
  async onError(error: unknown): Promise<Uint8Array> {
    if (this.#sent || isForServer(error)) throw error;
    const answer = await this.#answerTo(error);
    // The server has started its own response, or the client has left.
    if (answer === undefined || this.#sent) throw error;
    // The application may throw undefined, which startResponse() would ignore.
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
 * Wraps an application so that its response is replaced if it fails before the
 * first byte is sent. Such errors are logged; later ones are passed on to the
 * server.
 *
 * @param app The application to wrap.
 * @param answer Builds the replacement.
 * @param log Logs the error. The default writes to `wsgi.errors`.
 * @returns The wrapped application.
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
