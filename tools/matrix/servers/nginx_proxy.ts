import type { RunningServer } from "../../../conformance/server_under_test.ts";
import { denoServeDeviations } from "../../../conformance/mod.ts";
import { makeServer } from "../../../server/make_server.ts";
import { proxyHeaders } from "../../../middleware/proxy_headers.ts";
import { Nginx, nginx } from "../../../tests/nginx.ts";
import type { ServerPart } from "../part.ts";
import { versionOf } from "../server_process.ts";

const DEVIATIONS: Readonly<Record<string, string>> = {
  ...denoServeDeviations,
  "environ/method-case": "nginx refuses methods in small letters",
  "target/path-decoded": "nginx refuses %00 in a path",
  "target/path-bad-escape": "nginx refuses a % without two digits in a path",
  "target/absolute-form-host":
    "nginx has no variable with the authority of the target and its port",
  "headers/token":
    "nginx drops header names with other characters than letters, digits and -",
  "headers/transfer-encoding":
    "nginx decodes a chunked body and may tell its length",
  "response/headers-order": "nginx sends Content-Type and Content-Length first",
  "bodiless/205":
    "Deno.serve sends a 205 without a length, and nginx waits for its body",
};

/** nginx in front of `makeServer()`, as in `examples/deploy/nginx_proxy.conf`. */
export const nginxProxy: ServerPart = {
  name: "nginx, proxy_pass to makeServer()",
  missing: () =>
    Promise.resolve(
      nginx === undefined ? "nginx is not installed" : undefined,
    ),
  versions: async () => ({
    nginx: await versionOf(nginx ?? "nginx", "-v"),
    deno: Deno.version.deno,
  }),
  async start(app): Promise<RunningServer> {
    const behind = proxyHeaders({ trusted: ["127.0.0.1"], host: 1 });
    const server = makeServer("127.0.0.1", 0, behind(app), { log: false });
    server.serveForever();
    try {
      const proxy = await Nginx.start(server);
      return {
        hostname: "127.0.0.1",
        port: proxy.port,
        deviations: DEVIATIONS,
        async stop(): Promise<void> {
          await proxy[Symbol.asyncDispose]();
          await server.shutdown();
        },
      };
    } catch (error) {
      await server.shutdown();
      throw error;
    }
  },
};
