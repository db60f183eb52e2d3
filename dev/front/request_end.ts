/**
 * {@linkcode RequestEnd}: the end of a request, which has two sides.
 *
 * @module
 */

import type { AccessRecord } from "../../gateway/access_record.ts";
import type { EventDigest } from "../wire/messages.ts";
import type { Recording } from "./recording.ts";

/**
 * Called when a response was sent, and again if the application has an error or
 * finding to report afterwards.
 */
export type OnReport = (
  recording: Recording,
  record: AccessRecord,
  isFirst: boolean,
) => void;

/** How long the report waits for an application that is still running. */
const REPORT_DELAY_MS = 250;

/**
 * Reports a request when its response was sent and the application has finished
 * it, so that findings about its end are in the report.
 */
export class RequestEnd {
  readonly #recording: Recording;
  readonly #onReport: OnReport;
  #record: AccessRecord | undefined;
  #isInWorker = false;
  #isReported = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param recording The request.
   * @param onReport Called with the report.
   */
  constructor(recording: Recording, onReport: OnReport) {
    this.#recording = recording;
    this.#onReport = onReport;
  }

  /** Reports that the request was sent to the worker. */
  enterWorker(): void {
    this.#isInWorker = true;
  }

  /** Reports that the worker has finished the request. */
  leaveWorker(): void {
    this.#isInWorker = false;
    if (this.#record !== undefined) this.#report(this.#record);
  }

  /**
   * Reports that the response was sent.
   *
   * @param record The record for the access log.
   */
  finishResponse(record: AccessRecord): void {
    this.#record = record;
    this.#recording.finish(record);
    if (!this.#isInWorker) return this.#report(record);
    this.#timer = setTimeout(() => this.#report(record), REPORT_DELAY_MS);
  }

  /**
   * Adds events of a request that the worker has finished.
   *
   * @param json An array of events, as JSON.
   * @param digest The numbers that these events add to the summary, if any.
   */
  addLate(json: string, digest?: EventDigest): void {
    this.#recording.addRecorded(json, digest);
    if (this.#record !== undefined) this.#report(this.#record);
  }

  #report(record: AccessRecord): void {
    clearTimeout(this.#timer);
    if (this.#isReported && this.#recording.notable.length === 0) return;
    this.#onReport(this.#recording, record, !this.#isReported);
    this.#isReported = true;
  }
}
