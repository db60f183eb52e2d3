/**
 * The reference server, as a module and as a program.
 *
 * ```sh
 * deno run -A server.ts [APP] [PORT]
 * ```
 *
 * The program is the development server: it serves an application on 127.0.0.1,
 * checks it with the validator, restarts it when one of its files is saved, and
 * shows every request at `/__wsgi__/`. The application is the export of a
 * module (`app.ts` or `app.ts:name`), the files of a folder, or the demo
 * application, for which `--allow-net` is enough. `--production` starts the
 * plain server, and `--help` lists the other options. After SIGINT or SIGTERM,
 * running responses are completed first; a second signal ends the program at
 * once.
 *
 * A module that exports the result of `toFetchHandler()` runs without this
 * program. With `export default { fetch: toFetchHandler(app) }` in `app.ts`, use
 * `deno serve app.ts`.
 *
 * ```ts
 * import { demoApp, makeServer } from "@wsgi/ref/server";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = makeServer("127.0.0.1", 0, demoApp, { log: false });
 * server.serveForever();
 * const response = await fetch(server.url);
 * assertEquals(response.status, 200);
 * await response.body?.cancel();
 * ```
 *
 * @module
 */

export { demoApp } from "./server/demo_app.ts";
export {
  makeServer,
  type ServerOptions,
  type WsgiServer,
} from "./server/make_server.ts";
export { serve, type ServeOptions } from "./server/serve.ts";
export type {
  Application,
  Environ,
  ErrorStream,
  HeaderTuple,
  InputStream,
  Middleware,
  ResponseBody,
  StartResponse,
  Write,
} from "./wsgi/types.ts";

// Not awaited, because a module that the program loads may import this one and
// would wait for it. The imports are dynamic, so that importing the server
// loads nothing else.
if (import.meta.main) {
  Promise.all([import("./cli/serve.ts"), import("./dev/development.ts")])
    .then(([{ main }, { development }]) => main(Deno.args, development));
}
