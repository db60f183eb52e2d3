/**
 * The command line of the kit.
 *
 * @module
 */

import { ParsedArguments, UsageError } from "../cli/parsed_arguments.ts";

/** The options of the command line. */
export interface KitArguments {
  /** The kind of program to check. */
  readonly kind: "server" | "application";
  /** The module that exports `start`, or the application. */
  readonly module: string;
  /** Globs over the ids of cases. */
  readonly cases: readonly string[];
  /** Paths that the application knows. */
  readonly paths: readonly string[];
  /** How long the server may be silent, in milliseconds. */
  readonly timeout: number | undefined;
  /** The files for reports, by format. */
  readonly reports: Readonly<Partial<Record<ReportForm, string>>>;
  /** Whether to list the cases instead of running them. */
  readonly list: boolean;
  /** The name of the server or application, for reports. */
  readonly name: string | undefined;
  /** Whether to show what the server or application writes to stderr. */
  readonly verbose: boolean;
}

/** The formats of report files. */
export type ReportForm = "junit" | "json" | "html" | "text";

const FORMS: readonly ReportForm[] = ["junit", "json", "html", "text"];

/** The name of the program, for hints. */
export const PROGRAM = "conformance/main.ts";

/** The usage line that is printed after an error. */
export const USAGE: string =
  `usage: deno run -A ${PROGRAM} server|application MODULE (see --help)`;

/** What `--help` prints. */
export const HELP: string =
  `Checks whether a server or an application conforms to SPEC.md.

usage: deno run -A ${PROGRAM} server START
       deno run -A ${PROGRAM} application APP

START is a module that exports start(app), which starts the server under test
and returns { hostname, port, stop() }. APP is a module (app.ts, or app.ts:name
for one of its exports; otherwise its default export, "application" or "app").

  --cases GLOB     run only cases whose id matches, such as "environ/*"; can be
                   given several times
  --path PATH      a path that the application knows, such as /search?q=x; can
                   be given several times (default: /)
  --timeout MS     how long the server may be silent (default: 3000)
  --name TEXT      name and version of the server, for reports
  --text FILE      write the report as text
  --junit FILE     write the report as JUnit XML
  --json FILE      write the report as JSON
  --html FILE      write the report as a page that shows all bytes
  --verbose        show what the server or application writes to stderr
  --list           list the cases and run none
  --help           print this

The exit code is 0 if no case failed, 1 if one failed, 2 if nothing was checked.`;

/**
 * Parses the command line.
 *
 * @param args The arguments, without the name of the program.
 * @returns The options, or `"help"`.
 * @throws {UsageError} If one is missing, unknown or malformed.
 */
export function parseKitArguments(
  args: readonly string[],
): KitArguments | "help" {
  const given = new ParsedArguments(args, {
    values: ["cases", "path", "timeout", "name", ...FORMS],
    switches: ["list", "verbose", "help"],
    usage: USAGE,
  });
  if (given.switches.has("help")) return "help";
  const [kind, module = "", extra] = given.operands;
  const list = given.switches.has("list");
  if (kind !== "server" && kind !== "application") {
    throw new UsageError(
      kind === undefined
        ? "name what to test: server or application"
        : `cannot test ${kind}: it must be server or application`,
      USAGE,
    );
  }
  if (module === "" && !list) {
    throw new UsageError(
      kind === "server"
        ? "name the server: a module that exports start(app)"
        : "name the application: a module that exports it",
      USAGE,
    );
  }
  if (/^https?:\/\/[^/]*\/?$/.test(module)) {
    throw new UsageError(
      `cannot test ${module}: it is a server's address, not a module`,
      kind === "server"
        ? "Name a module whose start(app) starts your server with the application of the kit"
        : "Name the module that exports your application",
    );
  }
  if (extra !== undefined) {
    throw new UsageError(`unexpected argument ${extra}`, USAGE);
  }
  if (kind === "server" && given.values.has("path")) {
    throw new UsageError("--path is for applications only", USAGE);
  }
  const timeout = given.values.get("timeout");
  if (timeout !== undefined && !/^[1-9][0-9]{0,8}$/.test(timeout)) {
    throw new UsageError(
      `--timeout must be a number of milliseconds, got ${timeout}`,
      "For example --timeout 3000",
    );
  }
  return {
    kind,
    module,
    cases: given.all("cases"),
    paths: given.all("path"),
    timeout: timeout === undefined ? undefined : Number(timeout),
    reports: Object.fromEntries(
      FORMS.flatMap((form) => {
        const file = given.values.get(form);
        return file === undefined ? [] : [[form, file]];
      }),
    ),
    list,
    name: given.values.get("name"),
    verbose: given.switches.has("verbose"),
  };
}
