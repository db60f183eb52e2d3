import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import {
  type CaseReport,
  checkServer,
  type RunningServer,
  type StartServer,
} from "../../conformance/mod.ts";
import { remoteProbe } from "../../conformance/probe.ts";
import { toFetchHandler } from "../../gateway/fetch/fetch.ts";
import { SERVER_CASES } from "../../conformance/server_cases.ts";
import type { ResponseBody } from "../../mod.ts";
import { call, serve } from "./broken/server.ts";

/** A server that counts how often it was stopped. */
function countingStops(
  changes: (server: RunningServer) => Partial<RunningServer> = () => ({}),
): { start: StartServer; stops: () => number } {
  let stops = 0;
  const start: StartServer = (app) => {
    const server = serve(app);
    const stop = () => {
      stops++;
      return server.stop();
    };
    return { ...server, stop, ...changes(server) };
  };
  return { start, stops: () => stops };
}

/** A server that cannot send every reason phrase. */
function withoutReason(deviations?: RunningServer["deviations"]): StartServer {
  return (app) => {
    const server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      toFetchHandler(app),
    );
    const { hostname, port } = server.addr;
    return { hostname, port, deviations, stop: () => server.shutdown() };
  };
}

const ONE = { cases: ["response/status"] };

const SERVER = { hostname: "127.0.0.1", port: 1, stop: () => {} };

Deno.test("checkServer() refuses a start() that is not a function, or does not return a server", async () => {
  const refuses = (start: unknown, message: string): Promise<unknown> =>
    assertRejects(() => checkServer(start as StartServer), TypeError, message);
  for (const start of [undefined, null, {}, "start"]) {
    await refuses(start, "Cannot check the server: start must be a function");
  }
  for (
    const wrong of [
      undefined,
      null,
      1,
      { ...SERVER, hostname: undefined },
      { ...SERVER, port: "80" },
      { ...SERVER, stop: undefined },
    ]
  ) {
    const message = "start() must resolve to { hostname, port, stop() }";
    await refuses(() => wrong, message);
  }
});

Deno.test("remoteProbe() refuses a URL that is not HTTP", () => {
  for (const url of ["", "127.0.0.1:80", "file:///a", undefined]) {
    assertThrows(
      () => remoteProbe(url as string),
      TypeError,
      "the address must be the URL that listen() has returned, got ",
    );
  }
});

Deno.test.each<[options: object, message: string]>([
  ...[0, -1, NaN, Infinity, 2 ** 31, "3000"].map((timeout) =>
    [{ timeout }, "timeout must be milliseconds from 1"] as [object, string]
  ),
  [{ cases: [""] }, "Cannot choose cases"],
  [{ cases: [1] }, "Cannot choose cases"],
])(
  "checkServer() rejects the options %j before it starts anything",
  async (options, message) => {
    let started = false;
    const start: StartServer = (app) => {
      started = true;
      return serve(app);
    };
    await assertRejects(() => checkServer(start, options), Error, message);
    assert(!started);
  },
);

Deno.test("checkServer() rethrows the error of start()", async () => {
  const error = new Error("no port is free");
  for (
    const start of [
      () => {
        throw error;
      },
      () => Promise.reject(error),
    ]
  ) await assertRejects(() => checkServer(start), Error, error.message);
});

Deno.test.each<[Record<string, unknown>, string]>([
  [{}, ""],
  [
    { deviations: { "no/case": "because" } },
    'a deviation must have the id of a case, got "no/case"',
  ],
  ...["", "  ", 1].map((reason) =>
    [
      { deviations: { "response/reason": reason } },
      'the deviation "response/reason" must have a reason',
    ] as [Record<string, unknown>, string]
  ),
  ...[{ maxTargetSize: 0 }, { headersTimeout: 1.5 }, { max: 1 }].map((limits) =>
    [
      { limits },
      "limits must be positive integers named maxTargetSize, ",
    ] as [Record<string, unknown>, string]
  ),
  [{ onCase: true }, "the user's own"],
])("checkServer() stops the server once, with %j", async (changes, message) => {
  const { onCase: isThrowing, ...server } = changes;
  const { start, stops } = countingStops(() => server);
  const onCase = () => {
    if (isThrowing) throw new Error("the user's own");
  };
  const checking = checkServer(start, { ...ONE, onCase });
  if (message === "") await checking;
  else await assertRejects(() => checking, Error, message);
  assertEquals(stops(), 1);
});

Deno.test("checkServer() runs the cases of the limits that the server declares", async () => {
  const ids = async (limits: RunningServer["limits"]) => {
    const { start } = countingStops(() => ({ limits }));
    const { cases } = await checkServer(start, { cases: ["limits/*"] });
    return cases.map(({ id, outcome }) => `${id}: ${outcome}`);
  };
  assertEquals(await ids(undefined), []);
  assertEquals(await ids({ maxTargetSize: undefined }), []);
  assertEquals(await ids({ maxTargetSize: 8_192, maxHeaderSize: 100 }), [
    "limits/target: passed",
    // Its real limit differs from the declared one.
    "limits/head: failed",
  ]);
});

