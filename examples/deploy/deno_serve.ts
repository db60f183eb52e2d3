// deno serve --parallel --host 127.0.0.1 examples/deploy/deno_serve.ts
//
// As many isolates as there are processors, or as DENO_JOBS says, share one
// port. Each has its own variables: what requests share belongs elsewhere.
// Nobody tells the program that there are others, so it says so to its
// application: without --parallel, leave `multiprocess` out.

import {
  type Application,
  type FetchHandler,
  toFetchHandler,
} from "../../mod.ts";

const id = crypto.randomUUID();

/** Tells which isolate has answered. */
export const app: Application = (environ, startResponse) => {
  startResponse("200 OK", [["Content-Type", "text/plain; charset=utf-8"]]);
  const isOne = environ["wsgi.multiprocess"]
    ? "one of several"
    : "the only one";
  return [new TextEncoder().encode(`isolate ${id}, ${isOne}\n`)];
};

const server: { fetch: FetchHandler } = {
  fetch: toFetchHandler(app, { multiprocess: true }),
};

export default server;
