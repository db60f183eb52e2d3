/**
 * Python's wsgiref, for tests that compare ours with it.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { missingTool, runTool, testsWith } from "../tool.ts";

/** Registers a test that needs Python, and is ignored without it. */
export const testWithPython: ReturnType<typeof testsWith> = testsWith(
  await missingTool("python3"),
);

/**
 * Calls a Python function for each of many cases.
 *
 * @param source Statements that define `run(case)`, which returns JSON values.
 * What it raises becomes `{ raises: true }`.
 * @param cases The cases.
 * @returns The results.
 */
export async function askPython(
  source: string,
  cases: readonly unknown[],
): Promise<unknown[]> {
  const program = `
import json, sys
${source}
def answer(case):
    try:
        return run(case)
    except Exception:
        return {"raises": True}
print(json.dumps([answer(case) for case in json.load(sys.stdin)]))
`;
  const input = new TextEncoder().encode(JSON.stringify(cases));
  const args = ["-c", program];
  const { code, stdout, stderr } = await runTool("python3", args, input);
  assertEquals(code, 0, stderr);
  return JSON.parse(stdout);
}
