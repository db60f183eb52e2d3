// deno run $(deno task -q std) --allow-net --allow-read examples/framework.ts
//
// A framework in one file: handlers respond to `/mytime` and `/mynews/42`, and
// `/static/index.html` is a file. Try `curl http://127.0.0.1:8000/mytime`.

import {
  type Application,
  type Environ,
  makeServer,
  requestUri,
  validator,
} from "../mod.ts";
import { mount } from "../middleware/mount.ts";
import { staticFiles } from "../static_files/static_files.ts";

/** Returns the text of a page. It receives the groups of its route. */
type Handler = (
  environ: Environ,
  groups: Record<string, string | undefined>,
) => string | Promise<string>;

/** A list of routes, and an application that tries them in order. */
class Framework {
  readonly #routes: [pattern: URLPattern, handler: Handler][] = [];

  route(pathname: string, handler: Handler): this {
    this.#routes.push([new URLPattern({ pathname }), handler]);
    return this;
  }

  readonly application: Application = async (environ, startResponse) => {
    const uri = requestUri(environ);
    let status = "404 Not Found";
    let text = "Page not found.";
    for (const [pattern, handler] of this.#routes) {
      const match = pattern.exec(uri);
      if (match === null) continue;
      status = "200 OK";
      text = await handler(environ, match.pathname.groups);
      break;
    }
    startResponse(status, [["Content-Type", "text/plain; charset=utf-8"]]);
    return [new TextEncoder().encode(`${text}\n`)];
  };
}

const pages = new Framework()
  .route("/", () => "Try /mytime, /mynews/42 and /static/index.html.")
  .route("/mytime", () => `It is ${new Date().toISOString()}`)
  .route(
    "/mynews{/:id(\\d+)}?",
    (_environ, { id = "today" }) => `News of ${id}`,
  );

export const app: Application = mount({
  "/static": staticFiles(new URL("site", import.meta.url)),
  "/": pages.application,
});

if (import.meta.main) {
  const port = Number(Deno.args[0] ?? 8000);
  const server = makeServer("127.0.0.1", port, validator(app));
  // deno-lint-ignore no-console -- a program's output
  console.log(server.url);
  await server.serveForever();
}
