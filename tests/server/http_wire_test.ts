// Bytes on the wire that the kit leaves to each server, and several requests on
// one connection. kit_test.ts has the rest.

import {
  assert,
  assertEquals,
  assertMatch,
  assertNotMatch,
  assertRejects,
} from "@std/assert";
import { RequestBodyError } from "../../gateway/input/request_body_error.ts";
import { toBytes } from "../../wsgi/byte_string.ts";
import type {
  Application,
  HeaderTuple,
  InputStream,
  ResponseBody,
} from "../../wsgi/types.ts";
import { ask } from "../raw_client.ts";
import {
  answer,
  echo,
  get,
  never,
  post,
  recorded,
  send,
  serve,
  untilNext,
} from "./serving.ts";

// Responses, byte by byte --------------------------------------------------------

const DATE = /Date: [A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} [\d:]{8} GMT\r\n/;
const LENGTH: HeaderTuple = ["Content-Length", "3"];

function* generate(breaksOff = false): Generator<Uint8Array, void> {
  yield toBytes("ab");
  if (breaksOff) throw new Error("on purpose");
  yield toBytes("c");
}

Deno.test.each<[string, readonly HeaderTuple[], () => ResponseBody, string]>([
  [
    "1.1",
    [["x-B", "2"], ["X-a", "\xe9"], ["x-B", "1"]],
    () => [toBytes("abc")],
    "x-B: 2\nX-a: \xe9\nx-B: 1\nContent-Length: 3\nDate: *\nConnection: close\n\nabc",
  ],
  [
    "1.1",
    [["Date", "then"]],
    () => generate(),
    "Date: then\nTransfer-Encoding: chunked\nConnection: close\n\n2\nab\n1\nc\n0\n\n",
  ],
  ["1.0", [], () => generate(), "Date: *\nConnection: close\n\nabc"],
])(
  "makeServer() answers HTTP/%s with the headers %j exactly as it was told",
  async (version, headers, body, expected) => {
    await using serving = serve(answer(body, "299 Caf\xe9 au lait", headers));
    const start = `${version}\r\nConnection: close\r\n`;
    using client = await send(serving, get().replace("1.1\r\n", start));
    const received = await client.rest();
    assertEquals(
      received.replace(DATE, "Date: *\r\n").replaceAll("\r\n", "\n"),
      `HTTP/1.1 299 Caf\xe9 au lait\n${expected}`,
    );
  },
);

Deno.test.each<[string, readonly HeaderTuple[], RegExp]>([
  ["1.1", [], /\r\n\r\n2\r\nab\r\n$/],
  ["1.1", [LENGTH], /\r\n\r\nab$/],
  ["1.0", [LENGTH], /\r\n\r\nab$/],
])(
  "makeServer() does not complete an HTTP/%s response that breaks off, with %j",
  async (version, headers, expected) => {
    const failing = answer(() => generate(true), "200 OK", headers);
    const { app, paths } = recorded(failing);
    await using serving = serve(app);
    const request = get("/1").replace("1.1", version) + get("/2");
    using client = await send(serving, request);
    assertMatch(await client.rest(), expected);
    assertEquals(paths, ["/1"]);
  },
);

Deno.test.each<[string, Application]>([
  ["that throws", () => {
    throw new Error("on purpose");
  }],
  ["with a bad header value", answer("", "200 OK", [["X-A", "a\rb"]])],
  [
    "with a header of the server",
    answer("", "200 OK", [["Connection", "close"]]),
  ],
])("makeServer() answers 500 for an application %s", async (_, app) => {
  await using serving = serve(untilNext(app));
  using client = await send(serving);
  const { head, body } = await client.response();
  assertEquals([head.status, body], [500, "500 Internal Server Error\n"]);
  assertEquals(
    head.headers.map(([name]) => name.toLowerCase()).toSorted(),
    ["content-length", "content-type", "date"],
  );
  assertEquals(serving.log.length, 1);
  // deno-lint-ignore no-control-regex -- they must not be there
  assertNotMatch(serving.log.join(""), /[\x00-\x08\x0b-\x1f\x7f]/);
  await client.send(get("/next"));
  assertEquals((await client.response()).body, "hello");
});

// Requests -----------------------------------------------------------------------

// SPEC: server-unread-body
Deno.test.each<[string, number, number, string | undefined]>([
  ["drops the rest of a short body", 0, 2, undefined],
  ["drops the rest of a body", 1, 2, undefined],
  ["closes the connection after a long body", 0, 30_000, "close"],
])(
  "makeServer() %s of which %d bytes were read",
  async (_, read, times, connection) => {
    const { app, paths } = recorded(answer(async (environ) => {
      if (read > 0) await environ["wsgi.input"].read(read);
      return [];
    }));
    await using serving = serve(app);
    const evil = get("/evil");
    using client = await send(serving, post(evil, evil.length * times));
    const { head } = await client.response();
    assertEquals(head.get("connection"), connection);
    await client.send(evil + get("/next"));
    if (connection === "close") assertEquals(await client.rest(), "");
    else await client.response();
    assertEquals(paths, connection === "close" ? ["/"] : ["/", "/next"]);
  },
);

