/** Checks broken servers, and tells which cases find them. */

import { checkServer } from "../../conformance/mod.ts";
import type { CaseReport } from "../../conformance/report.ts";
import { SERVER_CASES } from "../../conformance/server_cases.ts";
import type { BrokenServer } from "./broken/server.ts";

/** Cases that wait in vain wait this long, also on a busy machine. */
const CASE_TIMEOUT_MS = 1500;

/** How many cases are a part of a check. */
const PART = 30;

/** So many parts run at once: much of a check is waiting. */
const AT_ONCE = 20;

function matches(glob: string, id: string): boolean {
  return glob.endsWith("*") ? id.startsWith(glob.slice(0, -1)) : id === glob;
}

/** On a busy machine a sound answer may take this long. */
const PATIENT_TIMEOUT_MS = 20_000;

/** Repeats cases that were skipped, or failed only because of their time. */
async function withoutLate(
  { start, found }: BrokenServer,
  failed: readonly CaseReport[],
): Promise<CaseReport[]> {
  const globs = found.split(/\s+/);
  const isLate = ({ id, outcome, message = "" }: CaseReport) =>
    outcome === "skipped" ||
    message.startsWith("Waited too long") &&
      !globs.some((glob) => matches(glob, id));
  const cases = failed.filter(isLate).map(({ id }) => id);
  if (cases.length === 0) return [...failed];
  const again = await checkServer(start, {
    cases,
    timeout: PATIENT_TIMEOUT_MS,
  });
  return [
    ...failed.filter((report) => !isLate(report)),
    ...again.cases.filter(({ outcome }) => outcome === "failed"),
  ];
}

/** What is not as it should be with the cases that found a server. */
function wrongly(
  { name, found, rule }: BrokenServer,
  failed: readonly CaseReport[],
): string[] {
  const globs = found.split(/\s+/);
  const needless = failed.filter(({ id, message = "" }) =>
    !globs.some((glob) => matches(glob, id)) &&
    (rule === undefined || !message.includes(`the validator found ${rule},`))
  );
  const idle = globs.filter((glob) =>
    !failed.some(({ id }) => matches(glob, id))
  );
  return [
    ...needless.map(({ id, message }) => `${name}: found by ${id}: ${message}`),
    ...idle.map((glob) => `${name}: not found by ${glob}`),
  ];
}

/** Checks broken servers in parts, so that waiting does not add up. */
async function failuresOf(
  servers: readonly BrokenServer[],
): Promise<Map<BrokenServer, CaseReport[]>> {
  const ids = SERVER_CASES.map(({ id }) => id);
  const failed = new Map(servers.map((one) => [one, [] as CaseReport[]]));
  const parts = servers.flatMap((one) =>
    Array.from({ length: Math.ceil(ids.length / PART) }, (_, index) => ({
      one,
      cases: ids.slice(index * PART, (index + 1) * PART),
    }))
  );
  const work = async () => {
    for (let next = parts.pop(); next !== undefined; next = parts.pop()) {
      const { one, cases } = next;
      const report = await checkServer(one.start, {
        cases,
        timeout: CASE_TIMEOUT_MS,
      });
      failed.get(one)?.push(
        ...report.cases.filter(({ outcome }) =>
          outcome === "failed" || outcome === "skipped"
        ),
      );
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return failed;
}

/**
 * Checks broken servers.
 *
 * @returns What is wrong with the cases that found them, which should be nothing.
 */
export async function wronglyFound(
  servers: readonly BrokenServer[],
): Promise<string[]> {
  const wrong: string[] = [];
  for (const [one, failed] of await failuresOf(servers)) {
    wrong.push(...wrongly(one, await withoutLate(one, failed)));
  }
  return wrong;
}
