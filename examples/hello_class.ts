// deno run --allow-net examples/hello_class.ts
//
// `curl http://127.0.0.1:8000/` shows "Hello world!". The server's terminal
// shows "closed" after each request, even if the client leaves early.

import {
  type Application,
  type Environ,
  makeServer,
  type StartResponse,
  validator,
} from "../mod.ts";

/** A response body: the server iterates over it, then closes it. */
class Hello {
  readonly #environ: Environ;
  readonly #startResponse: StartResponse;

  constructor(environ: Environ, startResponse: StartResponse) {
    this.#environ = environ;
    this.#startResponse = startResponse;
  }

  *[Symbol.iterator](): Generator<Uint8Array, void> {
    this.#startResponse("200 OK", [
      ["Content-Type", "text/plain; charset=utf-8"],
    ]);
    yield new TextEncoder().encode("Hello world!\n");
  }

  close(): void {
    this.#environ["wsgi.errors"].write("closed\n");
  }
}

// A class needs `new`, so it is not an application, but this function is one.
export const app: Application = (environ, startResponse) =>
  new Hello(environ, startResponse);

if (import.meta.main) {
  const port = Number(Deno.args[0] ?? 8000);
  const server = makeServer("127.0.0.1", port, validator(app));
  // deno-lint-ignore no-console -- a program's output
  console.log(server.url);
  await server.serveForever();
}
