import { assertEquals } from "@std/assert";
import { checkServer, denoServeDeviations } from "../../conformance/mod.ts";
import type { CaseReport } from "../../conformance/report.ts";
import { SERVER_CASES } from "../../conformance/server_cases.ts";
import { StderrStream } from "../../wsgi/error_stream.ts";
import { toFetchHandler } from "../../mod.ts";
import type { BrokenServer } from "./broken/server.ts";
import { BROKEN_SERVERS } from "./broken_servers.ts";

/** Cases that wait in vain wait this long, also on a busy machine. */
const CASE_TIMEOUT_MS = 2000;

/** One server is checked in parts, so that what waits does not add up. */
const PART = 10;

/** So many parts run at once: most of them wait. */
const AT_ONCE = 20;

/** Each server is asked every third of the cases that should not find it. */
const SHARE = 3;

function matches(glob: string, id: string): boolean {
  return glob.endsWith("*") ? id.startsWith(glob.slice(0, -1)) : id === glob;
}

/** The cases that must find a server, and its share of the others. */
function casesFor({ found }: BrokenServer, place: number): string[] {
  const globs = found.split(/\s+/);
  return SERVER_CASES.map(({ id }) => id).filter((id, index) =>
    index % SHARE === place % SHARE || globs.some((glob) => matches(glob, id))
  );
}

/** Checks all broken servers; gives the cases that failed, by name. */
async function checkAll(): Promise<Map<string, CaseReport[]>> {
  const failed = new Map<string, CaseReport[]>();
  const waiting = [...BROKEN_SERVERS.entries()].flatMap(([place, broken]) => {
    const ids = casesFor(broken, place);
    return Array.from({ length: Math.ceil(ids.length / PART) }, (_, part) => ({
      broken,
      cases: ids.slice(part * PART, (part + 1) * PART),
    }));
  });
  const work = async () => {
    for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
      const { broken: { name, start }, cases } = one;
      const report = await checkServer(start, {
        cases,
        timeout: CASE_TIMEOUT_MS,
      });
      failed.set(name, [
        ...failed.get(name) ?? [],
        ...report.cases.filter(({ outcome }) => outcome === "failed"),
      ]);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return failed;
}

/** On a busy machine a sound answer may take this long. */
const PATIENT_TIMEOUT_MS = 20_000;

/** Repeats cases that should not have failed, if only their time was up. */
async function withoutLate(
  { start, found }: BrokenServer,
  failed: readonly CaseReport[],
): Promise<CaseReport[]> {
  const globs = found.split(/\s+/);
  const isLate = ({ id, message = "" }: CaseReport) =>
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

Deno.test("checkServer() finds every broken server by the cases about its fault, and by no others", async () => {
  const all = await checkAll();
  const wrong: string[] = [];
  for (const broken of BROKEN_SERVERS) {
    const failed = await withoutLate(broken, all.get(broken.name) ?? []);
    wrong.push(...wrongly(broken, failed));
  }
  assertEquals(wrong, []);
});

Deno.test("there are at least 55 broken servers, each with a name of its own", () => {
  const names = new Set(BROKEN_SERVERS.map(({ name }) => name));
  assertEquals(names.size, BROKEN_SERVERS.length);
  assertEquals(names.size >= 55, true);
  assertEquals(BROKEN_SERVERS.filter(({ found }) => found.trim() === ""), []);
});

Deno.test("denoServeDeviations names cases that Deno.serve fails", async () => {
  const ids = Object.keys(denoServeDeviations);
  const { cases } = await checkServer((app) => {
    const server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      toFetchHandler(app, {
        environ: { "wsgi.errors": new StderrStream(() => {}) },
      }),
    );
    return {
      hostname: "127.0.0.1",
      port: server.addr.port,
      deviations: denoServeDeviations,
      stop: () => server.shutdown(),
    };
  }, { cases: ids, timeout: 10_000 });
  const deviations = cases.filter(({ outcome }) => outcome === "deviation");
  assertEquals(deviations.map(({ id }) => id).toSorted(), ids.toSorted());
});
