/**
 * The command line of `server.ts`.
 *
 * It is parsed by hand: the core imports nothing from a registry, and a program
 * that starts with `--allow-net` alone must not load anything.
 *
 * @module
 */

import { type Checks, toChecks } from "./checks.ts";
import { ParsedArguments, UsageError } from "./parsed_arguments.ts";

/** The forms of the access log. */
export type LogForm = "common" | "combined" | "dev" | "off";

/** The command line of the server, with its defaults. */
export interface Arguments {
  /** A module or a folder; without it the demo application is served. */
  readonly app: string | undefined;
  readonly hostname: string;
  readonly port: number;
  /** The path of a Unix socket, in place of hostname and port. */
  readonly unix: string | undefined;
  /** The name of the file with the certificate. */
  readonly cert: string | undefined;
  /** The name of the file with its key. */
  readonly key: string | undefined;
  /** The form of the access log, if it was chosen. */
  readonly log: LogForm | undefined;
  /** Whether to develop: with the validator, reload and pages. */
  readonly validate: boolean;
  /** Whether a browser is to be opened. */
  readonly open: boolean;
  /** What to print instead of serving. */
  readonly print: "help" | "version" | "rules" | undefined;
  /** What the validator checks, where that was chosen. */
  readonly checks?: Checks;
  /** Host names under which the pages of the development server answer. */
  readonly allowHosts?: readonly string[];
  /** A check instead of serving, or at the start and after each save. */
  readonly check?: "once" | "on-save";
  /** The rule to explain instead of serving. */
  readonly explain?: string;
}

/** Where the server listens by default. */
export const DEFAULTS = { hostname: "127.0.0.1", port: "8000" } as const;

/** The one line that goes with a mistake. */
export const USAGE =
  "usage: deno run -A server.ts [APP] [PORT] (--help tells more)";

/** What `--help` prints. */
export const HELP: string =
  `Serves a WSGI application to its author: checked, watched and reloaded.

usage: deno run -A server.ts [APP] [PORT]

APP is a module (app.ts, or app.ts:name; otherwise its default export, "app" or
"application"), a folder, or left out for the demo. PORT 0 takes any free one.

  --production       the plain server: no checks, no reload, no pages
  --hostname NAME    listen there (default: $HOST or ${DEFAULTS.hostname})
  --port PORT        the same as PORT (default: $PORT or ${DEFAULTS.port})
  --unix PATH        listen on a Unix socket instead
  --cert FILE        serve https with this certificate
  --key FILE         and its private key, both in PEM
  --log FORM         the access log: common, combined, dev or off
  --profile NAME     what is checked: core, http (default) or paranoid
  --rules SETTING    such as http/*=off,body/*=warning; alone it lists rules
  --explain RULE     explain a rule, such as body/string
  --check            check the application once; the exit code is 1 if it fails
  --check-on-save    serve it, and check it at the start and after each save
  --allow-host NAME  show the pages at /__wsgi__/ under this name, too
  --open             open a browser
  --version          print the version`;

/** All of them. */
export const FORMS: readonly LogForm[] = ["common", "combined", "dev", "off"];
/** `--host` is another name of `--hostname`: `deno serve` calls it that. */
const WITH_VALUE = [
  "hostname",
  "host",
  "port",
  "unix",
  "cert",
  "key",
  "log",
  "profile",
  "rules",
  "explain",
  "allow-host",
] as const;
/** `--no-validate` is an older name of `--production`. */
const SWITCHES = [
  "production",
  "no-validate",
  "check",
  "check-on-save",
  "open",
  "help",
  "version",
] as const;

function isNumeric(text: string): boolean {
  return !Number.isNaN(Number(text));
}

/** Separates APP and PORT: a number alone is the port. */
function toOperands(
  operands: readonly string[],
): { app?: string | undefined; port?: string | undefined } {
  const [first, second] = operands;
  const hasApp = first !== undefined && !isNumeric(first);
  const extra = operands[hasApp ? 2 : 1];
  if (extra !== undefined) {
    throw new UsageError(`unexpected argument ${extra}`, USAGE);
  }
  return hasApp ? { app: first, port: second } : { port: first };
}

function toPort(port: string, isVariable: boolean): number {
  if (/^[0-9]{1,5}$/.test(port)) return Number(port);
  throw new UsageError(
    `no such port: ${port}`,
    isVariable ? "the port comes from $PORT: give --port=8000" : USAGE,
  );
}

function toForm(form: string | undefined): LogForm | undefined {
  if (form === undefined) return undefined;
  const found = FORMS.find((known) => known === form);
  if (found !== undefined) return found;
  throw new UsageError(
    `no such log: ${form}`,
    `take one of ${FORMS.join(", ")}`,
  );
}

/**
 * Parses the command line. A flag wins over an argument, that over a variable
 * of the process, that over the default.
 *
 * @param args The arguments.
 * @param env Reads a variable of the process.
 * @returns What they say.
 * @throws {UsageError} If they make no sense.
 */
export function parseArguments(
  args: readonly string[],
  env: (name: string) => string | undefined,
): Arguments {
  const parsed = new ParsedArguments(args, {
    values: WITH_VALUE,
    optional: ["rules"],
    switches: SWITCHES,
    usage: USAGE,
  });
  const { values, switches, operands } = parsed;
  const checks = toChecks(values.get("profile"), parsed.all("rules"));
  const { app, port } = toOperands(operands);
  const [cert, key] = [values.get("cert"), values.get("key")];
  if ((cert === undefined) !== (key === undefined)) {
    const [given, missing] = key === undefined
      ? ["cert", "key"]
      : ["key", "cert"];
    throw new UsageError(`--${given} needs --${missing}`, USAGE);
  }
  const isProduction = switches.has("production") ||
    switches.has("no-validate");
  const allowHosts = parsed.all("allow-host");
  const explain = values.get("explain");
  const check = switches.has("check")
    ? "once"
    : switches.has("check-on-save")
    ? "on-save"
    : undefined;
  if (isProduction) {
    const [other] = [
      ...allowHosts.length > 0 ? ["allow-host"] : [],
      ...check === "on-save" ? ["check-on-save"] : [],
    ];
    if (other !== undefined) {
      throw new UsageError(
        `--${other} makes no sense with --production`,
        "leave one of them out",
      );
    }
  }
  const givenPort = values.get("port") ?? port;
  return {
    app,
    hostname: values.get("hostname") ?? values.get("host") ??
      (env("HOST") || DEFAULTS.hostname),
    port: toPort(
      givenPort ?? (env("PORT") || DEFAULTS.port),
      givenPort === undefined,
    ),
    unix: values.get("unix"),
    cert,
    key,
    log: toForm(values.get("log")),
    validate: !isProduction,
    open: switches.has("open"),
    print: switches.has("help")
      ? "help"
      : switches.has("version")
      ? "version"
      : checks?.listed !== undefined
      ? "rules"
      : undefined,
    ...checks !== undefined && { checks },
    ...allowHosts.length > 0 && { allowHosts },
    ...check !== undefined && { check },
    ...explain !== undefined && { explain },
  };
}
