/**
 * Wraps the application in the worker, so that it is checked and recorded, and
 * its failures are answered with a page.
 *
 * @module
 */

import { answerFailure } from "../../middleware/answer_failure.ts";
import {
  type FailureAnswer,
  guardFailures,
} from "../../middleware/failure_guard.ts";
import { validateWith } from "../../validator/validator.ts";
import { StderrStream } from "../../wsgi/error_stream.ts";
import type { Application, Environ } from "../../wsgi/types.ts";
import { reloadScript } from "../reload_script.ts";
import type { WorkerStart } from "../wire/messages.ts";
import { currentRecorder } from "./console_log.ts";
import type { Loaded } from "./load.ts";

const stderr = new StderrStream();

function answer(
  error: unknown,
  environ: Environ,
  { generation, hasInspector }: WorkerStart,
): FailureAnswer | undefined {
  const recorder = currentRecorder();
  recorder?.addError(error);
  if (recorder?.request.showsDetails !== true) return undefined;
  if (!hasInspector) return answerFailure(error, environ, { source: true });
  return answerFailure(error, environ, {
    source: true,
    rulePages: "/__wsgi__/rules/",
    link: {
      href: `/__wsgi__/requests/${recorder.request.conversation}`,
      text: "This request in the inspector",
    },
    script: reloadScript(environ.REQUEST_METHOD, generation),
  });
}

/**
 * Wraps the application.
 *
 * @param loaded The application.
 * @param start The first message of the front.
 * @returns The wrapped application.
 */
export function observeApplication(
  { app, module }: Loaded,
  start: WorkerStart,
): Application {
  const checked = validateWith(
    app,
    { ...start.checks, onViolation: () => {} },
    {
      module,
      observer: (call) => {
        const recorder = currentRecorder();
        recorder?.addCall(call);
        return recorder && ((event) => recorder.observe(event));
      },
    },
  );
  const guarded = guardFailures(
    checked,
    (error, environ) => answer(error, environ, start),
    // The error is recorded, and the front prints it.
    () => {},
  );
  return (environ, startResponse) => {
    // The wsgi.errors of the gateway is silent.
    environ["wsgi.errors"] = stderr;
    return guarded(environ, startResponse);
  };
}
