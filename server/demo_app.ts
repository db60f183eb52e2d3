/**
 * {@linkcode demoApp}: an application to try a server with.
 *
 * @module
 */

import { describe } from "../wsgi/describe.ts";
import type { Environ, ResponseBody, StartResponse } from "../wsgi/types.ts";

function show(value: unknown): string {
  // Unlike a message, the page shows the whole string.
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(show).join(", ")}]`;
  return describe(value);
}

/**
 * Responds with a greeting and the environ: one line for each variable, sorted by
 * name.
 *
 * Use it to try a server or middleware, like `demo_app` in Python's
 * `wsgiref.simple_server`.
 *
 * @param environ The variables of the request.
 * @param startResponse Starts the response.
 * @returns The page, as one chunk of UTF-8 text.
 *
 * @example Usage
 * ```ts
 * import { demoApp, makeServer } from "@wsgi/ref";
 * import { assertStringIncludes } from "@std/assert";
 *
 * await using server = makeServer("127.0.0.1", 0, demoApp, { log: false });
 * server.serveForever();
 * const page = await (await fetch(server.url)).text();
 * assertStringIncludes(page, 'REQUEST_METHOD = "GET"');
 * ```
 */
export function demoApp(
  environ: Environ,
  startResponse: StartResponse,
): ResponseBody {
  const lines = Object.keys(environ).sort().map((key) =>
    `${key} = ${show(environ[key])}`
  );
  const page = `Hello world!\n\n${lines.join("\n")}\n`;
  startResponse("200 OK", [["Content-Type", "text/plain; charset=utf-8"]]);
  return [new TextEncoder().encode(page)];
}
