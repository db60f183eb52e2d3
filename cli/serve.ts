/**
 * The program that `server.ts` is.
 *
 * @module
 */

import {
  type AccessLogger,
  type AccessRecord,
  formatCombined,
} from "../gateway/access_record.ts";
import { demoApp } from "../server/demo_app.ts";
import { SERVER_SOFTWARE } from "../gateway/environ/base_environ.ts";
import { makeServer, type WsgiServer } from "../server/make_server.ts";
import { StderrStream } from "../wsgi/error_stream.ts";
import type { Application } from "../wsgi/types.ts";
import { ConformanceError } from "../validator/violation.ts";
import { validateWith } from "../validator/validator.ts";
import {
  type Arguments,
  DEFAULTS,
  HELP,
  parseArguments,
  USAGE,
} from "./arguments.ts";
import { listRules } from "./checks.ts";
import { loadApplication, moduleOf } from "./load_application.ts";
import { showFailures } from "./show_failures.ts";
import { UsageError } from "./parsed_arguments.ts";

/** Reads a variable, without a prompt for the permission. */
function env(name: string): string | undefined {
  const descriptor = { name: "env", variable: name } as const;
  const { state } = Deno.permissions.querySync(descriptor);
  return state === "granted" ? Deno.env.get(name) : undefined;
}

/** Formats a short line, for developing. */
function formatDev(record: AccessRecord): string {
  const { method, status, bytesSent, duration, clientLeft, failure } = record;
  const ending = clientLeft
    ? ", the client left"
    : failure === undefined
    ? ""
    : `, broken off: ${failure}`;
  const line = `${method} ${record.target} ${status}, ${bytesSent} B, ${
    duration.toFixed(1)
  } ms${ending}`;
  // What a client sent must not write to the terminal.
  return line.replace(/[^\x20-\x7e]/g, "?");
}

function toLog({ log }: Arguments): boolean | AccessLogger {
  if (log === "off" || log === "common") return log === "common";
  const format = log === "dev" ? formatDev : formatCombined;
  const stderr = new StderrStream();
  return (record) => stderr.write(`${format(record)}\n`);
}

function readPem(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    return Deno.readTextFileSync(file);
  } catch (error) {
    const isHidden = error instanceof Deno.errors.NotCapable;
    throw new UsageError(
      `Cannot read ${file}: ${
        isHidden ? "permission is missing" : "there is no such file"
      }`,
      isHidden ? "add --allow-read" : USAGE,
    );
  }
}

/** What to do about a server that could not be made. */
function hintFor(
  error: Error,
  { app, hostname, port, unix }: Arguments,
): string {
  const program = app === undefined ? "server.ts" : `server.ts ${app}`;
  if (unix !== undefined) {
    return error instanceof Deno.errors.NotCapable
      ? `deno run --allow-net --allow-read --allow-write ${program} --unix ${unix}`
      : "take another path";
  }
  if (error instanceof Deno.errors.AddrInUse) {
    // No command: this program is started by several, `deno task start` too.
    return `take another port, such as ${
      port < 65535 ? port + 1 : Number(DEFAULTS.port)
    }, or 0 for any`;
  }
  if (error instanceof Deno.errors.NotCapable) {
    const read = app === undefined ? "" : " --allow-read";
    const more = String(port) === DEFAULTS.port ? "" : ` ${port}`;
    return `deno run --allow-net=${hostname}:${port}${read} ${program}${more}`;
  }
  const isAboutHost = /hostname|Cannot listen/.test(error.message) &&
    !(error instanceof Deno.errors.PermissionDenied);
  if (isAboutHost && env("HOST") === hostname) {
    return `the hostname comes from $HOST: give --hostname=${DEFAULTS.hostname}, or unset HOST`;
  }
  return USAGE;
}

function listen(app: Application, given: Arguments): WsgiServer {
  const log = toLog(given);
  const { hostname, port, unix: path } = given;
  const [cert, key] = [readPem(given.cert), readPem(given.key)];
  try {
    return makeServer(hostname, port, app, { log, path, cert, key });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new UsageError(error.message, hintFor(error, given));
  }
}

/** SIGINT is Ctrl+C, SIGTERM what supervisors send. */
const SIGNAL_NUMBERS = { SIGINT: 2, SIGTERM: 15 } as const;

/**
 * Calls at the first SIGINT or SIGTERM. The second one ends the program at
 * once, with the exit code that a shell gives to a program ended by it.
 *
 * @param stop Begins a graceful end.
 */
export function onEndSignal(stop: () => void): void {
  let isStopping = false;
  function listen(signal: keyof typeof SIGNAL_NUMBERS): void {
    Deno.addSignalListener(signal, () => {
      if (isStopping) Deno.exit(128 + SIGNAL_NUMBERS[signal]);
      isStopping = true;
      stop();
    });
  }
  listen("SIGINT");
  if (Deno.build.os !== "windows") listen("SIGTERM");
}

const BROWSERS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  darwin: ["open"],
  // The empty text is the title of a window; "start" takes the first for it.
  windows: ["cmd", "/c", "start", ""],
};

/** Opens the browser of the system. Where that fails the server goes on. */
function openBrowser(url: string): void {
  const [command, ...args] = BROWSERS[Deno.build.os] ?? ["xdg-open"];
  try {
    const child = new Deno.Command(command, {
      args: [...args, url],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    // The browser may outlive the program.
    child.unref();
  } catch (error) {
    const reason = error instanceof Deno.errors.NotCapable
      ? `it needs --allow-run=${command}`
      : `${command} cannot be run`;
    // deno-lint-ignore no-console -- a program's error output
    console.error(`warning: Cannot open a browser: ${reason}`);
  }
}

/** Puts the validator around an application. */
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

async function serve(given: Arguments): Promise<void> {
  const { app: name, validate } = given;
  const app = name === undefined ? demoApp : await loadApplication(name);
  const served = validate ? showFailures(check(app, given)) : app;
  const server = listen(served, given);
  onEndSignal(() => void server.shutdown());
  // deno-lint-ignore no-console -- a program's output
  console.log(
    `Serving ${name ?? "the demo application"}, ${
      validate ? "" : "not "
    }validated, on ${server.url} (Ctrl+C ends it)`,
  );
  if (given.open) openBrowser(server.url);
  await server.serveForever();
}

function print(
  what: "help" | "version" | "rules",
  { checks }: Arguments,
): void {
  if (what === "rules") {
    // deno-lint-ignore no-console -- a program's output
    console.log(listRules(checks));
    return;
  }
  const version = `wsgiref for Deno ${SERVER_SOFTWARE.split("/")[1]}`;
  // deno-lint-ignore no-console -- a program's output
  console.log(
    what === "help" ? HELP : `${version} (Deno ${Deno.version.deno})`,
  );
}

/**
 * Runs the program, and ends the process.
 *
 * @param args The command line.
 */
export async function main(args: readonly string[]): Promise<never> {
  try {
    const given = parseArguments(args, env);
    if (given.print === undefined) await serve(given);
    else print(given.print, given);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    // deno-lint-ignore no-console -- a program's error output
    console.error(`error: ${error.message}\nhint: ${error.hint}`);
    Deno.exit(1);
  }
  Deno.exit();
}
