// bun run examples/deploy/bun.ts
//
// In your own project, the first import is from "@wsgi/ref/fetch".

import { toFetchHandler } from "../../gateway/fetch/fetch.ts";
import { app } from "../hello.ts";

/** The parts of Bun that this file uses, for users without its types. */
interface BunServer {
  readonly url: URL;
  requestIP(
    request: Request,
  ): { readonly address: string; readonly port: number } | null;
}

declare const Bun: {
  serve(options: {
    hostname: string;
    port: number;
    fetch(
      request: Request,
      server: BunServer,
    ): Response | Promise<Response>;
  }): BunServer;
};

const handler = toFetchHandler(app);

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 8000,
  async fetch(request, server): Promise<Response> {
    // Bun reports the address in another form than Deno.
    const client = server.requestIP(request);
    const remoteAddr = client && {
      hostname: client.address,
      port: client.port,
    };
    const response = await handler(request, { remoteAddr });
    // Bun sends Content-Length: 0 for a missing body, unless it is null.
    return request.method === "HEAD" ? new Response(null, response) : response;
  },
});
// deno-lint-ignore no-console -- a program's output
console.log(server.url.href);
