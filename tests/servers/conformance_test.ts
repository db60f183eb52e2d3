import { assertEquals } from "@std/assert";
import { runServer } from "../../tools/matrix/run.ts";
import { SERVERS } from "../../tools/matrix/servers.ts";

/** A process for each request takes its time: that is for `.ci/run`. */
const isPatient = Deno.env.get("CI") !== undefined;

const MISSING = await Promise.all(
  SERVERS.map(async (part) =>
    part.name.endsWith(", CGI") && !isPatient
      ? "with CI=1, or by deno task matrix"
      : await part.missing()
  ),
);

for (const [index, part] of SERVERS.entries()) {
  const missing = MISSING[index];
  Deno.test({
    name: `checkServer() finds nothing but deviations on ${part.name}${
      missing === undefined ? "" : ` (${missing})`
    }`,
    ignore: missing !== undefined,
    fn: async () => {
      const { failed, deviations, subjects } = await runServer(part);
      assertEquals(failed, {});
      // Whatever the transport lacks, most of the kit is about something else.
      const total = subjects.reduce((sum, one) => sum + one.total, 0);
      const passed = subjects.reduce((sum, one) => sum + one.passed, 0);
      assertEquals(passed, total - Object.keys(deviations).length);
    },
  });
}
