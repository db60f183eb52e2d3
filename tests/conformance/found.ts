/** Checks broken servers, and tells which cases find them. */

import { checkServer } from "../../conformance/mod.ts";
import type { CaseReport } from "../../conformance/report.ts";
import { SERVER_CASES } from "../../conformance/server_cases.ts";
import type { BrokenServer } from "./broken/server.ts";

/** Cases that wait in vain wait this long, also on a busy machine. */
const CASE_TIMEOUT_MS = 1500;

/**
 * Each server gets every third of the cases that should not find it. With `CI`
 * set it gets all of them.
 */
const SHARE = Deno.env.get("CI") === undefined ? 3 : 1;

/** So many servers are checked at once: much of a check is waiting. */
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

/** The cases that must find a server, and its share of the others. */
function casesFor({ found }: BrokenServer, place: number): string[] {
  const globs = found.split(/\s+/);
  return SERVER_CASES.map(({ id }) => id).filter((id, index) =>
    index % SHARE === place % SHARE || globs.some((glob) => matches(glob, id))
  );
}

/**
 * Checks broken servers.
 *
 * @returns What is wrong with the cases that found them, which should be nothing.
 */
export async function wronglyFound(
  servers: readonly BrokenServer[],
): Promise<string[]> {
  const waiting = [...servers.entries()];
  const wrong: string[] = [];
  const work = async () => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const [place, one] = next;
      const { cases } = await checkServer(one.start, {
        cases: casesFor(one, place),
        timeout: CASE_TIMEOUT_MS,
      });
      const failed = cases.filter(({ outcome }) =>
        outcome === "failed" || outcome === "skipped"
      );
      wrong.push(...wrongly(one, await withoutLate(one, failed)));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return wrong;
}
