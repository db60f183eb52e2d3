/**
 * {@linkcode demoApp}: the application to try a server with.
 *
 * @module
 */

import { describe } from "../wsgi/describe.ts";
import type { Environ, ResponseBody, StartResponse } from "../wsgi/types.ts";

function show(value: unknown): string {
  // All of a string, unlike a message: the page is there to show it.
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(show).join(", ")}]`;
  return describe(value);
}

/**
 * Greets and lists the environ: one line for each variable, sorted by name.
 *
 * It is what `demo_app` is in Python's `wsgiref.simple_server`: an application
 * to try a server or middleware with.
 *
 * @param environ The variables of the request.
 * @param startResponse Begins the response.
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
