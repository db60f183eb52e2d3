/**
 * The error page of the program, where `@std` can be had.
 *
 * @module
 */

import type { Application, Environ } from "../wsgi/types.ts";
import {
  type FailureAnswer,
  guardFailures,
} from "../middleware/failure_guard.ts";

/** Computed, so that Deno fetches `@std` only when there is a failure to show. */
const ANSWER = new URL("../middleware/answer_failure.ts", import.meta.url);

type Answer = (
  error: unknown,
  environ: Environ,
  source: boolean,
) => FailureAnswer;

async function load(): Promise<Answer | undefined> {
  try {
    if (ANSWER.protocol === "file:") {
      // A request must not put a question to the terminal.
      const descriptor = { name: "read", path: ANSWER } as const;
      const { state } = Deno.permissions.querySync(descriptor);
      if (state !== "granted") return undefined;
    }
    const module: { answerFailure: Answer } = await import(ANSWER.href);
    return module.answerFailure;
  } catch {
    // The server's own plain 500 does, and the terminal has the error.
    return undefined;
  }
}

/**
 * Puts the error page around an application. The page is loaded at the first
 * failure; without it the server sends its own plain one.
 *
 * @param app The application.
 * @returns The application with the page.
 */
export function showFailures(app: Application): Application {
  let loading: Promise<Answer | undefined> | undefined;
  return guardFailures(app, async (error, environ) => {
    const answer = await (loading ??= load());
    return answer?.(error, environ, true);
  });
}
