/** The broken servers, and a check that the right cases find each of them. */

import { checkServer } from "../../conformance/mod.ts";
import type { CaseReport } from "../../conformance/report.ts";
import { SERVER_CASES } from "../../conformance/server_cases.ts";
import { globToRegExp } from "../../wsgi/glob.ts";
import { BODY } from "./broken/bodies.ts";
import { CALL } from "./broken/calls.ts";
import { CHUNKS } from "./broken/chunks.ts";
import { ENVIRON } from "./broken/environ.ts";
import { HANDLERS } from "./broken/handlers.ts";
import { INPUT } from "./broken/input.ts";
import { LIMITS } from "./broken/limits.ts";
import { REQUESTS } from "./broken/requests.ts";
import type { BrokenServer } from "./broken/server.ts";
import { START } from "./broken/start_response.ts";
import { WIRE } from "./broken/wire.ts";

/** Servers that call applications incorrectly. */
export const BROKEN_CALLS: readonly BrokenServer[] = [
  ...[ENVIRON, INPUT, START, BODY, CALL].flat(),
];

/** Servers that read requests or send responses incorrectly. */
export const BROKEN_WIRES: readonly BrokenServer[] = [
  ...[HANDLERS, WIRE, REQUESTS, CHUNKS, LIMITS].flat(),
];

/** The time limit of a case that waits in vain, also on a busy machine. */
const CASE_TIMEOUT_MS = 1500;

/** The time limit of a correct response on a busy machine. */
const PATIENT_TIMEOUT_MS = 20_000;

/**
 * Each server gets every third of the cases that should not find it. With `CI`
 * set it gets all of them.
 */
const SHARE = Deno.env.get("CI") === undefined ? 3 : 1;

/** The number of checks at once, and in each of the cases that will fail. */
const AT_ONCE = 24;
const FAILING_AT_ONCE = 3;

function matches(globs: string, id: string): boolean {
  return globs.split(/\s+/).some((glob) => globToRegExp(glob).test(id));
}

/** A part of the cases for a server. */
interface Check {
  readonly server: BrokenServer;
  readonly cases: readonly string[];
}

/** Divides the cases for a server: those that must find it, and the others. */
function checksOf(server: BrokenServer, place: number): Check[] {
  const ids = SERVER_CASES.map(({ id }) => id);
  const failing = ids.filter((id) => matches(server.found, id));
  const others = ids.filter((id, index) =>
    index % SHARE === place % SHARE && !failing.includes(id)
  );
  const checks = [{ server, cases: others }];
  while (failing.length > 0) {
    checks.unshift({ server, cases: failing.splice(0, FAILING_AT_ONCE) });
  }
  return checks;
}

/** Runs cases, and repeats those that unexpectedly fail at their time limit. */
async function failuresOf({ server, cases }: Check): Promise<CaseReport[]> {
  const run = async (cases: readonly string[], timeout: number) =>
    (await checkServer(server.start, { cases, timeout })).cases;
  const isLate = ({ id, outcome, message = "" }: CaseReport) =>
    outcome === "skipped" ||
    message.startsWith("Waited too long") && !matches(server.found, id);
  const reports = await run(cases, CASE_TIMEOUT_MS);
  const late = reports.filter(isLate).map(({ id }) => id);
  const again = late.length === 0 ? [] : await run(late, PATIENT_TIMEOUT_MS);
  return reports.filter((report) => !isLate(report)).concat(again)
    .filter(({ outcome }) => outcome === "failed");
}

/** Describes the wrong outcomes of the cases for a server. */
function wrongly(
  { name, found, rule }: BrokenServer,
  failed: readonly CaseReport[],
): string[] {
  const needless = failed.filter(({ id, message = "" }) =>
    !matches(found, id) &&
    (rule === undefined || !message.includes(`the validator found ${rule},`))
  );
  const idle = found.split(/\s+/).filter((glob) =>
    !failed.some(({ id }) => matches(glob, id))
  );
  return [
    ...needless.map(({ id, message }) => `${name}: found by ${id}: ${message}`),
    ...idle.map((glob) => `${name}: not found by ${glob}`),
  ];
}

/** Checks broken servers, and returns the wrong outcomes of cases. */
export async function wronglyFound(
  servers: readonly BrokenServer[],
): Promise<string[]> {
  // Checks with many waiting cases are started first.
  const waiting = servers.flatMap(checksOf)
    .toSorted((one, other) => one.cases.length - other.cases.length);
  const failed = new Map(servers.map((one) => [one, [] as CaseReport[]]));
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      failed.get(next.server)?.push(...await failuresOf(next));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return [...failed].flatMap(([server, reports]) => wrongly(server, reports));
}
