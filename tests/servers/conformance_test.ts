import { assertEquals } from "@std/assert";
import { runServer } from "../../tools/matrix/run.ts";
import { SERVERS } from "../../tools/matrix/servers.ts";

/** Servers that start a process for each request take long: they need CI=1. */
const isPatient = Deno.env.get("CI") !== undefined;

const ROWS = await Promise.all(SERVERS.map(async (part) => ({
  part,
  missing: part.name.endsWith(", CGI") && !isPatient
    ? "with CI=1, or by deno task matrix"
    : await part.missing(),
})));

for (const { part, missing } of ROWS.filter(({ missing }) => missing)) {
  const name = `checkServer() finds nothing but deviations on ${part.name}`;
  Deno.test.ignore(`${name} (${missing})`, () => {});
}

/** Checks a server, and returns its name and the unexpected results. */
async function check(part: (typeof SERVERS)[number]): Promise<unknown> {
  const { failed, deviations, subjects } = await runServer(part);
  // Whatever the transport lacks, most cases must still pass.
  const total = subjects.reduce((sum, one) => sum + one.total, 0);
  const passed = subjects.reduce((sum, one) => sum + one.passed, 0);
  const missed = total - passed - Object.keys(deviations).length;
  return [part.name, failed, missed, total > 200];
}

// Concurrently, because much of a check is waiting.
Deno.test("checkServer() finds nothing but deviations on all other servers", async () => {
  const parts = ROWS.flatMap(({ part, missing }) => missing ? [] : [part]);
  assertEquals(
    await Promise.all(parts.map(check)),
    parts.map(({ name }) => [name, {}, 0, true]),
  );
});
