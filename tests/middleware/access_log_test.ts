import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import type { AccessRecord } from "../../gateway/access_record.ts";
import { toBytes } from "../../wsgi/byte_string.ts";
import { StderrStream } from "../../wsgi/error_stream.ts";
import type { Application, Environ, ResponseBody } from "../../wsgi/types.ts";
import { accessLog } from "../../middleware/access_log.ts";
import { setupTestingDefaults } from "../../mod.ts";
import { RawClient, within } from "../raw_client.ts";
import { get, serve } from "../server/serving.ts";
import {
  answering,
  between,
  failing,
  generate,
  generateAsync,
  TEXT,
} from "./between.ts";

/** The middleware between validators. */
function logged(app: Application, records: AccessRecord[]): Application {
  return between(accessLog({ log: (record) => records.push(record) }), app);
}

/** A server that never sends anything. */
const start = () => () => Promise.resolve();

function environFor(more: Partial<Environ> = {}): Environ {
  return setupTestingDefaults({ REMOTE_ADDR: "192.0.2.1", ...more });
}

/** Iterates a body and closes it, as a server does. */
async function drain(body: ResponseBody): Promise<string[]> {
  const decoder = new TextDecoder();
  const chunks: string[] = [];
  for await (const chunk of body) chunks.push(decoder.decode(chunk));
  await body.close?.();
  return chunks;
}

Deno.test.each<[string, () => ResponseBody | Promise<ResponseBody>]>([
  ["an array", () => [toBytes("abc"), toBytes(""), toBytes("d")]],
  [
    "a promise of an array",
    () => Promise.resolve([toBytes("abc"), toBytes(""), toBytes("d")]),
  ],
  ["a generator", () => generate("abc", "", "d")],
  ["an async generator", () => generateAsync("abc", "", "d")],
])("accessLog() hands on %s chunk for chunk", async (_what, makeBody) => {
  const records: AccessRecord[] = [];
  const app = logged(answering(makeBody, "202 Accepted"), records);
  const chunks = await drain(await app(environFor(), start));
  assertEquals(chunks, ["abc", "", "d"]);
  const summary = records.map(({ status, bytesSent, clientLeft }) => [
    status,
    bytesSent,
    clientLeft,
  ]);
  assertEquals(summary, [[202, 4, false]]);
});

Deno.test("accessLog() leaves arrays alone, and sync bodies sync", () => {
  const array = [toBytes("x")];
  const wrap = (body: ResponseBody): unknown =>
    accessLog({ log: () => {} })(answering(() => body))(environFor(), start);
  assertStrictEquals(wrap(array), array);
  const sync = wrap(generate("x")) as object;
  assertEquals(
    [Symbol.iterator in sync, Symbol.asyncIterator in sync],
    [true, false],
  );
  const { value } = (sync as Iterable<Uint8Array>)[Symbol.iterator]().next();
  assertEquals(value, toBytes("x"));
});

Deno.test("accessLog() counts what is written", async () => {
  const records: AccessRecord[] = [];
  // Not validated: the validator advises against write().
  const app = accessLog({ log: (record) => records.push(record) })(
    async (_environ, startResponse) => {
      await startResponse("200 OK", TEXT)(toBytes("abc"));
      return [toBytes("d")];
    },
  );
  const written: number[] = [];
  await drain(
    await app(environFor(), () => (chunk) => {
      written.push(chunk.length);
      return Promise.resolve();
    }),
  );
  assertEquals([records[0]?.bytesSent, written], [4, [3]]);
});

Deno.test("accessLog() closes the body once, after return()", async () => {
  const events: string[] = [];
  const records: AccessRecord[] = [];
  const app = logged(
    answering(() => {
      const body = (function* (): Generator<Uint8Array, void> {
        try {
          yield toBytes("a");
          yield toBytes("b");
        } finally {
          events.push("finally");
        }
      })();
      return Object.assign(body, { close: () => void events.push("close") });
    }),
    records,
  );
  const body = await app(environFor(), start) as Iterable<Uint8Array> & {
    close(): unknown;
  };
  const iterator = body[Symbol.iterator]();
  iterator.next();
  iterator.return?.();
  await body.close();
  assertEquals(events, ["finally", "close"]);
  assertEquals(records.length, 1);
});

