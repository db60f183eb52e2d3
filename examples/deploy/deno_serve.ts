// deno serve --parallel --host 127.0.0.1 examples/deploy/deno_serve.ts
//
// There is one isolate for each processor, or as many as DENO_JOBS says, and
// they share one port. Each has its own variables, so keep shared state
// elsewhere. The program cannot detect the other isolates. It therefore sets
// `multiprocess`; without --parallel, remove it.

import {
  type Application,
  type FetchHandler,
  toFetchHandler,
} from "../../mod.ts";

const id = crypto.randomUUID();

/** Responds with the id of its isolate. */
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
