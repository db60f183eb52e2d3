// deno run --allow-net examples/mounted.ts
//
// Three applications on one port, and one log for all of them:
// `curl http://127.0.0.1:8000/where/am/I` shows which part of the path selected
// the application. `/demo` shows all the variables of the request.

import {
  type Application,
  decodeUtf8,
  demoApp,
  type Environ,
  makeServer,
  validator,
} from "../mod.ts";
import { accessLog } from "../middleware/access_log.ts";
import { mount } from "../middleware/mount.ts";

function text(make: (environ: Environ) => string): Application {
  return (environ, startResponse) => {
    startResponse("200 OK", [["Content-Type", "text/plain; charset=utf-8"]]);
    return [new TextEncoder().encode(make(environ))];
  };
}

const home = text(() => "Try /where/am/I and /demo.\n");
const where = text(({ SCRIPT_NAME = "", PATH_INFO = "" }) =>
  decodeUtf8(`application ${SCRIPT_NAME}\npath ${PATH_INFO}\n`)
);

export const app: Application = accessLog({ format: "combined" })(
  mount({ "/": home, "/demo": demoApp, "/where": where }),
);

if (import.meta.main) {
  const port = Number(Deno.args[0] ?? 8000);
  // One log is enough.
  const options = { log: false };
  const server = makeServer("127.0.0.1", port, validator(app), options);
  // deno-lint-ignore no-console -- a program's output
  console.log(server.url);
  await server.serveForever();
}
