/**
 * The command line of the kit.
 *
 * @module
 */

import { ParsedArguments, UsageError } from "../cli/parsed_arguments.ts";

/** What the command line says. */
export interface KitArguments {
  /** What is tested. */
  readonly kind: "server" | "application";
  /** The module with `start`, or the application. */
  readonly module: string;
  /** Globs over the ids of cases. */
  readonly cases: readonly string[];
  /** Paths that the application knows. */
  readonly paths: readonly string[];
  /** How long there may be silence, in milliseconds. */
  readonly timeout: number | undefined;
  /** Where reports go, by their form. */
  readonly reports: Readonly<Partial<Record<ReportForm, string>>>;
  /** Whether the cases are listed instead of run. */
  readonly list: boolean;
}

/** The forms of a report that goes into a file. */
export type ReportForm = "junit" | "json" | "html" | "text";

const FORMS: readonly ReportForm[] = ["junit", "json", "html", "text"];

/** The name of the program, for hints. */
export const PROGRAM = "conformance/main.ts";

/** The one line that goes with a mistake. */
export const USAGE: string =
  `usage: deno run -A ${PROGRAM} server|application MODULE (--help tells more)`;

/** What `--help` prints. */
export const HELP: string =
  `Finds out whether a server or an application keeps SPEC.md.

usage: deno run -A ${PROGRAM} server START
       deno run -A ${PROGRAM} application APP

START is a module that exports start(app), which starts the server under test
and gives { hostname, port, stop() }. APP is a module (app.ts, or app.ts:name
for one of its exports; otherwise its default export, "application" or "app").

  --cases GLOB     only cases whose id matches, such as "environ/*"; may be
                   given several times
  --path PATH      a path that the application knows, such as /search?q=x; may
                   be given several times (default: /)
  --timeout MS     how long there may be silence (default: 3000)
  --text FILE      write the report as text
  --junit FILE     write it as JUnit XML
  --json FILE      write it as JSON
  --html FILE      write it as a page that shows all bytes
  --list           list the cases and run none
  --help           print this

The exit code is 0 if nothing failed, 1 if a case did, 2 if nothing was tested.`;

/**
 * Parses the command line.
 *
 * @param args The arguments.
 * @returns What they say, or `"help"`.
 * @throws {UsageError} If they make no sense.
 */
export function parseKitArguments(
  args: readonly string[],
): KitArguments | "help" {
  const given = new ParsedArguments(args, {
    values: ["cases", "path", "timeout", ...FORMS],
    switches: ["list", "help"],
    usage: USAGE,
  });
  if (given.switches.has("help")) return "help";
  const [kind, module = "", extra] = given.operands;
  const list = given.switches.has("list");
  if (kind !== "server" && kind !== "application") {
    throw new UsageError(
      kind === undefined
        ? "say what to test: server or application"
        : `cannot test ${kind}: it must be server or application`,
      USAGE,
    );
  }
  if (module === "" && !list) {
    throw new UsageError(
      kind === "server"
        ? "say which server: a module that exports start(app)"
        : "say which application: a module that exports it",
      USAGE,
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
      `no such time: ${timeout}`,
      "--timeout takes milliseconds, such as 3000",
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
  };
}
