/** A server in a separate process, with the application of the kit. */

import { StderrStream } from "../../wsgi/error_stream.ts";
import { remoteProbe } from "../../conformance/probe.ts";
import { makeServer } from "../../server.ts";

const server = makeServer("127.0.0.1", 0, remoteProbe(Deno.args[0] ?? ""), {
  log: false,
  environ: { "wsgi.errors": new StderrStream(() => {}) },
});
// deno-lint-ignore no-console -- the test waits for this line
console.log(server.port);
await server.serveForever();
