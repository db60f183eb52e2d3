// deno run --allow-net examples/error_catcher.ts
//
// `curl -i http://127.0.0.1:8000/fail` shows an error page with the status 500.
// `/late` fails after the response has started: the connection is closed, so
// that the client does not mistake the partial response for a complete one.

import {
  type Application,
  makeServer,
  type ResponseBody,
  validator,
} from "../mod.ts";

const PAGE = "Something went wrong. The error was logged.\n";

/**
 * Replaces a failed response with an error page, unless a part of it was sent.
 */
export function errorCatcher(app: Application): Application {
  return async (environ, startResponse) => {
    const errors = environ["wsgi.errors"];
    const fail = (error: unknown): Uint8Array => {
      const headers = [["Content-Type", "text/plain; charset=utf-8"]] as const;
      // Throws the error if the headers have been sent.
      startResponse("500 Internal Server Error", headers, error ?? "nothing");
      errors.write(`Caught: ${error}\n`);
      return new TextEncoder().encode(PAGE);
    };
    try {
      const body = await app(environ, startResponse);
      // An array cannot fail.
      if (Array.isArray(body)) return body;
      return {
        [Symbol.asyncIterator]: () => catchErrors(body, fail),
        close: () => body.close?.(),
      };
    } catch (error) {
      return [fail(error)];
    }
  };
}

function catchErrors(
  body: ResponseBody,
  fail: (error: unknown) => Uint8Array,
): AsyncIterator<Uint8Array, void> {
  const iterator = Symbol.asyncIterator in body
    ? body[Symbol.asyncIterator]()
    : body[Symbol.iterator]();
  let failed = false;
  return {
    next: async () => {
      if (failed) return { done: true, value: undefined };
      try {
        return await iterator.next();
      } catch (error) {
        failed = true;
        return { done: false, value: fail(error) };
      }
    },
    return: async () => {
      if (!failed) await iterator.return?.();
      return { done: true, value: undefined };
    },
  };
}

const failing: Application = function* (
  environ,
  startResponse,
): Generator<Uint8Array, void> {
  startResponse("200 OK", [["Content-Type", "text/plain; charset=utf-8"]]);
  if (environ.PATH_INFO === "/fail") throw new Error("failed on request");
  yield new TextEncoder().encode("Hello world!\n");
  if (environ.PATH_INFO === "/late") throw new Error("failed too late");
};

export const app: Application = errorCatcher(
  validator(failing, { name: "failing" }),
);

if (import.meta.main) {
  const port = Number(Deno.args[0] ?? 8000);
  const server = makeServer("127.0.0.1", port, validator(app));
  // deno-lint-ignore no-console -- a program's output
  console.log(server.url);
  await server.serveForever();
}
