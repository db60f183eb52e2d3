/**
 * Runs one case for servers.
 *
 * @module
 */

import { describe } from "../wsgi/describe.ts";
import { type ServerAddress, SocketCaseClient } from "./case_client.ts";
import type { CaseRecord } from "./case_record.ts";
import { LateError, within } from "./expect.ts";
import type { Patience } from "./patience.ts";
import { type CaseReport, Transcript } from "./report.ts";
import type { ServerCase } from "./server_case.ts";

/** A run of a case, and the objects it needs. */
export interface CaseRun {
  /** The case to run. */
  readonly one: ServerCase;
  /** The unique name of the run. */
  readonly run: string;
  /** Receives the reports of the application. */
  readonly record: CaseRecord;
  /** The address of the server, and its limits. */
  readonly place: ServerAddress;
  /** How long the whole case may take, in milliseconds. */
  readonly limit: number;
}

/**
 * Runs one case. The limit of the whole case applies if the server keeps
 * sending and never finishes.
 *
 * @param given The case, and the objects it needs.
 * @param patience Counts the lost time, unless the case is expected to fail.
 * @returns The result of the case.
 */
export async function runCase(
  { one, run, record, place, limit }: CaseRun,
  patience: Patience | undefined,
): Promise<CaseReport> {
  const transcript = new Transcript();
  const begin = performance.now();
  let message: string | undefined;
  let isLate = false;
  {
    using client = new SocketCaseClient(
      place,
      `${one.id}.${run}`,
      record,
      transcript,
    );
    try {
      await within(one.run(client), "the end of the case", limit);
    } catch (error) {
      message = error instanceof Error ? error.message : describe(error);
      isLate = error instanceof LateError;
    }
  }
  const duration = performance.now() - begin;
  if (isLate && patience?.isShort) {
    message += `; the limit was ${
      Math.round(place.timeout)
    } ms, because the server was silent for ${patience.lost} in earlier cases`;
  }
  patience?.add(duration, isLate);
  return {
    id: one.id,
    spec: one.spec,
    title: one.title,
    outcome: message === undefined ? "passed" : "failed",
    message,
    duration,
    exchanged: transcript.entries,
  };
}
