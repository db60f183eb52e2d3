/**
 * The servers that run our applications: a row of the matrix for each.
 *
 * @module
 */

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { denoServeDeviations } from "../../conformance/mod.ts";
import type {
  RemoteProbe,
  RunningServer,
  StartServer,
} from "../../conformance/server_under_test.ts";
import { toFetchHandler } from "../../gateway/fetch/fetch.ts";
import { toNodeListener } from "../../gateway/node/node.ts";
import { serve } from "../../server/serve.ts";
import { serveBehind as serveBehindNginx } from "../../tests/nginx.ts";
import { StderrStream } from "../../wsgi/error_stream.ts";
import {
  type FrontedOptions,
  nginx,
  type Protocol,
  serveBehind,
} from "./backend_front.ts";
import {
  cgiProgram,
  type CgiServer,
  missingCgiServer,
  startCgiServer,
} from "./cgi_server.ts";
import {
  startBun,
  startDenoServe,
  startWorkerd,
  type Subject,
} from "./fetch_server.ts";
import type { ServerPart, Texts } from "./part.ts";
import {
  DENO,
  deviationsOf,
  fromNpm,
  installed,
  type Program,
  row,
} from "./row.ts";
import { type ServerProcess, startNodeProgram } from "./server_process.ts";

/** The application of the kit, for a server in another process. */
function subjectOf(remote: RemoteProbe): Subject {
  const module = new URL("../../conformance/probe.ts", import.meta.url);
  return { module, name: `remoteProbe(${JSON.stringify(remote.listen())})` };
}

function toRunning(
  process: AsyncDisposable & { readonly port: number },
  deviations: Texts,
): RunningServer {
  const { port } = process;
  const stop = (): PromiseLike<void> => process[Symbol.asyncDispose]();
  return { hostname: "127.0.0.1", port, deviations, stop };
}

/** The intended output of applications is not shown. */
const QUIET = { "wsgi.errors": new StderrStream(() => {}) };

const startMakeServer: StartServer = (app) =>
  toRunning(serve(app, { port: 0, log: false, environ: QUIET }), {});

const startFetchHandler: StartServer = (app) => {
  const server = Deno.serve(
    {
      hostname: "127.0.0.1",
      port: 0,
      onListen: () => {},
      onError: () => new Response(null, { status: 500 }),
    },
    toFetchHandler(app, { environ: QUIET }),
  );
  const { hostname, port } = server.addr;
  const stop = (): Promise<void> => server.shutdown();
  return { hostname, port, deviations: denoServeDeviations, stop };
};

const startNodeListener: StartServer = async (app) => {
  const server = createServer(toNodeListener(app, { environ: QUIET })).listen(
    0,
    "127.0.0.1",
  );
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    hostname: "127.0.0.1",
    port,
    deviations: { ...deviationsOf("node"), ...deviationsOf("node-deno") },
    stop: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};

function nodeRow(name: string, program: Program): ServerPart {
  const deviations = {
    ...deviationsOf("node"),
    ...program.name === "bun" ? deviationsOf("node-bun") : {},
  };
  return row(name, [program], async (_app, remote) => {
    const address = remote.listen();
    const path = await program.find() ?? program.name;
    return toRunning(await startNodeProgram(path, address), deviations);
  });
}

/**
 * A promise in a worker belongs to the request that created it. Each request
 * therefore has its own probe, which may report after the response.
 */
const WORKER_EDITS = [
  ["const handler = toFetchHandler(app);", ""],
  ["fetch(request: Request)", "fetch(request: Request, _env, context)"],
  [
    "const response = await handler(",
    "context.waitUntil(new Promise((resolve) => setTimeout(resolve, 2000)));\n" +
    "const response = await toFetchHandler(subject())(",
  ],
  ["import { app }", "import { app as subject }"],
] as const;

const startWorker: StartServer = async (_app, remote) => {
  const { module, name } = subjectOf(remote);
  const subject = { module, name: `remoteProbe && (() => module.${name})` };
  const process = await startWorkerd(subject, WORKER_EDITS);
  return toRunning(process, deviationsOf("workerd"));
};

function cgiRow(name: string, server: CgiServer): ServerPart {
  const start: StartServer = async (_app, remote) => {
    const { module, name } = subjectOf(remote);
    // The program runs until it has sent its report, even if the server wants
    // to end it.
    const program = 'Deno.addSignalListener("SIGTERM", () => {});\n' +
      cgiProgram(module, name).replace("Deno.exit();\n", "");
    const script = [["--allow-env", "--allow-all"]] as const;
    const process = await startCgiServer(server, program, { script });
    return toRunning(process, deviationsOf(server));
  };
  return {
    ...row(name, [installed(server), DENO], start),
    missing: async () => await missingCgiServer(server),
  };
}

function nginxRow(
  protocol: Protocol,
  way: NonNullable<FrontedOptions["way"]>,
): ServerPart {
  const socket = way === "tcp" ? "TCP" : "a Unix socket";
  const name = `nginx, ${protocol} over ${socket}`;
  return row(name, [installed("nginx"), DENO], async (app) => {
    const options = { way, backend: { environ: QUIET } };
    const fronted = await serveBehind(nginx, protocol, app, options);
    return toRunning(fronted, deviationsOf("nginx"));
  });
}

const startProxy: StartServer = async (app) =>
  toRunning(await serveBehindNginx(app), deviationsOf("nginx-proxy"));

/** Creates a row for a server that runs the application of the kit as a module. */
function moduleRow(
  name: string,
  program: Program,
  start: (subject: Subject) => Promise<ServerProcess>,
  deviations: Texts,
): ServerPart {
  return row(
    name,
    [program],
    async (_app, remote) =>
      toRunning(await start(subjectOf(remote)), deviations),
  );
}

/** The rows. */
export const SERVERS: readonly ServerPart[] = [
  row("makeServer()", [DENO], startMakeServer),
  row("Deno.serve, toFetchHandler()", [DENO], startFetchHandler),
  moduleRow("deno serve", DENO, startDenoServe, denoServeDeviations),
  moduleRow(
    "deno serve --parallel",
    DENO,
    (subject) => startDenoServe(subject, 2),
    denoServeDeviations,
  ),
  row("node:http of Deno, toNodeListener()", [DENO], startNodeListener),
  nodeRow(
    "node:http of Node.js, toNodeListener()",
    fromNpm("node@24", "Node.js"),
  ),
  nodeRow(
    "node:http of the installed Node.js, toNodeListener()",
    installed("node", "Node.js"),
  ),
  nodeRow("node:http of Bun, toNodeListener()", fromNpm("bun")),
  moduleRow(
    "Bun.serve, toFetchHandler()",
    fromNpm("bun"),
    startBun,
    deviationsOf("bun"),
  ),
  row("workerd, toFetchHandler()", [fromNpm("workerd")], startWorker),
  cgiRow("Apache, CGI", "apache2"),
  cgiRow("lighttpd, CGI", "lighttpd"),
  nginxRow("scgi", "tcp"),
  nginxRow("scgi", "unix"),
  nginxRow("uwsgi", "tcp"),
  nginxRow("uwsgi", "unix"),
  row(
    "nginx, proxy_pass to makeServer()",
    [installed("nginx"), DENO],
    startProxy,
  ),
];
