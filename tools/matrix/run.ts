/**
 * Runs one row of the matrix.
 *
 * @module
 */

import { checkServer } from "../../conformance/mod.ts";
import { toSubjects } from "../../conformance/report.ts";
import type {
  FrameworkPart,
  FrameworkResult,
  Part,
  Row,
  ServerPart,
  ServerResult,
} from "./part.ts";

/** The time limit of a case, generous for busy machines. */
const TIMEOUT = 10_000;

async function toRow(part: Part): Promise<Omit<Row, "failed">> {
  const missing = await part.missing();
  const versions = missing === undefined ? await part.versions() : {};
  return { name: part.name, versions, missing };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Runs the conformance kit against a server. */
export async function runServer(part: ServerPart): Promise<ServerResult> {
  const row = await toRow(part);
  if (row.missing !== undefined) {
    return { ...row, subjects: [], deviations: {}, failed: {} };
  }
  const report = await checkServer(part.start, { timeout: TIMEOUT });
  const messages = (outcome: string) =>
    Object.fromEntries(
      report.cases.filter((one) => one.outcome === outcome)
        .map(({ id, message = "" }) => [id, message]),
    );
  return {
    ...row,
    subjects: toSubjects(report).map(({ name, passed, cases }) => ({
      name,
      passed,
      total: cases.length,
    })),
    deviations: messages("deviation"),
    failed: messages("failed"),
  };
}

/** Tries the exercises on a framework. */
export async function runFramework(
  part: FrameworkPart,
): Promise<FrameworkResult> {
  const row = await toRow(part);
  const exercised = part.exercises.map(({ name }) => name);
  const failed: Record<string, string> = {};
  const { known } = part;
  if (row.missing !== undefined) return { ...row, exercised, failed, known };
  const running = await part.start();
  try {
    for (const { name, run } of part.exercises) {
      const before = running.findings.length;
      try {
        await run(running.url);
        const found = running.findings.slice(before);
        if (found.length > 0) failed[name] = `found: ${found.join(", ")}`;
      } catch (error) {
        failed[name] = messageOf(error);
      }
    }
  } finally {
    await running.stop();
  }
  return { ...row, exercised, failed, known };
}
