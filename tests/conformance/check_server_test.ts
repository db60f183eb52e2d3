import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { assertThrows } from "@std/assert";
import { type CaseReport, checkServer } from "../../conformance/mod.ts";
import type { RunningServer, StartServer } from "../../conformance/mod.ts";
import type { Report } from "../../conformance/report.ts";
import { remoteProbe } from "../../conformance/probe.ts";
import { SERVER_CASES } from "../../conformance/server_cases.ts";
import type { ResponseBody } from "../../mod.ts";
import { fail } from "../gateway/recording_transport.ts";
import { call, denoServe, serve } from "./broken/server.ts";

/** A server that counts how often it was stopped. */
const countingStops = (changes: Partial<RunningServer> = {}) => {
  let stops = 0;
  const start: StartServer = (app) => {
    const server = serve(app);
    const stop = () => (stops++, server.stop());
    return { ...server, stop, ...changes };
  };
  return { start, stops: () => stops };
};

/** A server that cannot send every reason phrase. */
function withoutReason(deviations?: RunningServer["deviations"]): StartServer {
  return (app) => ({ ...denoServe(app), deviations });
}

/** The outcomes of the cases, and their messages. */
const shown = ({ cases }: Report) =>
  cases.map(({ id, outcome, message }) => `${outcome} ${id}: ${message}`);

const ONE = { cases: ["response/status"] };

const SERVER = { hostname: "127.0.0.1", port: 1, stop: () => {} };

Deno.test("checkServer() refuses a start() that is not a function, or does not return a server", async () => {
  const refuses = (start: unknown, message: string): Promise<unknown> =>
    assertRejects(() => checkServer(start as StartServer), TypeError, message);
  for (const start of [undefined, null, {}, "start"]) {
    await refuses(start, "Cannot check the server: start must be a function");
  }
  const changes = [{ hostname: undefined }, { port: "80" }, {
    stop: undefined,
  }];
  const wrong = changes.map((change) => ({ ...SERVER, ...change }));
  for (const server of [undefined, null, 1, ...wrong]) {
    const message = "start() must resolve to { hostname, port, stop() }";
    await refuses(() => server, message);
  }
});

Deno.test("remoteProbe() refuses a URL that is not HTTP", () => {
  for (const url of ["", "127.0.0.1:80", "file:///a", undefined]) {
    const message =
      "the address must be the URL that listen() has returned, got ";
    assertThrows(() => remoteProbe(url as string), TypeError, message);
  }
});

const NO_TIME = "timeout must be milliseconds from 1";

Deno.test.each<[options: object, message: string]>([
  [{ timeout: 0 }, NO_TIME],
  [{ timeout: NaN }, NO_TIME],
  [{ timeout: 2 ** 31 }, NO_TIME],
  [{ timeout: "3000" }, NO_TIME],
  [{ cases: [""] }, "Cannot choose cases"],
  [{ cases: [1] }, "Cannot choose cases"],
])("checkServer() rejects %j and starts nothing", async (options, message) => {
  const start = () => fail("started");
  await assertRejects(() => checkServer(start, options), Error, message);
});

Deno.test("checkServer() rethrows the error of start()", async () => {
  for (const start of [() => fail("no"), () => Promise.try(fail, "no")]) {
    await assertRejects(() => checkServer(start), Error, "no");
  }
});

const NO_REASON = 'the deviation "response/reason" must have a reason';
const NO_LIMIT = "limits must be positive integers named maxTargetSize, ";

Deno.test.each<[Record<string, unknown>, message: string]>([
  [{}, ""],
  [
    { deviations: { "no/case": "because" } },
    'a deviation must have the id of a case, got "no/case"',
  ],
  [{ deviations: { "response/reason": "  " } }, NO_REASON],
  [{ deviations: { "response/reason": 1 } }, NO_REASON],
  [{ limits: { maxTargetSize: 0 } }, NO_LIMIT],
  [{ limits: { headersTimeout: 1.5 } }, NO_LIMIT],
  [{ limits: { max: 1 } }, NO_LIMIT],
  [{ onCase: () => fail("the user's own") }, "the user's own"],
])("checkServer() stops the server once, with %j", async (changes, message) => {
  const { onCase, ...server } = changes;
  const { start, stops } = countingStops(server);
  const checking = checkServer(start, { ...ONE, onCase } as typeof ONE);
  if (message === "") await checking;
  else await assertRejects(() => checking, Error, message);
  assertEquals(stops(), 1);
});

