/**
 * Starts the server of a command line, and explains failures.
 *
 * @module
 */

import { type Arguments, DEFAULTS, USAGE } from "./arguments.ts";
import { UsageError } from "./parsed_arguments.ts";

/**
 * Reads an environment variable without prompting for a permission.
 *
 * @returns The value; `undefined` if the variable is not set or must not be
 * read.
 */
export function readEnv(name: string): string | undefined {
  const descriptor = { name: "env", variable: name } as const;
  const { state } = Deno.permissions.querySync(descriptor);
  return state === "granted" ? Deno.env.get(name) : undefined;
}

function readPem(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    return Deno.readTextFileSync(file);
  } catch (error) {
    const isHidden = error instanceof Deno.errors.NotCapable;
    throw new UsageError(
      `Cannot read ${file}: ${
        isHidden ? "permission is missing" : "the file does not exist"
      }`,
      isHidden ? "Add --allow-read" : USAGE,
    );
  }
}

/** Returns a hint about a server that could not be started. */
function hintFor(
  error: Error,
  { app, hostname, port, unix }: Arguments,
): string {
  const program = app === undefined ? "server.ts" : `server.ts ${app}`;
  if (unix !== undefined) {
    return error instanceof Deno.errors.NotCapable
      ? `deno run --allow-net --allow-read --allow-write ${program} --unix ${unix}`
      : "Choose another path";
  }
  if (error instanceof Deno.errors.AddrInUse) {
    // Not a command, because there are several ways to start this program.
    return `Choose another port, such as ${
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
  if (isAboutHost && readEnv("HOST") === hostname) {
    return `The hostname comes from $HOST; use --hostname=${DEFAULTS.hostname}, or unset HOST`;
  }
  return USAGE;
}

/** The options of a server, with the contents of the certificate files. */
export interface ServingOptions {
  readonly hostname: string;
  readonly port: number;
  readonly path: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

/**
 * Creates the server of a command line.
 *
 * @param given The command line.
 * @param make Creates the server.
 * @throws {UsageError} If the server cannot listen.
 */
export function listen<Server>(
  given: Arguments,
  make: (options: ServingOptions) => Server,
): Server {
  const { hostname, port, unix: path } = given;
  const [cert, key] = [readPem(given.cert), readPem(given.key)];
  try {
    return make({ hostname, port, path, cert, key });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new UsageError(error.message, hintFor(error, given));
  }
}
