import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { once } from "node:events";
import { NodeBody } from "../../../gateway/node/input.ts";
import type { NodeRequest } from "../../../gateway/node/node_http.ts";
import { RawClient, within } from "../../raw_client.ts";
import { type Before, serveNode } from "./node_serving.ts";
import { answering } from "../recording_transport.ts";
import { send } from "../../server/serving.ts";

function post(body: string, target = "/", length = body.length): string {
  return `POST ${target} HTTP/1.1\r\nHost: h\r\nContent-Length: ${length}\r\n\r\n${body}`;
}

function postChunked(...chunks: string[]): string {
  const body = [...chunks, ""]
    .map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join("");
  return `POST /4 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n${body}`;
}

/** Reads as many bytes as the path says, all of them for "/". */
const echo = answering(async (environ) => {
  const size = environ.PATH_INFO.slice(1);
  return [await environ["wsgi.input"].read(size === "" ? -1 : Number(size))];
}, []);

Deno.test("toNodeListener() answers a body over the limit with 413, and goes on", async () => {
  const called: unknown[] = [];
  await using serving = await serveNode((environ, startResponse) => {
    called.push(environ.CONTENT_LENGTH);
    return echo(environ, startResponse);
  }, { maxRequestBodySize: 4 });
  using client = await RawClient.connect(serving);
  const chunked = postChunked("ab", "cde").replace("/4", "/");
  for (const request of [post("abcde"), chunked]) {
    await client.send(request);
    const { head, body } = await client.response();
    assertEquals(head.line, "HTTP/1.1 413 Content Too Large");
    assertEquals(body, "413 Content Too Large\n");
    await client.send(post("abcd"));
    assertEquals((await client.response()).body, "abcd");
  }
  // Content-Length is rejected without a call.
  assertEquals(called, ["4", undefined, "4"]);
  await client.send(post("abcde").replace("POST", "HEAD") + post("next"));
  assertEquals((await client.head()).status, 413);
  assertEquals((await client.head()).line, "HTTP/1.1 200 OK");
});

Deno.test("toNodeListener() reads no more than the application", async () => {
  const called = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  await using serving = await serveNode(async (environ, startResponse) => {
    called.resolve();
    await goOn.promise;
    return echo(environ, startResponse);
  });
  using client = await RawClient.connect(serving);
  const size = 64 << 20;
  await client.send(post("", "/2", size));
  await within(called.promise, "the call to the application");
  const part = new Uint8Array(1 << 20);
  let sent = 0;
  const sending = (async () => {
    for (; sent < size; sent += part.length) await client.send(part);
  })();
  // It counts as held back if no byte was accepted during many turns.
  for (let before = -1, turns = 0; turns < 200; turns++) {
    if (before !== sent) turns = 0;
    before = sent;
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  assert(sent < size, `${sent} bytes`);
  goOn.resolve();
  assertEquals((await client.response()).body, "\0\0");
  await sending;
  assertEquals(sent, size);
});

Deno.test("NodeBody removes its listeners", async () => {
  const listeners = new Map<string, (value?: unknown) => void>();
  const request = {
    complete: true,
    destroyed: false,
    readableEnded: false,
    on: (event: string, listener: () => void) => listeners.set(event, listener),
    off: (event: string) => listeners.delete(event),
    pause: () => {},
    resume: () => {},
  } as unknown as NodeRequest;
  const body = new NodeBody(request, {});
  assertEquals(listeners.size, 0);
  const reading = body.read();
  assertEquals(listeners.size, 4);
  listeners.get("data")?.(new Uint8Array(1));
  assertEquals(await reading, new Uint8Array(1));
  assertEquals(listeners.size, 0);
  const rest = body.read();
  body.cancel();
  assertEquals([await rest, listeners.size], [undefined, 0]);
});

const drain: Before = async (request) => {
  await once(request.resume(), "end");
};

Deno.test.each<[string, string, Before, string]>([
  ["its body was read", post("Hello"), drain, "it was read before."],
  ["its chunks were read", postChunked("Hello"), drain, "it was read before."],
  ["a parser has its body", post("Hello"), async (request, response) => {
    await drain(request, response);
    Object.assign(request, { body: {} });
  }, "by the code that set req.body, such as express.json()"],
  ["a part was read", post("Hello"), async (request) => {
    await once(request, "readable");
    request.read(2);
  }, "it was read before."],
  ["its bytes are text", post("Hello"), (request) => {
    request.setEncoding("utf8");
  }, 'req.setEncoding("utf8") was called'],
])(
  "toNodeListener() answers 500 if %s before",
  async (_what, request, before, message) => {
    await using serving = await serveNode(echo, {}, {}, before);
    using client = await send(serving, request);
    assertEquals((await client.response()).head.status, 500);
    assertStringIncludes(serving.log.join(""), message);
  },
);

Deno.test.each<[string, string, Before]>([
  ["empty and read to its end", "", drain],
  ["put back", "Hello", (request) =>
    new Promise((resolve) => {
      request.once("data", (chunk) => {
        request.pause().unshift(chunk);
        resolve();
      });
    })],
  ["paused", "Hello", (request) => void request.pause()],
])("toNodeListener() reads a body that is %s", async (_what, body, before) => {
  await using serving = await serveNode(echo, {}, {}, before);
  using client = await send(serving, post(body));
  assertEquals((await client.response()).body, body);
});
