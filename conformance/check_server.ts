/**
 * {@linkcode checkServer}: runs the cases for servers.
 *
 * @module
 */

import { describe } from "../wsgi/describe.ts";
import { aboutSubject, serverHeader } from "./about.ts";
import { CaseSequence } from "./case_sequence.ts";
import { type CaseRecord, CaseRecords, Collector } from "./case_record.ts";
import { type CheckOptions, checkTimeout, matcher } from "./check_options.ts";
import { LateError, within } from "./expect.ts";
import { probeApplication } from "./probe.ts";
import { type CaseReport, type Report, toReport } from "./report.ts";
import { SERVER_CASES } from "./server_cases.ts";
import {
  checkLimits,
  checkListening,
  checkStarted,
  type RunningServer,
  type StartServer,
} from "./server_under_test.ts";

/** Options of {@linkcode checkServer}. */
export type ServerCheckOptions = CheckOptions;

/** How long a server may be silent, in milliseconds. */
const DEFAULT_TIMEOUT_MS = 3000;

/** How long the server may take to stop, in milliseconds. */
const STOP_TIMEOUT_MS = 5000;

/** Numbers the checks of this process, so that no two runs share an id. */
let checks = 0;

/** Adds violations and declared deviations to the result of a case. */
function judge(
  report: CaseReport,
  record: CaseRecord,
  deviations: Readonly<Record<string, string>>,
): CaseReport {
  const errors = record.violations.filter(({ severity }) =>
    severity === "error"
  );
  const found = errors.map(({ rule, blame, message }) =>
    `the validator found ${rule}, broken by the ${blame}: ${message}`
  );
  const messages = [report.message, ...found].filter((one) =>
    one !== undefined
  );
  if (messages.length === 0 || report.outcome === "skipped") return report;
  const reason = deviations[report.id];
  if (reason === undefined) {
    return { ...report, outcome: "failed", message: messages.join("; ") };
  }
  return { ...report, outcome: "deviation", message: reason };
}

/** Stops the server, but does not wait longer than the limit. */
async function stop(server: RunningServer, notes: string[]): Promise<void> {
  const stopping = (async () => await server.stop())();
  try {
    await within(stopping, "stop()", STOP_TIMEOUT_MS);
  } catch (error) {
    if (!(error instanceof LateError)) throw error;
    // A later error of stop() is ignored.
    stopping.catch(() => {});
    notes.push(`stop() did not finish within ${STOP_TIMEOUT_MS / 1000} s`);
  }
}

function checkDeviations(
  deviations: Readonly<Record<string, string>>,
): void {
  for (const [id, reason] of Object.entries(deviations)) {
    if (!SERVER_CASES.some((one) => one.id === id)) {
      throw new TypeError(
        `Cannot check the server: a deviation must have the id of a case, got ${
          describe(id)
        }`,
      );
    }
    if (typeof reason !== "string" || reason.trim() === "") {
      throw new TypeError(
        `Cannot check the server: the deviation ${
          describe(id)
        } must have a reason, got ${describe(reason)}`,
      );
    }
  }
}

/**
 * Checks whether a server conforms to the specification.
 *
 * The server is started once, with an application of the kit, and is always
 * stopped at the end. Each case sends bytes over new sockets, and checks the
 * bytes of the response and the reports of the application. The application
 * runs under the validator, so a case also fails if the server breaks a rule of
 * the validator.
 *
 * If the server lists the id of a case in `deviations`, the case does not fail:
 * it is reported as a deviation with the declared reason. Cases about limits
 * are only run if the server declares the limit in `limits`.
 *
 * @param start Starts the server under test.
 * @param options The cases to run, and the timeout.
 * @returns The report.
 * @throws {TypeError} If `start` is not a function or does not return a server,
 * if a declared deviation has no reason or is not the id of a case, or if a
 * limit is not a positive integer.
 * @throws {RangeError} If the timeout is not a number from 1.
 *
 * @example Test a server
 * ```ts
 * import { checkServer } from "@wsgi/ref/conformance";
 * import { makeServer } from "@wsgi/ref";
 * import { assertEquals } from "@std/assert";
 *
 * const report = await checkServer((app) => {
 *   const server = makeServer("127.0.0.1", 0, app, { log: false });
 *   server.serveForever();
 *   return {
 *     hostname: server.hostname,
 *     port: server.port,
 *     stop: () => server.shutdown(),
 *   };
 * }, { cases: ["environ/*"] });
 * assertEquals(report.failed, 0);
 * ```
 */
export async function checkServer(
  start: StartServer,
  options: ServerCheckOptions = {},
): Promise<Report> {
  if (typeof start !== "function") {
    throw new TypeError(
      `Cannot check the server: start must be a function, got ${
        describe(start)
      }`,
    );
  }
  const { timeout = DEFAULT_TIMEOUT_MS, onCase } = options;
  checkTimeout(timeout, "server");
  const isChosen = matcher(options.cases);
  const records = new CaseRecords();
  const notes: string[] = [];
  await using collector = new Collector(records);
  const server = await start(probeApplication(records), collector);
  checkStarted(server);
  const { hostname, port, deviations = {}, limits = {} } = server;
  const chosen = SERVER_CASES.filter(({ id, limit }) =>
    isChosen(id) && (limit === undefined || limits[limit] !== undefined)
  );
  const reports: CaseReport[] = [];
  const check = ++checks;
  const runOf = (index: number) => `${check}-${index + 1}`;
  const about = aboutSubject(`${hostname}:${port}`);
  const sequence = new CaseSequence(server, records, timeout);
  try {
    checkDeviations(deviations);
    checkLimits(limits);
    await checkListening(server, timeout);
    for (const [index, one] of chosen.entries()) {
      const run = runOf(index);
      const ended = await sequence.run(one, run);
      const report = judge(ended, records.of(run), deviations);
      reports.push(report);
      onCase?.(report, reports.length, chosen.length);
    }
  } finally {
    await stop(server, notes);
  }
  // Violations that were found after the end of their case are included.
  const cases = reports.map((report, index) =>
    report.outcome === "passed"
      ? judge(report, records.of(runOf(index)), deviations)
      : report
  );
  return toReport(cases, {
    ...about,
    subject: server.name ?? serverHeader(cases) ?? records.software ??
      about.subject,
    ...sequence.obstacle,
    notes,
  });
}
