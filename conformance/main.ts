/**
 * The conformance kit as a program.
 *
 * ```sh
 * deno run -A conformance/main.ts server ./start.ts
 * deno run -A conformance/main.ts application ./app.ts
 * ```
 *
 * @module
 */

import { loadApplication } from "../cli/load_application.ts";
import { loadModule } from "../cli/load_module.ts";
import { UsageError } from "../cli/parsed_arguments.ts";
import { describe } from "../wsgi/describe.ts";
import {
  HELP,
  type KitArguments,
  parseKitArguments,
  PROGRAM,
  type ReportForm,
  USAGE,
} from "./arguments.ts";
import { APPLICATION_CASES, checkApplication } from "./check_application.ts";
import { type CheckOptions, matcher } from "./check_options.ts";
import { checkServer } from "./check_server.ts";
import { type Report, toJson } from "./report.ts";
import { toHtml } from "./reports/html.ts";
import { toJUnit } from "./reports/junit.ts";
import { Progress, toText } from "./reports/text.ts";
import { SERVER_CASES } from "./server_cases.ts";
import type { StartServer } from "./server_under_test.ts";

const SPEC = new URL("../SPEC.md", import.meta.url).href;

const WRITERS: Readonly<Record<ReportForm, (report: Report) => string>> = {
  text: toText,
  json: toJson,
  junit: toJUnit,
  html: (report) => toHtml(report, SPEC),
};

/** Shows what `start()` throws in a line, since the user has to fix it. */
function withUsageErrors(start: StartServer): StartServer {
  return async (app, remote) => {
    try {
      return await start(app, remote);
    } catch (error) {
      throw new UsageError(
        `Cannot start the server: start() throws ${
          error instanceof Error ? error.message : describe(error)
        }`,
        "mend start() and try again",
      );
    }
  };
}

async function check(given: KitArguments): Promise<Report> {
  const progress = new Progress(
    Deno.stderr.isTerminal(),
    (text) => void Deno.stderr.writeSync(new TextEncoder().encode(text)),
  );
  const options: CheckOptions = {
    cases: given.cases,
    timeout: given.timeout,
    onCase: (...args) => progress.add(...args),
  };
  try {
    if (given.kind === "application") {
      const app = await loadApplication(given.module, PROGRAM);
      const paths = given.paths.length > 0 ? given.paths : undefined;
      return await checkApplication(app, { ...options, paths });
    }
    const { start, default: other } = await loadModule(given.module, PROGRAM);
    const found = start ?? other;
    if (typeof found !== "function") {
      throw new UsageError(
        `Cannot test ${given.module}: it must export a function start(app), got ${
          describe(found)
        }`,
        "export function start(app) { …; return { hostname, port, stop }; }",
      );
    }
    return await checkServer(withUsageErrors(found as StartServer), options);
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) {
      throw error;
    }
    throw new UsageError(error.message, USAGE);
  } finally {
    progress.end();
  }
}

async function writeReport(file: string, text: string): Promise<void> {
  try {
    await Deno.writeTextFile(file, text);
  } catch (error) {
    throw new UsageError(
      `Cannot write ${file}: ${
        error instanceof Error ? error.message : describe(error)
      }`,
      "name a file in a folder that exists",
    );
  }
}

function list({ kind, cases }: KitArguments): string {
  const all: readonly { id: string; title: string }[] = kind === "server"
    ? SERVER_CASES
    : APPLICATION_CASES;
  const isChosen = matcher(cases);
  return all.filter(({ id }) => isChosen(id))
    .map(({ id, title }) => `${id}: ${title}`).join("\n");
}

function print(text: string): void {
  // deno-lint-ignore no-console -- a program's output
  console.log(text);
}

async function run(args: readonly string[]): Promise<number> {
  const given = parseKitArguments(args);
  if (given === "help" || given.list) {
    print(given === "help" ? HELP : list(given));
    return 0;
  }
  const report = await check(given);
  if (report.cases.length === 0) {
    throw new UsageError(
      `no case matches ${given.cases.join(", ")}`,
      `deno run -A ${PROGRAM} ${given.kind} --list`,
    );
  }
  for (const [form, file] of Object.entries(given.reports)) {
    await writeReport(file, WRITERS[form as ReportForm](report));
  }
  print(toText(report).trimEnd());
  return report.failed === 0 ? 0 : 1;
}

/**
 * Runs the program, and ends the process.
 *
 * @param args The command line.
 */
export async function main(args: readonly string[]): Promise<never> {
  try {
    Deno.exit(await run(args));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    // deno-lint-ignore no-console -- a program's error output
    console.error(`error: ${error.message}\nhint: ${error.hint}`);
    Deno.exit(2);
  }
}

// Not awaited, for the same reason as in mod.ts.
if (import.meta.main) void main(Deno.args);
