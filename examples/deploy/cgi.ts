#!/usr/bin/env -S deno run --allow-env
// A CGI program. By hand, without a web server:
//
//   REQUEST_METHOD=GET PATH_INFO=/ deno run --allow-env examples/deploy/cgi.ts
//
// The configurations for Apache and lighttpd are next to this file.

import { runCgi } from "../../gateway/cgi/cgi.ts";
import type { Application } from "../../mod.ts";

/** Responds with the path that the client requested. */
export const app: Application = (environ, startResponse) => {
  startResponse("200 OK", [["Content-Type", "text/plain; charset=utf-8"]]);
  const { SCRIPT_NAME, PATH_INFO } = environ;
  const text = `Hello world from ${SCRIPT_NAME}${PATH_INFO}\n`;
  // The bytes of the path are sent back unchanged.
  return [Uint8Array.from(text, (char) => char.charCodeAt(0))];
};

if (import.meta.main) {
  await runCgi(app);
  // A pending timer would keep the client waiting.
  Deno.exit();
}
