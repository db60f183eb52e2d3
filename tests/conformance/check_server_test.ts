import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import {
  type CaseReport,
  checkServer,
  type RunningServer,
  type StartServer,
} from "../../conformance/mod.ts";
import { toFetchHandler } from "../../gateway/fetch/fetch.ts";
import { SERVER_CASES } from "../../conformance/server_cases.ts";
import type { ResponseBody } from "../../mod.ts";
import { call, serve } from "./broken/server.ts";

/** A server of which it is known how often it was stopped. */
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

/** A server that cannot say every reason phrase. */
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

Deno.test("checkServer() refuses what start() gives if it is no server", async () => {
  const right = { hostname: "127.0.0.1", port: 1, stop: () => {} };
  for (
    const wrong of [
      undefined,
      null,
      1,
      { ...right, hostname: undefined },
      { ...right, port: "80" },
      { ...right, stop: undefined },
    ]
  ) {
    await assertRejects(
      () => checkServer(() => wrong as unknown as RunningServer),
      TypeError,
      "start() must resolve to { hostname, port, stop() }",
    );
  }
});

Deno.test("checkServer() passes on what start() throws", async () => {
  const error = new Error("no port is free");
  const thrown = () => {
    throw error;
  };
  await assertRejects(() => checkServer(thrown), Error, "no port is free");
  await assertRejects(
    () => checkServer(() => Promise.reject(error)),
    Error,
    "no port is free",
  );
});

Deno.test("checkServer() stops the server once, whatever happens", async () => {
  const sound = countingStops();
  await checkServer(sound.start, ONE);
  assertEquals(sound.stops(), 1);
  const unknown = countingStops(() => ({
    deviations: { "no/case": "because" },
  }));
  await assertRejects(
    () => checkServer(unknown.start, ONE),
    TypeError,
    'a deviation must have the id of a case, got "no/case"',
  );
  assertEquals(unknown.stops(), 1);
  const failing = countingStops();
  const onCase = () => {
    throw new Error("the user's own");
  };
  await assertRejects(
    () => checkServer(failing.start, { ...ONE, onCase }),
    Error,
    "the user's own",
  );
  assertEquals(failing.stops(), 1);
});

Deno.test("checkServer() refuses a deviation without a reason", async () => {
  for (const reason of ["", "  ", 1]) {
    const { start, stops } = countingStops(() => ({
      deviations: { "response/reason": reason as string },
    }));
    await assertRejects(
      () => checkServer(start, ONE),
      TypeError,
      'the deviation "response/reason" must have a reason',
    );
    assertEquals(stops(), 1);
  }
});

Deno.test("checkServer() refuses a limit that is unknown or no positive integer", async () => {
  for (
    const limits of [{ maxTargetSize: 0 }, { headersTimeout: 1.5 }, { max: 1 }]
  ) {
    const { start, stops } = countingStops(() => ({ limits: limits as never }));
    await assertRejects(
      () => checkServer(start, ONE),
      TypeError,
      "limits must be positive integers named maxTargetSize, ",
    );
    assertEquals(stops(), 1);
  }
});

Deno.test("checkServer() runs the cases of the limits that the server says it has", async () => {
  const ids = async (limits: RunningServer["limits"]) => {
    const { start } = countingStops(() => ({ limits }));
    const { cases } = await checkServer(start, { cases: ["limits/*"] });
    return cases.map(({ id, outcome }) => `${id}: ${outcome}`);
  };
  assertEquals(await ids(undefined), []);
  assertEquals(await ids({ maxTargetSize: undefined }), []);
  assertEquals(await ids({ maxTargetSize: 8_192, maxHeaderSize: 100 }), [
    "limits/target: passed",
    // It has another limit than it says.
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

Deno.test("checkServer() runs the cases that a glob names, in their order, and tells of each", async () => {
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

Deno.test("checkServer() runs nothing where no case matches", async () => {
  const { start, stops } = countingStops();
  const report = await checkServer(start, { cases: ["no/*"] });
  assertEquals([report.cases, report.passed, stops()], [[], 0, 1]);
});

Deno.test("checkServer() keeps what was sent and received", async () => {
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

Deno.test("checkServer() fails a case for which a server is silent too long", async () => {
  await using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const report = await checkServer(() => ({
    hostname: "127.0.0.1",
    port: silent.addr.port,
    stop: () => {},
  }), { ...ONE, timeout: 1 });
  assertEquals(report.cases.map(({ message }) => message), [
    "Waited too long for the server to send",
  ]);
});

Deno.test("checkServer() says that no server listens, and stops it", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  let stopped = 0;
  const start = () => ({ hostname: "127.0.0.1", port, stop: () => stopped++ });
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

Deno.test("checkServer() may run twice at the same time", async () => {
  const all = await Promise.all(
    [serve, serve].map((start) =>
      checkServer(start, { cases: ["environ/*", "close/*"], timeout: 10_000 })
    ),
  );
  assertEquals(all.map(({ failed }) => failed), [0, 0]);
});
