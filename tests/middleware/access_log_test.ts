import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import type { AccessRecord } from "../../gateway/access_record.ts";
import { fromBytes, toBytes } from "../../wsgi/byte_string.ts";
import type { Application, Environ, ResponseBody } from "../../wsgi/types.ts";
import { accessLog } from "../../middleware/access_log.ts";
import { setupTestingDefaults } from "../../mod.ts";
import { RawClient, within } from "../raw_client.ts";
import { get, serve } from "../server/serving.ts";
import { answering, fail, PLAIN } from "../gateway/recording_transport.ts";
import { testEnviron } from "../gateway/recording_transport.ts";
import { between, failing, generate, generateAsync } from "./between.ts";

/** A server that never sends anything. */
const start = () => () => Promise.resolve();

function environFor(more: Partial<Environ> = {}): Environ {
  return setupTestingDefaults({ REMOTE_ADDR: "192.0.2.1", ...more });
}

/** A log, and its lines as `202 4 false`: status, bytes, if the client left. */
class Log {
  readonly records: AccessRecord[] = [];
  readonly log = (record: AccessRecord): void => void this.records.push(record);

  get lines(): string[] {
    return this.records.map(({ status, bytesSent, clientLeft }) =>
      `${status} ${bytesSent} ${clientLeft}`
    );
  }
}

/** Calls an application, iterates its body and closes it, as a server does. */
const drain = async (app: Application, more: Partial<Environ> = {}) => {
  const body = await app(environFor(more), start);
  const chunks = await Array.fromAsync(body);
  await body.close?.();
  return chunks.map(fromBytes);
};

const array = () => ["abc", "", "d"].map(toBytes);

Deno.test.each<[string, () => ResponseBody | Promise<ResponseBody>]>([
  ["an array", array],
  ["a promise of an array", () => Promise.resolve(array())],
  ["a generator", () => generate("abc", "", "d")],
  ["an async generator", () => generateAsync("abc", "", "d")],
])("accessLog() passes on %s chunk by chunk", async (_what, makeBody) => {
  const log = new Log();
  const inner: Application = answering(makeBody, PLAIN, "202 Accepted");
  assertEquals(await drain(between(accessLog(log), inner)), ["abc", "", "d"]);
  assertEquals(log.lines, ["202 4 false"]);
});

Deno.test.each<[string, string, Partial<Environ>, boolean]>([
  ["an array that is too short", "9", {}, true],
  ["a short body", "5", { QUERY_STRING: "generator" }, true],
  ["a body of the announced length", "4", {}, false],
  ["no body", "9", { REQUEST_METHOD: "HEAD" }, false],
  ["a tunnel", "9", { REQUEST_METHOD: "CONNECT" }, false],
])("accessLog() logs the failure of %s", async (_what, length, more, fails) => {
  const log = new Log();
  const app: Application = ({ QUERY_STRING }, startResponse) => {
    startResponse("200 OK", [["content-length", length]]);
    return QUERY_STRING === "" ? array() : generate("abc", "d");
  };
  await drain(accessLog(log)(app), more);
  const failure = fails &&
    `Error: the body has 4 bytes, its Content-Length is ${length}`;
  assertEquals(log.records.map(({ failure = false }) => failure), [failure]);
  const sent = more.REQUEST_METHOD === undefined ? 4 : 0;
  assertEquals(log.lines, [`200 ${sent} false`]);
});

Deno.test("accessLog() logs a body that the server does not send", async () => {
  const log = new Log();
  await drain(accessLog(log)(array));
  const { signal } = new AbortController();
  const environ = environFor({ "wsgiref.signal": () => signal });
  const app: Application = answering(() => generate("abc", "d"));
  const body = await accessLog(log)(app)(environ, start);
  (body as Generator<Uint8Array>)[Symbol.iterator]().next();
  await body.close?.();
  assertEquals(log.lines, ["500 0 false", "200 3 false"]);
  const failure = "Error: the server did not send the whole body";
  assertEquals(log.records.map(({ failure }) => failure), [undefined, failure]);
});

Deno.test("accessLog() keeps arrays, and keeps sync bodies sync", () => {
  const array = [toBytes("x")];
  const wrap = (body: ResponseBody): unknown =>
    accessLog({ log: () => {} })(answering(() => body))(environFor(), start);
  assert(wrap(array) === array);
  const sync = wrap(generate("x")) as object;
  assert(!(Symbol.asyncIterator in sync));
  assertEquals([...sync as Iterable<Uint8Array>], array);
});