Deno.test("accessLog() hands on excInfo, and what startResponse throws", () => {
  const calls: unknown[][] = [];
  const reason = new Error("on purpose");
  const app = accessLog({ log: () => {} })((_environ, startResponse) => {
    startResponse("200 OK", TEXT);
    try {
      startResponse("500 Oops", TEXT, reason);
    } catch (error) {
      assertStrictEquals(error, reason);
    }
    return [];
  });
  app(environFor(), (...args) => {
    calls.push(args);
    if (args.length === 3) throw args[2];
    return () => Promise.resolve();
  });
  assertEquals(calls, [["200 OK", TEXT], ["500 Oops", TEXT, reason]]);
});

function fail(): never {
  throw new RangeError("on purpose");
}

Deno.test.each<[string, Application]>([
  ["throws", fail],
  ["rejects", () => Promise.reject(new RangeError("on purpose"))],
  ["throws before its first chunk", answering(() => failing(fail))],
  [
    "returns an async body that rejects",
    answering(() => ({
      [Symbol.asyncIterator]: () => ({ next: () => Promise.try(fail) }),
    })),
  ],
])("accessLog() logs a 500 when the application %s", async (_what, app) => {
  const records: AccessRecord[] = [];
  let caught: unknown;
  try {
    await drain(
      await accessLog({ log: (record) => records.push(record) })(app)(
        environFor(),
        start,
      ),
    );
  } catch (error) {
    caught = error;
  }
  assertEquals((caught as Error).name, "RangeError");
  assertEquals(records.map(({ status, bytesSent }) => [status, bytesSent]), [
    [500, 0],
  ]);
});

Deno.test("accessLog() counts nothing in answer to HEAD", async () => {
  const records: AccessRecord[] = [];
  const app = logged((_environ, startResponse) => {
    startResponse("200 OK", [...TEXT, ["Content-Length", "4"]]);
    return [];
  }, records);
  await drain(await app(environFor({ REQUEST_METHOD: "HEAD" }), start));
  assertEquals(
    records.map(({ method, status, bytesSent }) => [method, status, bytesSent]),
    [["HEAD", 200, 0]],
  );
});

Deno.test("accessLog() logs the request as it came", () => {
  const records: AccessRecord[] = [];
  accessLog({ log: (record) => records.push(record) })(
    (environ, startResponse) => {
      environ.REQUEST_METHOD = "FORGED";
      environ.REMOTE_USER = "ada";
      startResponse("200 OK", TEXT);
      return [];
    },
  )(
    environFor({ PATH_INFO: "/a", QUERY_STRING: "b", HTTP_REFERER: "r" }),
    start,
  );
  const [{ method, target, remoteAddress, remoteUser, referer }] = records as [
    AccessRecord,
  ];
  assertEquals(
    [method, target, remoteAddress, remoteUser, referer],
    ["GET", "/a?b", "192.0.2.1", "ada", "r"],
  );
});

Deno.test.each(
  [["common", / 200 -\n$/], ["combined", / 200 - "-" "u\\x0a"\n$/]] as const,
)("accessLog() writes the format %s to wsgi.errors", (format, end) => {
  const lines: string[] = [];
  const errors = new StderrStream((text) => void lines.push(text));
  accessLog({ format })(answering(() => []))(
    environFor({ "wsgi.errors": errors, HTTP_USER_AGENT: "u\n" }),
    start,
  );
  assertEquals(lines.map((line) => end.test(line)), [true]);
});

Deno.test("accessLog() answers on when its log fails", () => {
  const lines: string[] = [];
  const errors = new StderrStream((text) => void lines.push(text));
  const log = () => {
    throw new Error("full");
  };
  const body = accessLog({ log })(answering(() => []))(
    environFor({ "wsgi.errors": errors }),
    start,
  );
  assertEquals([body, lines.length], [[], 1]);
});

Deno.test("accessLog() refuses options that are none", () => {
  assertThrows(
    () => accessLog({ log: 1 as unknown as () => void }),
    TypeError,
    "Cannot make the access log: log must be a function, got 1",
  );
  assertThrows(
    () => accessLog({ format: "short" as "common" }),
    TypeError,
    'Cannot make the access log: format must be "common" or "combined", got "short"',
  );
});

Deno.test("accessLog() says that a client has left, on a server", async () => {
  const left = Promise.withResolvers<AccessRecord>();
  const app = accessLog({ log: left.resolve })(
    answering(function* (): Generator<Uint8Array, void> {
      for (;;) yield toBytes("x".repeat(1000));
    }),
  );
  await using serving = serve(app);
  using client = await RawClient.connect(serving);
  await client.send(get());
  await client.head();
  client.close();
  const { status, clientLeft } = await within(left.promise, "the record");
  assertEquals([status, clientLeft], [200, true]);
});