Deno.test("checkServer() runs the cases of the limits that the server declares", async () => {
  const ids = async (limits: RunningServer["limits"]) => {
    const { start } = countingStops({ limits });
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
  const deviations = { "response/reason": "the reason", "response/date": "-" };
  const cases = Object.keys(deviations);
  const report = await checkServer(withoutReason(deviations), { cases });
  assertEquals(shown(report), [
    "deviation response/reason: the reason",
    "passed response/date: undefined",
  ]);
  assertEquals([report.passed, report.failed, report.deviations], [1, 0, 1]);
});

Deno.test("checkServer() reports a failure that was not declared, with what it expected", async () => {
  const cases = ["response/reason"];
  const report = await checkServer(withoutReason(), { cases });
  assertEquals(report.failed, 1);
  assertEquals(shown(report), [
    'failed response/reason: code and reason must be "404 Nothing Here", got "404 Not Found"',
  ]);
});

Deno.test("checkServer() runs the cases that a glob names, in their order, and reports each", async () => {
  const told: [CaseReport, number, number][] = [];
  const report = await checkServer(serve, {
    cases: ["write/*", "environ/*-patch", "response/status"],
    onCase: (...args) => void told.push(args),
  });
  const ids = SERVER_CASES.map(({ id }) => id).filter((id) =>
    /^(?:write\/.*|environ\/method-patch|response\/status)$/.test(id)
  );
  assertEquals(report.cases.map(({ id }) => id), ids);
  const steps = report.cases.map((one, index) => [one, index + 1, ids.length]);
  assertEquals<unknown>(told, steps);
});

Deno.test("checkServer() runs nothing if no case matches", async () => {
  const { start, stops } = countingStops();
  const report = await checkServer(start, { cases: ["no/*"] });
  assertEquals([report.cases, report.passed, stops()], [[], 0, 1]);
});

Deno.test("checkServer() records the bytes that were sent and received", async () => {
  const { cases } = await checkServer(serve, ONE);
  const exchanged = cases[0]?.exchanged ?? [];
  const directions = exchanged.map(({ direction }) => direction);
  assertEquals(directions, ["opened", "sent", "received", "closed"]);
  assertMatch(exchanged[1]?.data ?? "", /^GET \/ HTTP\/1\.1\r\nHost: /);
  assertMatch(exchanged[2]?.data ?? "", /^HTTP\/1\.1 200 OK\r\n[^]*world!\n$/);
  assertEquals(exchanged[2]?.size, exchanged[2]?.data.length);
});

Deno.test("checkServer() fails a case if the server is silent for too long", async () => {
  await using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = silent.addr;
  const options = { ...ONE, timeout: 1 };
  const report = await checkServer(() => ({ ...SERVER, port }), options);
  const message = "Waited too long for the server to send";
  assertEquals(shown(report), [`failed response/status: ${message}`]);
});

Deno.test("checkServer() reports a server that does not listen, and stops it", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  let stopped = 0;
  const start = () => ({ ...SERVER, port, stop: () => stopped++ });
  const message = `it must listen on 127.0.0.1:${port}, but`;
  await assertRejects(() => checkServer(start, ONE), TypeError, message);
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
  const [first = "", second] = shown(report);
  assertMatch(
    first,
    /^failed .*the validator found close\/called-twice, broken by the server: /,
  );
  assertEquals(second, "passed environ/method-post: undefined");
});

Deno.test("checkServer() can run twice at the same time", async () => {
  const options = { cases: ["environ/*", "close/*"], timeout: 10_000 };
  const check = async () => (await checkServer(serve, options)).failed;
  assertEquals(await Promise.all([check(), check()]), [0, 0]);
});
