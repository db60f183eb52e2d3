#!/usr/bin/env -S deno run --allow-env
// A CGI program. By hand, without a web server:
//
//   REQUEST_METHOD=GET PATH_INFO=/ deno run --allow-env examples/deploy/cgi.ts
//
// Beside this file are the configurations of Apache and of lighttpd.

import { runCgi } from "../../gateway/cgi/cgi.ts";
import type { Application } from "../../mod.ts";

/** Says where it was found. */
export const app: Application = (environ, startResponse) => {
  startResponse("200 OK", [["Content-Type", "text/plain; charset=utf-8"]]);
  const { SCRIPT_NAME, PATH_INFO } = environ;
  const text = `Hello world from ${SCRIPT_NAME}${PATH_INFO}\n`;
  // Bytes of the request go back as they came.
  return [Uint8Array.from(text, (char) => char.charCodeAt(0))];
};

if (import.meta.main) {
  await runCgi(app);
  // A timer that is still pending would keep the client waiting.
  Deno.exit();
}
