/**
 * Adds up the test results in a log. It reads the log from stdin and prints
 * `N passed, N failed`, and `, N skipped` if tests were skipped. It exits with 1
 * if a test failed or no test ran: a log without tests comes from a broken run.
 *
 * @module
 */

/** The numbers of passed, failed and ignored tests. */
export interface TestCounts {
  passed: number;
  failed: number;
  skipped: number;
}

// deno-lint-ignore no-control-regex
const COLOR = /\x1b\[[0-9;]*m/g;
const SUMMARY = /^(?:ok|FAILED) \| \d+ passed\b.* \| \d+ failed\b/;
const OUTPUT_BEGINS = /^-{7} (?:(?:pre|post)-test )?output -{7}$/;
// Not anchored, because output without a final newline shares the line.
const OUTPUT_ENDS = /-{5} (?:(?:pre|post)-test )?output end -{5}$/;

/**
 * Adds up the summary lines of `deno test` in a log.
 *
 * The output of the tests themselves does not count, even if it looks like a
 * summary: tests of tools start their own test runs.
 *
 * @param log The output of one or more runs, with or without colors.
 * @returns The sums. Steps are part of their test and do not count.
 */
export function countTests(log: string): TestCounts {
  const counts: TestCounts = { passed: 0, failed: 0, skipped: 0 };
  let insideOutput = false;
  for (const line of log.replaceAll(COLOR, "").split(/\r?\n/)) {
    if (OUTPUT_BEGINS.test(line)) insideOutput = true;
    else if (OUTPUT_ENDS.test(line)) insideOutput = false;
    else if (!insideOutput && SUMMARY.test(line)) {
      counts.passed += numberBefore("passed", line);
      counts.failed += numberBefore("failed", line);
      counts.skipped += numberBefore("ignored", line);
    }
  }
  return counts;
}

/** Formats the counts: `"3 passed, 0 failed"`, with skipped tests if any. */
export function formatCounts({ passed, failed, skipped }: TestCounts): string {
  const line = `${passed} passed, ${failed} failed`;
  return skipped === 0 ? line : `${line}, ${skipped} skipped`;
}

function numberBefore(word: string, line: string): number {
  return Number(new RegExp(`\\| (\\d+) ${word}\\b`).exec(line)?.[1] ?? 0);
}

if (import.meta.main) {
  const counts = countTests(await new Response(Deno.stdin.readable).text());
  // deno-lint-ignore no-console
  console.log(formatCounts(counts));
  Deno.exit(counts.failed > 0 || counts.passed === 0 ? 1 : 0);
}
