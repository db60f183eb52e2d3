/**
 * Writes `docs/speed.md` from the results in `docs/speed.json`.
 *
 * ```sh
 * deno task bench --json=docs/speed.json --svg=docs/speed.svg
 * deno task bench:publish
 * ```
 *
 * @module
 */

import { formatMarkdown, replaceMarked } from "../tools/format_markdown.ts";
import { BASELINE } from "./contenders.ts";
import { cpuOf, formatNumber, type Report } from "./report.ts";

const ROOT = new URL("../", import.meta.url);

/** The file of the results, and the page that shows them. */
const FILES = {
  speed: new URL("docs/speed.json", ROOT),
  page: new URL("docs/speed.md", ROOT),
};

/** The contenders of the summary, in this order. */
const SHOWN = ["makeServer", "toFetchHandler", "validator", "hono", "express"];

function table(rows: readonly (readonly string[])[]): string {
  const [head = [], ...rest] = rows;
  const rule = head.map((_, index) => index === 0 ? "---" : "---:");
  return [head, rule, ...rest].map((row) => `| ${row.join(" | ")} |`)
    .join("\n");
}

/** Formats the CPU time per request, and its ratio to the bare handler. */
function cell(report: Report, scenario: string, contender: string): string {
  const cpu = cpuOf(report.results, scenario, contender);
  const base = cpuOf(report.results, scenario, BASELINE);
  if (cpu === undefined) return "";
  if (base === undefined || contender === BASELINE) return formatNumber(cpu);
  return `${formatNumber(cpu)} (${(base / cpu).toFixed(2)})`;
}

/** Returns the summary as Markdown: scenarios by contenders. */
export function speedTable(report: Report): string {
  return table([
    ["CPU µs per request (bare ÷ it)", BASELINE, ...SHOWN],
    ...report.results.map(({ scenario }) => [
      scenario,
      ...[BASELINE, ...SHOWN].map((one) => cell(report, scenario, one)),
    ]),
  ]);
}

/** Returns Markdown with a table of all contenders for each scenario. */
export function scenarioTables(report: Report): string {
  return report.results.map(({ scenario, title, rows, missing }) => {
    const base = rows.find(({ contender }) => contender === BASELINE);
    const cells = rows.map(({ contender, summary: { best }, memory }) => [
      contender,
      formatNumber(best.perSecond),
      cell(report, scenario, contender),
      formatNumber(memory.rss / 1048576),
      base === undefined ? "" : (memory.rss / base.memory.rss).toFixed(2),
    ]);
    const absent = missing.map(({ contender, reason }) =>
      `${contender} was left out: ${reason}.`
    );
    return [
      `### ${scenario}: ${title}`,
      table([
        ["contender", "requests/s", "CPU µs (bare ÷ it)", "MiB", "of bare"],
        ...cells,
      ]),
      ...absent,
    ].join("\n\n");
  }).join("\n\n");
}

async function readReport(file: URL): Promise<Report> {
  return JSON.parse(await Deno.readTextFile(file));
}

/** Describes in one line how a report was made. */
function conditions({ date, machine, rounds, seconds }: Report): string {
  return `Measured on ${date.slice(0, 10)} on ${
    Object.values(machine).join(", ")
  }; the best of ${rounds} rounds of ${seconds} s.`;
}

/** Returns the formatted page docs/speed.md. */
export async function createPage(): Promise<string> {
  const report = await readReport(FILES.speed);
  let page = await Deno.readTextFile(FILES.page);
  page = replaceMarked(page, "conditions", conditions(report));
  page = replaceMarked(page, "summary", speedTable(report));
  page = replaceMarked(page, "scenarios", scenarioTables(report));
  return await formatMarkdown(page);
}

if (import.meta.main) {
  await Deno.writeTextFile(FILES.page, await createPage());
}
