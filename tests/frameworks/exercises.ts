/** The exercises of a framework, as steps of a test. */

import { assertEquals } from "@std/assert";
import type { FrameworkPart } from "../../tools/matrix/part.ts";

/** Runs every exercise as a step, expects no findings, and ends the server. */
export async function takeExercises(
  t: Deno.TestContext,
  part: Pick<FrameworkPart, "exercises">,
  running: Awaited<ReturnType<FrameworkPart["start"]>>,
): Promise<void> {
  try {
    for (const { name, run } of part.exercises) {
      const before = running.findings.length;
      await t.step(name, async () => {
        await run(running.url);
        assertEquals(running.findings.slice(before), []);
      });
    }
  } finally {
    await running.stop();
  }
}