Deno.test("accessLog() counts the bytes of write()", async () => {
  const log = new Log();
  // Not validated: the validator advises against write().
  const app = accessLog(log)(async (_environ, startResponse) => {
    await startResponse("200 OK", PLAIN)(toBytes("abc"));
    return [toBytes("d")];
  });
  const written: number[] = [];
  const body = await app(environFor(), () => (chunk) => {
    written.push(chunk.length);
    return Promise.resolve();
  });
  for await (const _ of body);
  await body.close?.();
  assertEquals([log.lines, written], [["200 4 false"], [3]]);
});

Deno.test("accessLog() closes the body once, after return()", async () => {
  const events: string[] = [];
  const log = new Log();
  const chunks = function* (): Generator<Uint8Array, void> {
    try {
      yield* generate("a", "b");
    } finally {
      events.push("finally");
    }
  };
  const close = () => void events.push("close");
  const app = answering(() => Object.assign(chunks(), { close }));
  const body = await between(accessLog(log), app)(environFor(), start);
  const iterator = (body as Generator<Uint8Array>)[Symbol.iterator]();
  iterator.next();
  iterator.return?.(undefined);
  await body.close?.();
  assertEquals(events, ["finally", "close"]);
  assertEquals(log.lines.length, 1);
});

Deno.test("accessLog() passes on excInfo and errors of startResponse", () => {
  const calls: unknown[][] = [];
  const reason = new Error("on purpose");
  const app = accessLog({ log: () => {} })((_environ, startResponse) => {
    startResponse("200 OK", PLAIN);
    try {
      startResponse("500 Oops", PLAIN, reason);
    } catch (error) {
      assert(error === reason);
    }
    return [];
  });
  app(environFor(), (...args) => {
    calls.push(args);
    if (args.length === 3) throw args[2];
    return () => Promise.resolve();
  });
  assertEquals(calls, [["200 OK", PLAIN], ["500 Oops", PLAIN, reason]]);
});

Deno.test.each<[string, Application]>([
  ["throws", () => fail()],
  ["rejects", () => Promise.try(fail)],
  ["throws before its first chunk", answering(() => failing(fail))],
  [
    "returns an async body that rejects",
    answering(() => ({
      [Symbol.asyncIterator]: () => ({ next: () => Promise.try(fail) }),
    })),
  ],
])("accessLog() logs a 500 when the application %s", async (_what, app) => {
  const log = new Log();
  const drained = () => drain(accessLog(log)(app));
  await assertRejects(drained, Error, "on purpose");
  assertEquals(log.lines, ["500 0 false"]);
});

Deno.test("accessLog() logs the original request", async () => {
  const log = new Log();
  const app = answering((environ) => {
    environ.REQUEST_METHOD = "FORGED";
    environ.REMOTE_USER = "ada";
    return [];
  });
  const more = { PATH_INFO: "/a", QUERY_STRING: "b", HTTP_REFERER: "r" };
  await drain(accessLog(log)(app), more);
  const { method, target, remoteAddress, remoteUser, referer } = log
    .records[0]!;
  assertEquals(
    [method, target, remoteAddress, remoteUser, referer],
    ["GET", "/a?b", "192.0.2.1", "ada", "r"],
  );
});

Deno.test.each(
  [["common", / 200 -\n$/], ["combined", / 200 - "-" "u\\x0a"\n$/]] as const,
)("accessLog() writes the format %s to wsgi.errors", async (format, end) => {
  const { environ, written } = testEnviron({ HTTP_USER_AGENT: "u\n" });
  await drain(accessLog({ format })(answering(() => [])), environ);
  assertEquals(written.map((line) => end.test(line)), [true]);
});

Deno.test("accessLog() still responds when its log fails", async () => {
  const { environ, written } = testEnviron();
  const app = accessLog({ log: () => fail() })(answering(() => []));
  assertEquals([await drain(app, environ), written.length], [[], 1]);
});

Deno.test.each<[object, string]>([
  [{ log: 1 }, "log must be a function, got 1"],
  [{ format: "short" }, 'format must be "common" or "combined", got "short"'],
])("accessLog() rejects the options %j", (options, message) => {
  const start = "Cannot make the access log: ";
  assertThrows(() => accessLog(options), TypeError, start + message);
});

Deno.test("accessLog() on a server reports a client that has left", async () => {
  const left = Promise.withResolvers<AccessRecord>();
  const forever = function* (): Generator<Uint8Array, void> {
    for (;;) yield new Uint8Array(1000);
  };
  const app = accessLog({ log: left.resolve })(answering(forever));
  await using serving = serve(app);
  using client = await RawClient.connect(serving);
  await client.send(get());
  await client.head();
  client.close();
  const { status, clientLeft } = await within(left.promise, "the record");
  assertEquals([status, clientLeft], [200, true]);
});
