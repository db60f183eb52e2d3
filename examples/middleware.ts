// deno run --allow-net examples/middleware.ts
//
// `curl -i http://127.0.0.1:8000/` shows "HELLO WORLD!" and "X-Served-By: Deno".

import {
  type Application,
  makeServer,
  type Middleware,
  type ResponseBody,
  validator,
} from "../mod.ts";

/** Adds a header to every response. It returns the inner body unchanged. */
export function addHeader(name: string, value: string): Middleware {
  return (app) => (environ, startResponse) =>
    app(environ, (status, headers, excInfo) => {
      return startResponse(status, [...headers, [name, value]], excInfo);
    });
}

function toUpper(chunk: Uint8Array): Uint8Array {
  return chunk.map((byte) => byte >= 0x61 && byte <= 0x7a ? byte - 0x20 : byte);
}

/**
 * Converts text to upper case; only ASCII, so that its length stays the same.
 */
export function upperCase(app: Application): Application {
  return async (environ, startResponse) => {
    const body = await app(environ, (status, headers, excInfo) => {
      const write = startResponse(status, headers, excInfo);
      return (chunk) => write(toUpper(chunk));
    });
    return {
      [Symbol.asyncIterator]: () => upperCaseChunks(body),
      close: () => body.close?.(),
    };
  };
}

// Not a generator: its return() would wait for a pending next(), and would not
// close the inner body if the iteration has not started.
function upperCaseChunks(body: ResponseBody): AsyncIterator<Uint8Array, void> {
  const iterator = Symbol.asyncIterator in body
    ? body[Symbol.asyncIterator]()
    : body[Symbol.iterator]();
  return {
    // Each chunk leads to one chunk: no data is held back.
    next: async () => {
      const { done, value } = await iterator.next();
      return done
        ? { done, value: undefined }
        : { done: false, value: toUpper(value) };
    },
    return: async () => {
      await iterator.return?.();
      return { done: true, value: undefined };
    },
  };
}

const hello: Application = (_environ, startResponse) => {
  startResponse("200 OK", [["Content-Type", "text/plain; charset=utf-8"]]);
  return [new TextEncoder().encode("Hello world!\n")];
};

// Validators on both sides check the middleware and the application.
export const app: Application = addHeader("X-Served-By", "Deno")(
  upperCase(validator(hello, { name: "hello" })),
);

if (import.meta.main) {
  const port = Number(Deno.args[0] ?? 8000);
  const server = makeServer("127.0.0.1", port, validator(app));
  // deno-lint-ignore no-console -- a program's output
  console.log(server.url);
  await server.serveForever();
}
