// The conformance kit, in this process, on makeServer().

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
import { serve } from "./serving.ts";

// Made with openssl for these tests: valid for localhost until the year 2126.
const read = (name: string): string =>
  Deno.readTextFileSync(new URL(`../testdata/${name}`, import.meta.url));
const cert = read("localhost_cert.pem");
const key = read("localhost_key.pem");

const overTcp: StartServer = (app) => {
  const { server, port } = serve(app);
  return { hostname: "127.0.0.1", port, stop: () => server.shutdown() };
};

/** Limits that no other case would come to. */
const LIMITS: ServerOptions & ServerLimits = {
  headersTimeout: 200,
  maxHeaderSize: 9_000,
  maxRequestBodySize: 1_000,
};

const withLimits: StartServer = (app) => {
  const { server, port } = serve(app, LIMITS);
  return {
    hostname: "127.0.0.1",
    port,
    stop: () => server.shutdown(),
    limits: { ...LIMITS, maxTargetSize: 8_192 },
  };
};

/** The kit speaks plain TCP, so it reaches the others through a relay. */
const overTls: StartServer = (app) => {
  const { server, port } = serve(app, { cert, key });
  const running: RunningServer = {
    hostname: "127.0.0.1",
    port,
    stop: () => server.shutdown(),
  };
  const open = async (): Promise<Deno.Conn> => {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port });
    // Otherwise a request waits until the handshake is acknowledged.
    conn.setNoDelay();
    return await Deno.startTls(conn, {
      hostname: "127.0.0.1",
      caCerts: [cert],
    });
  };
  return before(running, () => ({}), open);
};

const overUnix: StartServer = (app) => {
  const folder = Deno.makeTempDirSync();
  const path = `${folder}/wsgi.sock`;
  const { server } = serve(app, { path });
  const running: RunningServer = {
    hostname: "127.0.0.1",
    port: 0,
    stop: async () => {
      await server.shutdown();
      Deno.removeSync(folder, { recursive: true });
    },
  };
  const open = (): Promise<Deno.Conn> =>
    Deno.connect({ transport: "unix", path });
  return before(running, () => ({}), open);
};

/** Cases that expect the scheme of a plain connection. */
const PLAIN_ONLY = [
  "environ/url-scheme",
  "environ/scheme-not-from-target",
  "environ/scheme-not-from-headers",
];

const ROWS: readonly [
  name: string,
  start: StartServer,
  inapplicable: readonly string[],
][] = [
  ["TCP", overTcp, []],
  ["TLS", overTls, PLAIN_ONLY],
  ["a Unix socket", overUnix, []],
];

Deno.test("makeServer() passes the cases of the kit about limits", async () => {
  const report = await checkServer(withLimits, {
    cases: ["limits/*"],
    timeout: 10_000,
  });
  const wrong = report.cases.filter(({ outcome }) => outcome !== "passed");
  assertEquals(wrong.map(({ id, message }) => [id, message]), []);
  const all = SERVER_CASES.filter(({ limit }) => limit !== undefined);
  assertEquals(report.passed, all.length);
});

/** How many parts of the kit run at once: most of them wait. */
const AT_ONCE = 6;

Deno.test.each(ROWS)(
  "makeServer() over %s passes the kit without a deviation",
  async (_name, start, inapplicable) => {
    const ids = SERVER_CASES.filter(({ limit }) => limit === undefined)
      .map(({ id }) => id)
      .filter((id) => !inapplicable.includes(id));
    const reports = await Promise.all(
      Array.from(
        { length: AT_ONCE },
        (_, part) =>
          checkServer(async (app, remote) => {
            const running = await start(app, remote);
            assertEquals(running.deviations, undefined);
            return running;
          }, {
            cases: ids.filter((_, index) => index % AT_ONCE === part),
            timeout: 10_000,
          }),
      ),
    );
    const cases = reports.flatMap((report) => report.cases);
    const wrong = cases.filter(({ outcome }) => outcome !== "passed");
    assertEquals(wrong.map(({ id, message }) => [id, message]), []);
    assertEquals(cases.length, ids.length);
  },
);
