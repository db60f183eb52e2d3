import { assert, assertEquals, assertMatch } from "@std/assert";
import { type AccessRecord, deliver } from "../../gateway/access_record.ts";
import { toBytes } from "../../wsgi/byte_string.ts";
import { StderrStream } from "../../wsgi/error_stream.ts";
import type { ServerOptions } from "../../server/types.ts";
import type { Application, HeaderTuple } from "../../wsgi/types.ts";
import { Program } from "../program.ts";
import { ask, within } from "../raw_client.ts";
import {
  answer,
  get,
  hello,
  listen,
  never,
  send,
  serve,
  type Serving,
  Waiting,
  WatchedBody,
} from "./serving.ts";

/** A server with records that a test can wait for. */
interface Logged extends Serving {
  /** Waits for the next record. */
  record(): Promise<AccessRecord>;
}

function serveLogged(app: Application, options = {}, start = serve): Logged {
  let write: (record: AccessRecord) => void;
  const stream = new ReadableStream<AccessRecord>({
    start: (controller) => void (write = (one) => controller.enqueue(one)),
  });
  const reader = stream.getReader();
  const serving = start(app, { log: (record) => write(record), ...options });
  const record = async (): Promise<AccessRecord> =>
    (await within(reader.read(), "a record")).value!;
  return { ...serving, record };
}

function* generate(): Generator<Uint8Array, void> {
  yield toBytes("abc");
  yield toBytes("de");
}

Deno.test("makeServer() passes its log a record of each request", async () => {
  const before = Date.now();
  await using serving = serveLogged(hello);
  await ask(
    serving,
    "PURGE /a%2Fb?c HTTP/1.1\r\nHost: h\r\nReferer: r\r\nUser-Agent: u\r\n\r\n",
  );
  const { time, duration, ...record } = await serving.record();
  assertEquals(record, {
    remoteAddress: "127.0.0.1",
    remoteUser: undefined,
    method: "PURGE",
    target: "/a%2Fb?c",
    protocol: "HTTP/1.1",
    status: 200,
    bytesSent: 5,
    clientLeft: false,
    referer: "r",
    userAgent: "u",
  });
  assert(time.getTime() >= before && time.getTime() <= Date.now());
  assert(duration >= 0 && duration < 15_000);
});

const written: Application = (_environ, startResponse) => {
  startResponse("200 OK", [])(toBytes("abc"));
  return [toBytes("d")];
};
const throwing: Application = () => {
  throw new Error("on purpose");
};

Deno.test.each<[string, string, Application, number, number]>([
  ["a generator", "GET", answer(generate, "201 Created"), 201, 5],
  ["write()", "GET", written, 200, 4],
  ["HEAD", "HEAD", hello, 200, 0],
  ["HEAD of a generator", "HEAD", answer(generate), 200, 0],
  ["no content", "GET", answer(generate, "204 No Content"), 204, 0],
  ["an application that throws", "GET", throwing, 500, 26],
  ["an empty array", "GET", answer(() => []), 200, 0],
])("makeServer() logs %s", async (_what, method, app, status, bytesSent) => {
  await using serving = serveLogged(app);
  await ask(serving, `${method} / HTTP/1.1\r\nHost: h\r\n\r\n`);
  const record = await serving.record();
  assertEquals([record.status, record.bytesSent], [status, bytesSent]);
  assertEquals(record.clientLeft, false);
});

Deno.test.each<[string, readonly HeaderTuple[], ServerOptions, RegExp]>([
  ["throws", [], {}, /^Error: on purpose$/],
  ["is too short", [["Content-Length", "9"]], {}, /^Error: Cannot complete/],
  ["is too slow", [], { requestTimeout: 30 }, /^RequestTimeout: /],
  ["is cut by shutdown()", [], { shutdownTimeout: 0 }, /^ServerStopped: /],
])(
  "makeServer() logs why a response whose body %s breaks off",
  async (...row) => {
    const [what, headers, options, expected] = row;
    async function* body(): AsyncGenerator<Uint8Array, void> {
      yield toBytes("abc");
      if (what === "throws") throw new Error("on purpose");
      if (what !== "is too short") await never();
    }
    const app = answer(body, "200 OK", headers);
    await using serving = serveLogged(app, options);
    using client = await send(serving);
    await client.head();
    if (what.includes("shutdown")) await serving.server.shutdown();
    const { status, bytesSent, clientLeft, failure } = await serving.record();
    assertEquals([status, bytesSent, clientLeft], [200, 3, false]);
    assertMatch(failure ?? "", expected);
  },
);

