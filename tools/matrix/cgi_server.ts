/**
 * Apache and lighttpd with an application as a CGI program, configured as in
 * `examples/deploy/`.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import {
  type Edits,
  findProgram,
  freePort,
  makeFolder,
  readExample,
  ServerProcess,
} from "./server_process.ts";

const CGI = new URL("../../gateway/cgi/cgi.ts", import.meta.url);

/** The server to start. */
export type CgiServer = "apache2" | "lighttpd";

/** Edits of the configuration of the example, and of its `cgi.sh`. */
export interface CgiServerOptions {
  readonly config?: Edits;
  readonly script?: Edits;
}

/** Returns whether all users may read a file. */
function isOpen(path: string): boolean {
  for (let end = path.length; end > 0; end = path.lastIndexOf("/", end - 1)) {
    const needed = end === path.length ? 0o004 : 0o001;
    if (((Deno.statSync(path.slice(0, end)).mode ?? 0) & needed) === 0) {
      return false;
    }
  }
  return true;
}

/** Returns the reason why a server cannot run CGI programs here, if any. */
export function missingCgiServer(server: CgiServer): string | undefined {
  if (findProgram(server) === undefined) return `${server} is not installed`;
  // Root changes to www-data, which must be able to read the application and
  // run Deno.
  const path = fromFileUrl(CGI);
  const isReadable = Deno.uid() !== 0 || isOpen(path);
  return isReadable ? undefined : `www-data may not read ${path}`;
}

/** Returns the text of `main.ts` for an export of a module. */
export function cgiProgram(module: URL, name: string): string {
  return `import { runCgi } from "${CGI}";
import * as module from "${module}";
await runCgi(module.${name});
Deno.exit();
`;
}

/** Starts a server with the text of a `main.ts`. */
export async function startCgiServer(
  server: CgiServer,
  program: string,
  options: CgiServerOptions = {},
): Promise<ServerProcess> {
  const port = freePort();
  const isApache = server === "apache2";
  const name = isApache ? "apache_cgi.conf" : "lighttpd_cgi.conf";
  const { config = [], script = [] } = options;
  // lighttpd keeps running as root if root starts it: the example leaves the
  // user open.
  const user: Edits = !isApache && Deno.uid() === 0
    ? ["username", "groupname"].map((what) =>
      [`# server.${what}`, `server.${what}`] as const
    )
    : [];
  const folder = await makeFolder({
    [name]: await readExample(name, [...config, ...user, [
      "8080",
      String(port),
    ]]),
    "cgi.sh": await readExample("cgi.sh", script),
    "main.ts": program,
  });
  await Deno.mkdir(`${folder}/deno_dir`);
  await Deno.chmod(`${folder}/deno_dir`, 0o777);
  const started = await ServerProcess.start({
    program: findProgram(server) ?? server,
    args: isApache
      ? ["-D", "FOREGROUND", "-d", folder, "-f", `${folder}/${name}`]
      : ["-D", "-f", name],
    folder,
    ready: isApache ? /resuming normal operations/ : /server started/,
    port,
  });
  if (isApache) await untilCgidListens(folder);
  return started;
}

/**
 * Waits for Apache's process that starts the programs. Until it has changed the
 * owner of its socket, requests get 503, even after Apache is ready.
 */
async function untilCgidListens(folder: string): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt++) {
    for await (const { name } of Deno.readDir(folder)) {
      if (!name.startsWith("cgid.sock")) continue;
      const { uid } = await Deno.stat(`${folder}/${name}`);
      if (uid !== 0 || Deno.uid() !== 0) return;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
