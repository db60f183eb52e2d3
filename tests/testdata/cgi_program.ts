/** A CGI program for the tests, whose argument names its behavior. */

import { runCgi } from "../../gateway/cgi/cgi.ts";
import { demoApp } from "../../server/demo_app.ts";
import type { Application, ResponseBody } from "../../wsgi/types.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

const applications: Record<string, Application> = {
  demo: demoApp,
  ignore(_environ, startResponse): ResponseBody {
    startResponse("200 OK", [["Content-Type", "text/plain"]]);
    return [encode("done")];
  },
  async echo(environ, startResponse): Promise<ResponseBody> {
    const body = await environ["wsgi.input"].read();
    startResponse("200 Fine", [["Content-Type", "application/octet-stream"]]);
    return [body];
  },
  path(environ, startResponse): ResponseBody {
    startResponse("200 OK", []);
    return [encode(JSON.stringify([environ.SCRIPT_NAME, environ.PATH_INFO]))];
  },
  *endless(environ, startResponse): Generator<Uint8Array, void> {
    startResponse("200 OK", []);
    try {
      for (;;) yield new Uint8Array(65_536);
    } finally {
      environ["wsgi.errors"].write("closed\n");
    }
  },
  fail(environ): never {
    environ["wsgi.errors"].write("before é\n");
    throw new Error("broken");
  },
};

await runCgi(applications[Deno.args[0] ?? "demo"] ?? demoApp);
