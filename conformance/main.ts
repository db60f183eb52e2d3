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
import { QuietStderr } from "./quiet_stderr.ts";
import { Progress, toText } from "./reports/text.ts";
import { SERVER_CASES } from "./server_cases.ts";
import { NoListenerError, type StartServer } from "./server_under_test.ts";

/** Reads the specification, if it is next to the kit. */
async function readSpec(): Promise<string> {
  try {
    const response = await fetch(new URL("../SPEC.md", import.meta.url));
    return response.ok ? await response.text() : "";
  } catch {
    // Without it, the page names requirements but does not quote them.
    return "";
  }
}

const WRITERS: Readonly<
  Record<ReportForm, (report: Report) => string | Promise<string>>
> = {
  text: toText,
  json: toJson,
  junit: toJUnit,
  html: async (report) => toHtml(report, await readSpec()),
};

/** Returns a hint about an error of `start()`. */
function hintForStart(error: unknown): string {
  const { name, code } = (error ?? {}) as { name?: unknown; code?: unknown };
  if (name === "AddrInUse" || code === "EADDRINUSE") {
    return "Listen on port 0 and return the port that the server got, or stop the program that uses the port";
  }
  return "Correct start() and try again";
}

/** Reports an error of `start()`, which is the user's, in one line. */
function withUsageErrors(start: StartServer, name?: string): StartServer {
  return async (app, remote) => {
    try {
      const server = await start(app, remote);
      return name === undefined || server === null || typeof server !== "object"
        ? server
        : { ...server, name, stop: () => server.stop() };
    } catch (error) {
      throw new UsageError(
        `Cannot start the server: start() throws ${
          error instanceof Error ? error.message : describe(error)
        }`,
        hintForStart(error),
      );
    }
  };
}

/** Shows progress if stderr is a terminal. */
function createProgress(): Progress {
  if (!Deno.stderr.isTerminal()) return new Progress(undefined);
  const encoder = new TextEncoder();
  const write = Deno.stderr.writeSync.bind(Deno.stderr);
  return new Progress(
    (text) => void write(encoder.encode(text)),
    Deno.consoleSize().columns,
  );
}

async function check(
  given: KitArguments,
  options: CheckOptions,
): Promise<Report> {
  if (given.kind === "application") {
    const app = await loadApplication(given.module, PROGRAM);
    const paths = given.paths.length > 0 ? given.paths : undefined;
    const report = await checkApplication(app, { ...options, paths });
    const subject = given.name ?? given.module;
    const about = report.about && { ...report.about, subject };
    return { ...report, about };
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
  return await checkServer(
    withUsageErrors(found as StartServer, given.name),
    options,
  );
}

/** Runs the check with progress on a terminal and a quiet stderr. */
async function checkQuietly(
  given: KitArguments,
): Promise<{ report: Report; hidden: number }> {
  using progress = createProgress();
  using quiet = given.verbose ? undefined : new QuietStderr();
  try {
    const report = await check(given, {
      cases: given.cases,
      timeout: given.timeout,
      onCase: (...args) => progress.add(...args),
    });
    return { report, hidden: quiet?.lines ?? 0 };
  } catch (error) {
    if (error instanceof NoListenerError) {
      throw new UsageError(
        error.message,
        "start() must return the hostname and port once the server listens",
      );
    }
    if (!(error instanceof TypeError || error instanceof RangeError)) {
      throw error;
    }
    throw new UsageError(error.message, USAGE);
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
      "Name a file in a folder that exists",
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
  const { report, hidden } = await checkQuietly(given);
  if (report.cases.length === 0) {
    throw new UsageError(
      `no case matches ${given.cases.join(", ")}`,
      `deno run -A ${PROGRAM} ${given.kind} --list`,
    );
  }
  for (const [form, file] of Object.entries(given.reports)) {
    await writeReport(file, await WRITERS[form as ReportForm](report));
  }
  const { problem, hint = USAGE } = report.about ?? {};
  if (problem !== undefined) {
    throw new UsageError(`Cannot test the server: ${problem}`, hint);
  }
  print(toText(report).trimEnd());
  if (report.failed === 0) return 0;
  if (hidden > 0) {
    // deno-lint-ignore no-console -- a program's error output
    console.error(
      `hint: --verbose shows ${hidden} lines that the program under test wrote to stderr`,
    );
  }
  return 1;
}

/**
 * Runs the program, and ends the process.
 *
 * @param args The arguments, without the name of the program.
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
