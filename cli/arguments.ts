/**
 * The command line of `server.ts`.
 *
 * This package parses it itself: the core does not import from registries, and
 * a program that is started with only `--allow-net` must not load anything.
 *
 * @module
 */

import { type Checks, toChecks } from "./checks.ts";
import { choose, ParsedArguments, UsageError } from "./parsed_arguments.ts";

/** The formats of the access log. */
export type LogForm = "common" | "combined" | "dev" | "off";

/** The command line of the server, with its defaults. */
export interface Arguments {
  /** A module or a folder. Without it, the demo application is served. */
  readonly app: string | undefined;
  readonly hostname: string;
  readonly port: number;
  /** The path of a Unix socket, which replaces hostname and port. */
  readonly unix: string | undefined;
  /** The path of the certificate file. */
  readonly cert: string | undefined;
  /** The path of the key file. */
  readonly key: string | undefined;
  /** The format of the access log, if given. */
  readonly log: LogForm | undefined;
  /**
   * Whether to use the development server: with validator, reload and pages.
   */
  readonly validate: boolean;
  /** Whether to open a browser. */
  readonly open: boolean;
  /** The text to print instead of serving. */
  readonly print: "help" | "version" | "rules" | undefined;
  /** The checks of the validator, if given. */
  readonly checks?: Checks;
  /** Further host names for the pages of the development server. */
  readonly allowHosts?: readonly string[];
  /**
   * When to check the application: once, without serving it, or at the start
   * and after each save.
   */
  readonly check?: "once" | "on-save";
  /** The rule to explain instead of serving. */
  readonly explain?: string;
}

/** Where the server listens by default. */
export const DEFAULTS = { hostname: "127.0.0.1", port: "8000" } as const;

/** The hint for a wrong command line. */
export const USAGE =
  "usage: deno run -A server.ts [APP] [PORT] (--help lists the options)";

/** The output of `--help`. */
export const HELP: string =
  `Serves a WSGI application for development, with checks and automatic reload.

usage: deno run -A server.ts [APP] [PORT]

APP is a module (app.ts, or app.ts:name; otherwise its default export, "app" or
"application"), or a folder; the default is a demo. PORT 0 is any free port.

  --production       the plain server: no checks, no reload, no pages
  --hostname NAME    listen on this host (default: $HOST or ${DEFAULTS.hostname})
  --port PORT        the same as PORT (default: $PORT or ${DEFAULTS.port})
  --unix PATH        listen on a Unix socket instead
  --cert FILE        serve https with this certificate
  --key FILE         the private key of the certificate; both are PEM files
  --log FORMAT       the access log: common, combined, dev or off
  --profile NAME     the checks: core, http (default) or paranoid
  --rules SETTING    e.g. http/*=off,body/*=warning; without one, list rules
  --explain RULE     explain a rule, such as body/string
  --check            check the application once; exit with 1 if a check fails
  --check-on-save    serve, and check at the start and after each save
  --allow-host NAME  show the pages at /__wsgi__/ also under this host name
  --open             open a browser
  --version          print the version`;

/** All formats of the access log. */
export const FORMS: readonly LogForm[] = ["common", "combined", "dev", "off"];
/**
 * Options with a value. `--host` is an alias of `--hostname`, for users of
 * `deno serve`.
 */
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
/**
 * Options without a value. `--no-validate` is the old name of `--production`.
 */
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

/** Separates APP and PORT. A single number is the port. */
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
  if (/^[0-9]{1,5}$/.test(port) && Number(port) <= 65_535) return Number(port);
  throw new UsageError(
    `invalid port: ${port}`,
    isVariable
      ? "The port comes from $PORT; use --port=8000, or change PORT"
      : USAGE,
  );
}

function toForm(form: string | undefined): LogForm | undefined {
  if (form === undefined) return undefined;
  return choose("log format", form, FORMS);
}

/**
 * Parses the command line. Options have precedence over arguments, then come
 * environment variables and the defaults.
 *
 * @param env Reads an environment variable.
 * @throws {UsageError} If an argument is invalid.
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
        `--${other} cannot be used with --production`,
        "Remove one of them",
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