Deno.test.each([
  ["GET http://example.com.evil/x", "example.com"],
  ["GET http://example.com/x", ""],
  ["GET /x", ""],
  ["GET //evil/x?y", "example.com"],
  ["OPTIONS *", "h"],
  ["CONNECT h:1", "h:1"],
])(
  "makeServer() logs the target of %s with Host %j as it was sent",
  async (start, host) => {
    await using serving = serveLogged(hello);
    await ask(serving, `${start} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    const { method, target } = await serving.record();
    assertEquals(`${method} ${target}`, start);
  },
);

Deno.test("makeServer() logs the last value of REMOTE_USER", async () => {
  await using serving = serveLogged((environ, startResponse) => {
    environ.REMOTE_USER = "ada";
    environ.REQUEST_METHOD = "FORGED";
    environ.REQUEST_URI = "/forged";
    return hello(environ, startResponse);
  });
  await ask(serving, get("/"));
  const { remoteUser, method, target } = await serving.record();
  assertEquals([remoteUser, method, target], ["ada", "GET", "/"]);
});

Deno.test("makeServer() logs requests that it refuses", async () => {
  await using serving = serveLogged(hello, { maxRequestBodySize: 3 });
  const bad = "GET /a HTTP/1.1\r\nHost: a/evil?x#y\r\n\r\n";
  assertEquals((await ask(serving, bad)).head.status, 400);
  const first = await serving.record();
  assertEquals([first.status, first.target, first.bytesSent], [400, "/a", 16]);
  const large = "POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nabcd";
  assertEquals((await ask(serving, large)).head.status, 413);
  const second = await serving.record();
  assertEquals([second.status, second.target], [413, "/b"]);
});

Deno.test("makeServer() logs a request that waits when it shuts down", async () => {
  const waiting = new Waiting();
  await using serving = serveLogged(waiting.app, { maxInFlight: 1 });
  using _client = await send(serving, get("/running"));
  await waiting.called();
  using late = await send(serving, get("/late"));
  // A request that needs no place: once it is answered, the other one waits.
  assertEquals((await ask(serving, "bad\r\n\r\n")).head.status, 400);
  await serving.record();
  const stopped = serving.server.shutdown();
  assertEquals((await late.response()).head.status, 503);
  const { status, target, bytesSent } = await serving.record();
  assertEquals([status, target, bytesSent], [503, "/late", 24]);
  waiting.go();
  await stopped;
});

Deno.test.each([
  ["before the head", never, 0],
  ["in the body", new WatchedBody(() => new Uint8Array(1000)).app, 200],
])(
  "makeServer() logs once, and without an error, that a client has left %s",
  async (_, app, expected) => {
    const waiting = new Waiting(app);
    waiting.go();
    await using serving = serveLogged(waiting.app, { shutdownTimeout: 20 });
    using client = await send(serving);
    await waiting.called();
    if (expected === 200) await client.head();
    client.close();
    const { status, bytesSent, clientLeft } = await serving.record();
    assertEquals([status, clientLeft], [expected, true]);
    assertEquals([bytesSent > 0, bytesSent % 1000], [expected === 200, 0]);
    assertEquals(serving.log, []);
  },
);

Deno.test("deliver() reports a log that fails, and continues", async () => {
  const told: string[] = [];
  const errors = new StderrStream((text) => void told.push(text));
  const throws = (): never => {
    throw new RangeError("sync");
  };
  const rejects = () => Promise.reject(new RangeError("async"));
  for (const log of [throws, rejects]) deliver(log, {} as AccessRecord, errors);
  await Promise.resolve();
  assertEquals(told.map((text) => text.split("\n")[0]), [
    "The access log failed: RangeError: sync",
    "The access log failed: RangeError: async",
  ]);
});

Deno.test.each([
  [
    "{}",
    /^in \/a%0a\n127\.0\.0\.1 - - \[[^\]]+ \+0000\] "GET \/a%0a HTTP\/1\.1" 200 3\nin \/b\n127\..*\/b HTTP\/1\.1" 200 3\n$/,
  ],
  [
    "{ log: (r) => console.error(r.target) }",
    /^in \/a%0a\n\/a%0a\nin \/b\n\/b\n$/,
  ],
  ["{ log: false }", /^in \/a%0a\nin \/b\n$/],
])(
  "makeServer() with %s writes the lines of its log in order",
  async (options, expected) => {
    const module = import.meta.resolve("../../server/make_server.ts");
    await using program = new Program(
      "eval",
      `
      import { makeServer } from ${JSON.stringify(module)};
      const server = makeServer("127.0.0.1", 0, (environ, startResponse) => {
        console.error("in " + environ.REQUEST_URI);
        startResponse("200 OK", []);
        return [new Uint8Array(3)];
      }, ${options});
      console.log(server.port);
      server.handleRequest();
      await server.handleRequest();
      Deno.exit();
    `,
    );
    const port = Number(await program.firstLine());
    // Both in one piece: only their responses come between them.
    using _client = await send({ port }, get("/a%0a") + get("/b"));
    assertMatch((await program.outcome()).stderr, expected);
  },
);

Deno.test("makeServer() logs the request of a client that leaves while it waits", async () => {
  await using serving = serveLogged(hello, {}, listen);
  using client = await send(serving, get("/waits"));
  client.close();
  // It is in the queue, or has not yet arrived: both end with its record.
  const { target, status, clientLeft } = await serving.record();
  assertEquals([target, status, clientLeft], ["/waits", 0, true]);
});
