/**
 * Listening where a command line says, and what to do where that fails.
 *
 * @module
 */

import { type Arguments, DEFAULTS, USAGE } from "./arguments.ts";
import { UsageError } from "./parsed_arguments.ts";

/**
 * Reads a variable of the process, without a prompt for the permission.
 *
 * @param name The name of the variable.
 * @returns Its value, if it has one that may be read.
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
  if (isAboutHost && readEnv("HOST") === hostname) {
    return `the hostname comes from $HOST: give --hostname=${DEFAULTS.hostname}, or unset HOST`;
  }
  return USAGE;
}

/** What the command line says of a server, with its files read. */
export interface ServingOptions {
  readonly hostname: string;
  readonly port: number;
  readonly path: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

/**
 * Makes a server as the command line asks for it.
 *
 * @param given The command line.
 * @param make Makes the server.
 * @returns The server.
 * @throws {UsageError} If it cannot listen there.
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
