/**
 * Creates the responses to requests that the application cannot answer.
 *
 * @module
 */

import { showFailure } from "../../middleware/answer_failure.ts";
import {
  type ReportedError,
  reportRequest,
} from "../../middleware/failure_report.ts";
import type { Environ, HeaderTuple } from "../../wsgi/types.ts";
import type { Failure } from "../application_state.ts";
import type { DescribedError } from "../conversation.ts";
import { reloadScript } from "../reload_script.ts";

const encoder = new TextEncoder();

/** A response that the front makes itself. */
export interface OwnResponse {
  readonly status: string;
  readonly headers: readonly HeaderTuple[];
  readonly body: Uint8Array;
}

function toReported(error: DescribedError): ReportedError {
  const { name, message, frames, cause, errors } = error;
  return {
    name,
    message,
    frames: frames.map(({ name, file, line, column }) => {
      const place = `${file}:${line}:${column}`;
      const text = name === "" ? `at ${place}` : `at ${name} (${place})`;
      return { text, isUser: true };
    }),
    cause: cause && toReported(cause),
    errors: errors?.map(toReported),
  };
}

/** The request for which a failure is shown. */
export interface FailureView {
  readonly environ: Environ;
  /** Whether the client may see the error and source code. */
  readonly showsDetails: boolean;
  /** Whether the client may see the pages of the development server. */
  readonly hasPages: boolean;
  /** The id of the start of the application that has failed. */
  readonly generation: string;
}

/**
 * Creates the response that shows why the application cannot answer.
 *
 * @param failure The reason.
 * @param view The request.
 * @returns A page or plain text, depending on the `Accept` of the request.
 */
export function toFailureResponse(
  failure: Failure,
  { environ, showsDetails, hasPages, generation }: FailureView,
): OwnResponse {
  if (!showsDetails) {
    return toText(
      "500 Internal Server Error",
      "The application has failed. The terminal shows the reason.",
    );
  }
  const report = {
    error: toReported(failure.error),
    application: undefined,
    rule: undefined,
    hint: failure.hint,
    excerpt: failure.excerpt,
    request: reportRequest(environ),
  };
  const script = hasPages
    ? reloadScript(environ.REQUEST_METHOD, generation)
    : undefined;
  const link = hasPages
    ? { href: "/__wsgi__/", text: "All requests in the inspector" }
    : undefined;
  return showFailure(report, environ.HTTP_ACCEPT, { script, link });
}

/**
 * Creates a response of text.
 *
 * @param status The status.
 * @param text The text, without a line feed at the end.
 * @param options Another type than plain text, and further headers.
 */
export function toText(
  status: string,
  text: string,
  { type = "plain", headers = [] }: {
    type?: "plain" | "html";
    headers?: readonly HeaderTuple[];
  } = {},
): OwnResponse {
  const body = encoder.encode(`${text}\n`);
  return {
    status,
    headers: [
      ["Content-Type", `text/${type}; charset=utf-8`],
      ["Content-Length", String(body.length)],
      ["Cache-Control", "no-store"],
      ...headers,
    ],
    body,
  };
}
