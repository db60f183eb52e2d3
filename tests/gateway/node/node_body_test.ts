import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { once } from "node:events";
import { NodeBody } from "../../../gateway/node/input.ts";
import type { NodeRequest } from "../../../gateway/node/node_http.ts";
import { RequestBodyError } from "../../../gateway/input/request_body_error.ts";
import { RawClient, within } from "../../raw_client.ts";
import { type Before, serveNode } from "./node_serving.ts";
import { answering } from "../recording_transport.ts";
import { get } from "../../server/serving.ts";

function post(body: string, target = "/"): string {
  return `POST ${target} HTTP/1.1\r\nHost: h\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

function postChunked(...chunks: string[]): string {
  const lines = chunks.map((chunk) =>
    `${chunk.length.toString(16)}\r\n${chunk}\r\n`
  );
  return `POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n${
    lines.join("")
  }0\r\n\r\n`;
}

/** Reads as many bytes as the path says, all of them for "/". */
const echo = answering(async (environ) => {
  const size = environ.PATH_INFO.slice(1);
  return [await environ["wsgi.input"].read(size === "" ? -1 : Number(size))];
}, []);

Deno.test("toNodeListener() sends 100 Continue as node:http does", async () => {
  await using serving = await serveNode(echo);
  using client = await RawClient.connect(serving);
  const [head, body] = post("body").split("\r\n\r\n");
  await client.send(`${head}\r\nExpect: 100-continue\r\n\r\n`);
  assertEquals((await client.head()).line, "HTTP/1.1 100 Continue");
  await client.send(body!);
  assertEquals((await client.response()).body, "body");
});

Deno.test("toNodeListener() goes on after a body that was not read, or not all", async () => {
  await using serving = await serveNode(echo);
  using client = await RawClient.connect(serving);
  const large = "x".repeat(1 << 20);
  const chunked = postChunked(large, large).replace("/", "/4");
  const requests = [
    post(large, "/0"),
    post(large, "/3"),
    chunked,
    post("last"),
  ];
  const bodies: string[] = [];
  for (const request of requests) {
    await client.send(request);
    bodies.push((await client.response()).body);
  }
  assertEquals(bodies, ["", "xxx", "xxxx", "last"]);
});

Deno.test("toNodeListener() refuses a Content-Length over the limit unread", async () => {
  let calls = 0;
  await using serving = await serveNode((environ, startResponse) => {
    calls++;
    return echo(environ, startResponse);
  }, { maxRequestBodySize: 4 });
  using client = await RawClient.connect(serving);
  await client.send(post("abcde"));
  const { head, body } = await client.response();
  assertEquals(head.line, "HTTP/1.1 413 Content Too Large");
  assertEquals(body, "413 Content Too Large\n");
  assertEquals(calls, 0);
  await client.send(post("abcd"));
  assertEquals((await client.response()).body, "abcd");
});

Deno.test("toNodeListener() answers HEAD with 413 without a page", async () => {
  await using serving = await serveNode(echo, { maxRequestBodySize: 4 });
  using client = await RawClient.connect(serving);
  await client.send(post("abcde").replace("POST", "HEAD") + get());
  assertEquals((await client.head()).status, 413);
  assertEquals((await client.head()).line, "HTTP/1.1 200 OK");
});

Deno.test("toNodeListener() counts a chunked body", async () => {
  await using serving = await serveNode(echo, { maxRequestBodySize: 4 });
  using client = await RawClient.connect(serving);
  await client.send(postChunked("ab", "cde"));
  assertEquals((await client.response()).head.status, 413);
  await client.send(post("next"));
  assertEquals((await client.response()).body, "next");
});

Deno.test.each([
  ["with a length", post("abcdef").slice(0, -3)],
  ["in chunks", postChunked("abc").slice(0, -5)],
  ["in the middle of a chunk", postChunked("abcdef").slice(0, -9)],
])("toNodeListener() rejects the reads of a body cut short %s", async (
  _how,
  request,
) => {
  const began = Promise.withResolvers<void>();
  const caught = Promise.withResolvers<unknown>();
  await using serving = await serveNode(async (environ, startResponse) => {
    const input = environ["wsgi.input"];
    await input.read(1);
    began.resolve();
    await input.read().then(caught.resolve, caught.resolve);
    startResponse("200 OK", []);
    return [];
  });
  using client = await RawClient.connect(serving);
  await client.send(request);
  await within(began.promise, "the first byte");
  client.close();
  const error = await within(caught.promise, "the end of the input");
  assert(error instanceof RequestBodyError);
  assertEquals(error.status, 400);
});

Deno.test("toNodeListener() rejects a read that begins after the client left", async () => {
  const called = Promise.withResolvers<void>();
  const caught = Promise.withResolvers<unknown>();
  await using serving = await serveNode(answering(async (environ) => {
    const left = Promise.withResolvers<void>();
    const signal = environ["wsgiref.signal"]!();
    signal.addEventListener("abort", () => left.resolve());
    called.resolve();
    await left.promise;
    environ["wsgi.input"].read().then(caught.resolve, caught.resolve);
    return [];
  }));
  using client = await RawClient.connect(serving);
  await client.send(post("abcdef").slice(0, -3));
  await within(called.promise, "the call of the application");
  client.close();
  const error = await within(caught.promise, "the end of the input");
  assert(error instanceof RequestBodyError);
});

Deno.test("toNodeListener() reads no further than the application", async () => {
  const called = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  await using serving = await serveNode(async (environ, startResponse) => {
    called.resolve();
    await goOn.promise;
    return echo(environ, startResponse);
  });
  using client = await RawClient.connect(serving);
  const size = 64 << 20;
  await client.send(
    `POST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: ${size}\r\n\r\n`,
  );
  await within(called.promise, "the call of the application");
  const part = new Uint8Array(1 << 20);
  let sent = 0;
  const sending = (async () => {
    for (; sent < size; sent += part.length) await client.send(part);
  })();
  // It is held back when no byte was taken during many turns.
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

Deno.test("NodeBody leaves no listener behind", async () => {
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
  assertEquals([...listeners.keys()], []);
  const reading = body.read();
  assertEquals(listeners.size, 4);
  listeners.get("data")?.(new Uint8Array(1));
  assertEquals(await reading, new Uint8Array(1));
  assertEquals([...listeners.keys()], []);
  const rest = body.read();
  body.cancel();
  assertEquals(await rest, undefined);
  assertEquals([...listeners.keys()], []);
});

Deno.test.each([
  ["with a length", post("Hello")],
  ["in chunks", postChunked("Hel", "lo")],
])("toNodeListener() gives a complete body %s whose client has left", async (
  _how,
  request,
) => {
  for (const leave of ["close", "closeWrite"] as const) {
    const called = Promise.withResolvers<void>();
    const seen = Promise.withResolvers<Uint8Array>();
    await using serving = await serveNode(answering(async (environ) => {
      const left = Promise.withResolvers<void>();
      const signal = environ["wsgiref.signal"]!();
      signal.addEventListener("abort", () => left.resolve());
      called.resolve();
      await left.promise;
      const reading = environ["wsgi.input"].read();
      await reading.then(seen.resolve, seen.reject);
      return [];
    }));
    using client = await RawClient.connect(serving);
    await client.send(request);
    await within(called.promise, "the call of the application");
    await client[leave]();
    const body = await within(seen.promise, "the body");
    assertEquals(new TextDecoder().decode(body), "Hello");
  }
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
])("toNodeListener() fails with 500 where %s before", async (
  _what,
  request,
  before,
  message,
) => {
  await using serving = await serveNode(echo, {}, {}, before);
  using client = await RawClient.connect(serving);
  await client.send(request);
  assertEquals((await client.response()).head.status, 500);
  assertStringIncludes(serving.log.join(""), message);
});

Deno.test.each<[string, Before]>([
  ["empty and read to its end", drain],
  ["put back", (request) =>
    new Promise((resolve) => {
      request.once("data", (chunk) => {
        request.pause().unshift(chunk);
        resolve();
      });
    })],
  ["paused", (request) => void request.pause()],
])("toNodeListener() reads a body that is %s", async (what, before) => {
  await using serving = await serveNode(echo, {}, {}, before);
  using client = await RawClient.connect(serving);
  const body = what.startsWith("empty") ? "" : "Hello";
  await client.send(post(body));
  assertEquals((await client.response()).body, body);
});
