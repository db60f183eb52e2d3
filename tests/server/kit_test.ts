// The conformance kit in this process, testing makeServer().

import { assertEquals } from "@std/assert";
import {
  checkServer,
  type RunningServer,
  type ServerLimits,
  type StartServer,
} from "../../conformance/mod.ts";
import { SERVER_CASES } from "../../conformance/server_cases.ts";
import { before } from "../conformance/broken/wrong_proxy.ts";
import type { ServerOptions } from "../../server/make_server.ts";
import type { Application } from "../../wsgi/types.ts";
import { serve, TLS } from "./serving.ts";

/** Serves with options. */
function run(app: Application, options: ServerOptions = {}): RunningServer {
  const { server, port } = serve(app, options);
  return { hostname: "127.0.0.1", port, stop: () => server.shutdown() };
}

/** Limits that no other case would reach. */
const LIMITS: ServerOptions & ServerLimits = {
  headersTimeout: 200,
  maxHeaderSize: 9_000,
  maxRequestBodySize: 1_000,
};

/** The kit speaks plain TCP. It reaches the other servers through a relay. */
const overTls: StartServer = (app) => {
  const running = run(app, TLS);
  const { hostname, port } = running;
  const open = async (): Promise<Deno.Conn> => {
    const conn = await Deno.connect({ hostname, port });
    // Otherwise a request waits until the handshake is acknowledged.
    conn.setNoDelay();
    return await Deno.startTls(conn, { hostname, caCerts: [TLS.cert] });
  };
  return before(running, () => ({}), open);
};

const overUnix: StartServer = (app) => {
  const folder = Deno.makeTempDirSync();
  const path = `${folder}/wsgi.sock`;
  const running = run(app, { path });
  const stop = async (): Promise<void> => {
    await running.stop();
    Deno.removeSync(folder, { recursive: true });
  };
  const open = (): Promise<Deno.Conn> =>
    Deno.connect({ transport: "unix", path });
  return before({ ...running, stop }, () => ({}), open);
};

/** Cases that expect the scheme of a plain connection. */
const PLAIN_ONLY = [
  "environ/url-scheme",
  "environ/scheme-not-from-target",
  "environ/scheme-not-from-headers",
];

/** Runs cases, which must pass, and returns their number. */
async function check(
  start: StartServer,
  cases: readonly string[],
): Promise<number> {
  const report = await checkServer(start, { cases, timeout: 10_000 });
  const wrong = report.cases.filter(({ outcome }) => outcome !== "passed");
  assertEquals(wrong.map(({ id, message }) => [id, message]), []);
  return report.passed;
}

Deno.test("makeServer() passes the cases of the kit about limits", async () => {
  const limits = { ...LIMITS, maxTargetSize: 8_192 };
  const start: StartServer = (app) => ({ ...run(app, LIMITS), limits });
  const all = SERVER_CASES.filter(({ limit }) => limit !== undefined);
  assertEquals(await check(start, ["limits/*"]), all.length);
});

/** How many parts of the kit run at once: most of them wait. */
const AT_ONCE = 6;

Deno.test.each<[string, StartServer, readonly string[]]>([
  ["TCP", (app) => run(app), []],
  ["TLS", overTls, PLAIN_ONLY],
  ["a Unix socket", overUnix, []],
])(
  "makeServer() over %s passes the kit without a deviation",
  async (_name, start, inapplicable) => {
    const ids = SERVER_CASES.filter(({ limit }) => limit === undefined)
      .map(({ id }) => id)
      .filter((id) => !inapplicable.includes(id));
    const parts = Array.from(
      { length: AT_ONCE },
      (_, part) => ids.filter((_, index) => index % AT_ONCE === part),
    );
    const passed = await Promise.all(
      parts.map((cases) =>
        check(async (app, remote) => {
          const running = await start(app, remote);
          assertEquals(running.deviations, undefined);
          return running;
        }, cases)
      ),
    );
    assertEquals(passed.reduce((sum, count) => sum + count), ids.length);
  },
);