// SPEC: server-bad-host, server-bad-length
Deno.test.each([
  ["POST /", "Host: h\r\nContent-Length: 1, 1"],
  ["GET /", 'Host: h\r\nContent-Type: a/b;c="d", e/f'],
  ["GET /a#b", "Host: h"],
])(
  "makeServer() answers 400 to %s with %j, and continues",
  async (start, headers) => {
    const { app, paths } = recorded();
    await using serving = serve(app);
    const bad = `${start} HTTP/1.1\r\n${headers}\r\n\r\n`;
    const { head } = await ask(serving, bad + get("/smuggled"));
    assertEquals([head.status, head.get("connection")], [400, "close"]);
    assertEquals((await ask(serving, get("/good"))).head.status, 200);
    assertEquals(paths, ["/good"]);
    assertMatch(
      serving.log.join(""),
      /^Refused a request from 127\.0\.0\.1 with 400: .+\n$/,
    );
  },
);

const CHUNKED =
  "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";

const KINDS: Readonly<Record<string, Application>> = {
  immediate: answer("unread"),
  late: async (environ, startResponse) => {
    await Promise.resolve();
    return answer("unread")(environ, startResponse);
  },
  streaming: answer(() => new Blob(["unread"]).stream()),
};

for (const [kind, app] of Object.entries(KINDS)) {
  Deno.test.each([["size", "1\r\na\r\nx\r\n"], ["end", "1\r\na\n"]])(
    `makeServer() closes the connection after a bad chunk %s that a ${kind} application left unread`,
    async (_, body) => {
      await using serving = serve(app);
      const request = `${CHUNKED}${body}${get("/smuggled")}`;
      using client = await send(serving, request);
      const { head, body: text, complete } = await client.response();
      assertEquals([head.status, text, complete], [200, "unread", true]);
      // Neither a second response nor one to bytes that look like a request.
      assertEquals(await client.rest(), "");
      assertEquals((await ask(serving, get())).head.status, 200);
      assertEquals(serving.log.length, 1);
      assertMatch(serving.log[0]!, /^Closed the connection to 127\.0\.0\.1: /);
    },
  );
}

// Expect -------------------------------------------------------------------------

const EXPECTING = post("", 3).replace("\r\n\r\n", "\r\nExpect: 100-continue$&");

// SPEC: server-expect, server-expect-old
Deno.test.each([
  ["/next", "1.1", "hello"],
  ["/", "1.0", "abc"],
])(
  "makeServer() sends no 100 for %s in HTTP/%s",
  async (target, version, expected) => {
    await using serving = serve(untilNext(echo));
    const head = EXPECTING.replace("/", target).replace("1.1", version);
    using client = await send(serving, head);
    if (version === "1.0") await client.send("abc");
    const { status, headers } = await client.head();
    assertEquals(status, 200);
    assertEquals(headers.at(-1), ["Connection", "close"]);
    assertEquals(await client.rest(), expected);
  },
);

// SPEC: server-expect
Deno.test("makeServer() sends 100 once for each body, and keeps the connection", async () => {
  let onRead: (() => void) | undefined;
  await using serving = serve(answer(async ({ "wsgi.input": input }) => {
    let count = 0;
    for (; (await input.read(1)).length > 0; count++) onRead?.();
    return [toBytes(String(count))];
  }));
  using client = await send(serving, "");
  for (let request = 0; request < 3; request++) {
    await client.send(EXPECTING);
    // By then the application is waiting.
    assertEquals((await client.head()).status, 100);
    for (const byte of "abc") {
      const { promise, resolve } = Promise.withResolvers<void>();
      onRead = resolve;
      await client.send(byte);
      // The application has this byte, and waits for the next one.
      await promise;
    }
    const { head, body } = await client.response();
    assertEquals([head.status, body], [200, "3"]);
    assertEquals(head.get("connection"), undefined);
  }
});

// Reads after the response belong to the next request ----------------------------

Deno.test.each([
  ["of known length", post("abc")],
  ["in chunks", `${CHUNKED}3\r\nabc\r\n0\r\n\r\n`],
])(
  "wsgi.input first read after the response takes nothing from the next request, after a body %s",
  async (_, request) => {
    const inputs: InputStream[] = [];
    await using serving = serve(answer(async ({ "wsgi.input": input }) => {
      if (inputs.push(input) === 1) return [toBytes("first")];
      await assertRejects(() => inputs[0]!.read(), RequestBodyError);
      return [await input.read()];
    }));
    using client = await send(serving, request);
    assertEquals((await client.response()).body, "first");
    await client.send(post("second"));
    assertEquals((await client.response()).body, "second");
    assertEquals([inputs.length, serving.log], [2, []]);
  },
);

Deno.test("wsgi.input takes nothing from other requests when it is read between them", async () => {
  const inputs: InputStream[] = [];
  await using serving = serve(answer((environ) => {
    inputs.push(environ["wsgi.input"]);
    return [toBytes(environ.PATH_INFO)];
  }));
  using client = await send(serving, post("abc"));
  assertEquals((await client.response()).body, "/");
  // A read that waits when the next request comes.
  const late = assertRejects(async () => {
    await inputs[0]?.read();
  }, RequestBodyError);
  await client.send(get("/next"));
  assertEquals((await client.response()).body, "/next");
  await late;
});

Deno.test("read() that is pending at the deadline takes nothing from the next request", async () => {
  const outcome = Promise.withResolvers<unknown>();
  const app = untilNext((environ) => {
    environ["wsgi.input"].read().then(outcome.resolve, outcome.resolve);
    return never();
  }, echo);
  await using serving = serve(app, { requestTimeout: 30 });
  using client = await send(serving, post("abc", 6));
  const { head } = await client.response();
  assertEquals([head.status, head.get("connection")], [503, undefined]);
  assert(await outcome.promise instanceof RequestBodyError);
  await client.send(`def${post("second").replace("/", "/next")}`);
  assertEquals((await client.response()).body, "second");
});
