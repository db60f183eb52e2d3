/**
 * The program behind `server.ts`.
 *
 * @module
 */

import { formatCombined } from "../gateway/access_line.ts";
import type { AccessLogger } from "../gateway/access_record.ts";
import { demoApp } from "../server/demo_app.ts";
import { SERVER_SOFTWARE } from "../gateway/environ/base_environ.ts";
import { makeServer } from "../server/make_server.ts";
import { SocketServer } from "../server/socket_server.ts";
import { StderrStream } from "../wsgi/error_stream.ts";
import type { Application } from "../wsgi/types.ts";
import { ConformanceError } from "../validator/conformance_error.ts";
import { validateWith } from "../validator/validator.ts";
import { type Arguments, HELP, parseArguments, USAGE } from "./arguments.ts";
import { listRules } from "./checks.ts";
import { formatDev } from "./dev_line.ts";
import { listen, readEnv } from "./listen.ts";
import { loadApplication, moduleOf } from "./load_application.ts";
import { errorPage } from "../middleware/error_page.ts";
import { openBrowser } from "./open_browser.ts";
import { UsageError } from "./parsed_arguments.ts";

function toLog({ log = "common" }: Arguments): boolean | AccessLogger {
  if (log === "off" || log === "common") return log === "common";
  const format = log === "dev" ? formatDev : formatCombined;
  const stderr = new StderrStream();
  return (record) => stderr.write(`${format(record)}\n`);
}

/** Ctrl+C sends SIGINT, and supervisors send SIGTERM. */
const SIGNAL_NUMBERS = { SIGINT: 2, SIGTERM: 15 } as const;

/**
 * Calls a function at the first SIGINT or SIGTERM. The second signal ends the
 * program immediately, with the exit code that shells report for this signal.
 *
 * @param stop Starts a graceful shutdown.
 */
export function onEndSignal(
  stop: (signal: keyof typeof SIGNAL_NUMBERS) => void,
): void {
  let isStopping = false;
  function listen(signal: keyof typeof SIGNAL_NUMBERS): void {
    Deno.addSignalListener(signal, () => {
      if (isStopping) Deno.exit(128 + SIGNAL_NUMBERS[signal]);
      isStopping = true;
      stop(signal);
    });
  }
  listen("SIGINT");
  if (Deno.build.os !== "windows") listen("SIGTERM");
}

/**
 * Returns the line that Ctrl+C prints if responses are still running.
 *
 * @param signal The signal.
 * @param running The number of running responses.
 */
export function describeWaiting(
  signal: keyof typeof SIGNAL_NUMBERS,
  running: number,
): string | undefined {
  if (signal !== "SIGINT" || running === 0) return undefined;
  const responses = running === 1 ? "1 response" : `${running} responses`;
  return `Waiting for ${responses}. Press Ctrl+C again to stop now.`;
}

/** Wraps an application in the validator. */
function check(
  app: Application,
  { app: name, checks }: Arguments,
): Application {
  const { profile, rules } = checks ?? {};
  const module = name === undefined ? undefined : moduleOf(name);
  try {
    return validateWith(app, { profile, rules }, { module });
  } catch (error) {
    if (!(error instanceof ConformanceError)) throw error;
    const { message, hint = USAGE } = error.violation;
    throw new UsageError(message, hint);
  }
}

/**
 * Serves an application in this process until the program ends.
 *
 * @param given The command line.
 * @throws {UsageError} If the application cannot be loaded or served.
 */
async function serve(given: Arguments): Promise<void> {
  const { app: name, validate } = given;
  const app = name === undefined ? demoApp : await loadApplication(name);
  const served = validate ? errorPage()(check(app, given)) : app;
  const server = listen(
    given,
    ({ hostname, port, ...options }) =>
      makeServer(hostname, port, served, { ...options, log: toLog(given) }),
  );
  onEndSignal((signal) => {
    const running = server instanceof SocketServer ? server.running : 0;
    const waiting = describeWaiting(signal, running);
    if (waiting !== undefined) print(waiting);
    void server.shutdown();
  });
  print(describeServing(given, server.url));
  if (given.open) openBrowser(server.url);
  await server.serveForever();
}

/**
 * Returns the first line of output: the application and its URL.
 *
 * @param given The command line.
 * @param url The URL of the server.
 */
export function describeServing(
  { app, validate }: Arguments,
  url: string,
): string {
  const name = app ?? "the demo application";
  return `Serving ${name}, ${
    validate ? "" : "not "
  }validated, on ${url} (Ctrl+C ends it)`;
}

/** Writes a text and a line feed to stdout. */
export function print(text: string): void {
  // deno-lint-ignore no-console -- a program's output
  console.log(text);
}

function toText(
  what: "help" | "version" | "rules",
  { checks }: Arguments,
): string {
  if (what === "help") return HELP;
  if (what === "rules") return listRules(checks);
  const version = SERVER_SOFTWARE.split("/")[1];
  return `wsgiref for Deno ${version} (Deno ${Deno.version.deno})`;
}

/** The functions of the development server. */
export interface Development {
  /**
   * Serves an application for development. Returns false if a permission is
   * missing.
   */
  serve(given: Arguments): Promise<boolean>;
  /** Checks an application once. Returns the exit code. */
  check(given: Arguments): Promise<number>;
  /** Explains a rule. Throws a UsageError if the rule does not exist. */
  explain(rule: string): string;
}

async function run(
  given: Arguments,
  development: Development | undefined,
): Promise<number> {
  if (given.print !== undefined) print(toText(given.print, given));
  else if (development !== undefined && given.explain !== undefined) {
    print(development.explain(given.explain));
  } else if (development !== undefined && given.check === "once") {
    return await development.check(given);
  } else if (!given.validate || await development?.serve(given) !== true) {
    await serve(given);
  }
  return 0;
}

/**
 * Runs the program and ends the process.
 *
 * @param args The command line.
 * @param development The development server. Without it, applications are
 * served in this process.
 */
export async function main(
  args: readonly string[],
  development?: Development,
): Promise<never> {
  try {
    Deno.exit(await run(parseArguments(args, readEnv), development));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    // deno-lint-ignore no-console -- a program's error output
    console.error(`error: ${error.message}\nhint: ${error.hint}`);
    Deno.exit(1);
  }
}
