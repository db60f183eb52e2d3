// deno run $(deno task -q std) --allow-net --allow-read examples/site.ts
//
// Serves `examples/site/`: pages as files, and for each `.ts` file the
// `application` that it exports: `curl http://127.0.0.1:8000/mytime.ts`. While
// a file `maintenance.html` exists, the response to every request is that page.

import { toFileUrl } from "@std/path";
import { type Application, decodeUtf8, makeServer, validator } from "../mod.ts";
import { staticFiles } from "../static_files/static_files.ts";

function page(status: string, type: string, body: Uint8Array): Application {
  return (_environ, startResponse) => {
    startResponse(status, [["Content-Type", `${type}; charset=utf-8`]]);
    return [body];
  };
}

const notFound = page(
  "404 Not Found",
  "text/plain",
  new TextEncoder().encode("404 Not Found\n"),
);

async function readMaintenancePage(
  root: string,
): Promise<Uint8Array | undefined> {
  try {
    return await Deno.readFile(`${root}/maintenance.html`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Loads the application of a module, if the folder contains the module. */
async function loadModule(root: string, path: string): Promise<Application> {
  let file: string;
  try {
    file = await Deno.realPath(`${root}${path}`);
  } catch {
    return notFound;
  }
  // The check needs the real path, because links and ".." can lead elsewhere.
  if (!file.startsWith(`${root}/`) || !file.endsWith(".ts")) return notFound;
  const { application } = await import(toFileUrl(file).href);
  return typeof application === "function" ? application : notFound;
}

/**
 * Returns an application that serves a folder. The path must be a real path.
 */
export function site(root: string): Application {
  const pages = staticFiles(root, { listing: false });
  return async (environ, startResponse) => {
    const maintenance = await readMaintenancePage(root);
    const path = decodeUtf8(environ.PATH_INFO ?? "");
    const app = maintenance !== undefined
      ? page("503 Service Unavailable", "text/html", maintenance)
      : /\.ts$/i.test(path)
      ? await loadModule(root, path)
      : pages;
    return await app(environ, startResponse);
  };
}

export const app: Application = site(
  await Deno.realPath(new URL("site", import.meta.url)),
);

if (import.meta.main) {
  const port = Number(Deno.args[0] ?? 8000);
  const server = makeServer("127.0.0.1", port, validator(app));
  // deno-lint-ignore no-console -- a program's output
  console.log(server.url);
  await server.serveForever();
}