Deno.test("checkServer() reports a declared failure as a deviation, and a declared success as passed", async () => {
  const start = withoutReason({
    "response/reason": "the reason",
    "response/date": "none",
  });
  const cases = ["response/reason", "response/date"];
  const report = await checkServer(start, { cases });
  assertEquals(
    report.cases.map(({ id, outcome, message }) => [id, outcome, message]),
    [
      ["response/reason", "deviation", "the reason"],
      ["response/date", "passed", undefined],
    ],
  );
  assertEquals([report.passed, report.failed, report.deviations], [1, 0, 1]);
});

Deno.test("checkServer() reports a failure that was not declared, with what it expected", async () => {
  const cases = ["response/reason"];
  const report = await checkServer(withoutReason(), { cases });
  const [one] = report.cases;
  assertEquals([one?.outcome, report.failed], ["failed", 1]);
  assertEquals(
    one?.message,
    'code and reason must be "404 Nothing Here", got "404 Not Found"',
  );
});

Deno.test("checkServer() runs the cases that a glob names, in their order, and reports each", async () => {
  const told: [CaseReport, number, number][] = [];
  const report = await checkServer(serve, {
    cases: ["write/*", "environ/*-patch", "response/status"],
    onCase: (...args) => void told.push(args),
  });
  const ids = report.cases.map(({ id }) => id);
  assertEquals(
    ids,
    SERVER_CASES.map(({ id }) => id).filter((id) =>
      id.startsWith("write/") ||
      ["environ/method-patch", "response/status"].includes(id)
    ),
  );
  assertEquals(told.map(([one]) => one), report.cases);
  assertEquals(told.map(([, done]) => done), ids.map((_, index) => index + 1));
  assertEquals(
    new Set(told.map(([, , total]) => total)),
    new Set([ids.length]),
  );
});

Deno.test("checkServer() runs nothing if no case matches", async () => {
  const { start, stops } = countingStops();
  const report = await checkServer(start, { cases: ["no/*"] });
  assertEquals([report.cases, report.passed, stops()], [[], 0, 1]);
});

Deno.test("checkServer() records the bytes that were sent and received", async () => {
  const { cases } = await checkServer(serve, ONE);
  const exchanged = cases[0]?.exchanged ?? [];
  assertEquals(exchanged.map(({ direction }) => direction), [
    "opened",
    "sent",
    "received",
    "closed",
  ]);
  assertMatch(exchanged[1]?.data ?? "", /^GET \/ HTTP\/1\.1\r\nHost: /);
  assertMatch(exchanged[2]?.data ?? "", /^HTTP\/1\.1 200 OK\r\n[^]*world!\n$/);
  assertEquals(exchanged[2]?.size, exchanged[2]?.data.length);
});

Deno.test("checkServer() fails a case if the server is silent for too long", async () => {
  await using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = silent.addr;
  const options = { ...ONE, timeout: 1 };
  const report = await checkServer(() => ({ ...SERVER, port }), options);
  assertEquals(report.cases.map(({ message }) => message), [
    "Waited too long for the server to send",
  ]);
});

Deno.test("checkServer() reports a server that does not listen, and stops it", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  let stopped = 0;
  const start = () => ({ ...SERVER, port, stop: () => stopped++ });
  await assertRejects(
    () => checkServer(start, ONE),
    TypeError,
    `it must listen on 127.0.0.1:${port}, but`,
  );
  assertEquals(stopped, 1);
});

Deno.test("checkServer() counts what the validator finds after the end of a case", async () => {
  // It closes each body a second time when the next request comes.
  let before: ResponseBody | undefined;
  const { start } = call("", (app) => (environ, startResponse) => {
    before?.close?.();
    const body = app(environ, startResponse);
    before = body instanceof Promise ? undefined : body;
    return body;
  }, "");
  const told: string[] = [];
  const report = await checkServer(start, {
    cases: ["environ/method-get", "environ/method-post"],
    onCase: ({ outcome }) => void told.push(outcome),
  });
  assertEquals(told, ["passed", "passed"]);
  assertEquals(
    report.cases.map(({ outcome }) => outcome),
    ["failed", "passed"],
  );
  assertMatch(
    report.cases[0]?.message ?? "",
    /the validator found close\/called-twice, broken by the server: /,
  );
});

Deno.test("checkServer() can run twice at the same time", async () => {
  const all = await Promise.all(
    [serve, serve].map((start) =>
      checkServer(start, { cases: ["environ/*", "close/*"], timeout: 10_000 })
    ),
  );
  assertEquals(all.map(({ failed }) => failed), [0, 0]);
});
