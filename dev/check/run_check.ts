/**
 * Runs `checkApplication()` in a worker, which can be terminated.
 *
 * @module
 */

import type { Report } from "../../conformance/report.ts";
import type { CheckOutcome, Failure } from "../application_state.ts";
import type { CheckMessage } from "../worker/check_main.ts";

/** The time without a message after which the application counts as blocked. */
const BLOCKED_AFTER_MS = 30_000;

/** The error of an application that cannot be checked. */
export class CheckFailed extends Error {
  override readonly name = "CheckFailed";
  /** The reason. */
  readonly failure: Failure;

  /**
   * @param failure The reason.
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
 * @param application The application, as on the command line.
 * @param signal Aborts the check.
 * @returns The report.
 * @throws {CheckFailed} If the application cannot be loaded, stops, or blocks its
 * thread.
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
        `The application has blocked its thread for ${
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
 * Compares a report with the previous outcome.
 *
 * @param report The report.
 * @param before The previous outcome, if there is one.
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
