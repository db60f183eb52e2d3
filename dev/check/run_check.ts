/**
 * Running `checkApplication()` in a worker, which can be ended.
 *
 * @module
 */

import type { Report } from "../../conformance/report.ts";
import type { CheckOutcome, Failure } from "../application_state.ts";
import type { CheckMessage } from "../worker/check_main.ts";

/** Without a sign of life for so long, the application is blocked. */
const BLOCKED_AFTER_MS = 30_000;

/** The application cannot be checked. */
export class CheckFailed extends Error {
  override readonly name = "CheckFailed";
  /** Why. */
  readonly failure: Failure;

  /**
   * @param failure Why.
   */
  constructor(failure: Failure) {
    super(failure.error.message);
    this.failure = failure;
  }
}

function toFailed(message: string, during: Failure["during"]): CheckFailed {
  return new CheckFailed({
    error: { name: "Error", message, frames: [] },
    during,
  });
}

/**
 * Checks an application.
 *
 * @param application The application, as the command line names it.
 * @param signal Ends the check early.
 * @returns The report.
 * @throws {CheckFailed} If the application cannot be loaded, ends its program, or
 * keeps its thread for itself.
 */
export async function runCheck(
  application: string,
  signal?: AbortSignal,
): Promise<Report> {
  const url = new URL("../worker/check_main.ts", import.meta.url);
  const worker = new Worker(url, { type: "module", name: "check" });
  const { promise, resolve, reject } = Promise.withResolvers<Report>();
  const abort = (): void => reject(signal?.reason);
  signal?.addEventListener("abort", abort);
  let timer: ReturnType<typeof setTimeout> | undefined;
  function wait(): void {
    clearTimeout(timer);
    timer = setTimeout(() =>
      reject(toFailed(
        `The application has not let go of its thread for ${
          BLOCKED_AFTER_MS / 1_000
        } s`,
        "blocked",
      )), BLOCKED_AFTER_MS);
  }
  worker.onmessage = ({ data }: MessageEvent<CheckMessage>) => {
    if (data[0] === "report") resolve(data[1]);
    else if (data[0] === "failed") reject(new CheckFailed(data[1]));
    else wait();
  };
  worker.onerror = (event) => {
    event.preventDefault();
    reject(toFailed(event.message, "running"));
  };
  wait();
  worker.postMessage(application);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
    worker.terminate();
  }
}

/**
 * Compares a report with the one before.
 *
 * @param report The report.
 * @param before What failed before; nothing if this is the first one.
 * @returns The outcome.
 */
export function toOutcome(
  report: Report,
  before: CheckOutcome | undefined,
): CheckOutcome {
  const { passed, failed, skipped, cases } = report;
  const failures = cases.filter(({ outcome }) => outcome === "failed")
    .map(({ id, title, spec, message = "" }) => ({ id, title, spec, message }));
  const now = failures.map(({ id }) => id);
  const old = before?.failures.map(({ id }) => id) ?? [];
  return {
    endedAt: Date.now(),
    passed,
    failed,
    skipped,
    failures,
    newlyFailing: now.filter((id) => !old.includes(id)),
    newlyPassing: old.filter((id) => !now.includes(id)),
  };
}
