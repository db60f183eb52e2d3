/** Exercises over a raw socket: streaming, and clients that leave. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { RawClient } from "../../../conformance/raw_client.ts";
import type { Exercise } from "../../../tools/matrix/part.ts";
import { happenings } from "./live.ts";

/** The size of a read of `wsgi.input`. */
const BLOCK = "b".repeat(65_536);

/** Connects and sends a request without a body. */
async function send({ port }: URL, request: string): Promise<RawClient> {
  const client = await RawClient.connect({ port: Number(port) });
  await client.send(`${request} HTTP/1.1\r\nHost: h\r\n\r\n`);
  return client;
}

async function upload(url: URL): Promise<void> {
  const line = "PUT /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n";
  using client = await RawClient.connect({ port: Number(url.port) });
  await client.send(`${line}Host: h\r\n\r\n10000\r\n${BLOCK}\r\n`);
  assertEquals((await client.head()).status, 200);
  // It arrives before the request ends.
  let echo = "";
  while (echo.length < BLOCK.length) {
    const chunk = await client.chunk();
    assert(chunk, "The response has ended before the request");
    echo += chunk;
  }
  assert(echo === BLOCK, "Other bytes came back");
  await client.send("3\r\nend\r\n0\r\n\r\n");
  assertEquals(await client.chunks(), { body: "end", complete: true });
}

/** Reads the first part before the second is sent. */
async function readParts(
  url: URL,
  target: string,
): Promise<{ type: string | undefined; first: string; rest: string }> {
  const id = crypto.randomUUID();
  using client = await send(url, `GET /${target}/${id}`);
  const head = await client.head();
  assertEquals(head.status, 200);
  assertEquals(head.get("transfer-encoding"), "chunked");
  const first = await client.chunk() ?? "";
  happenings.happen(`${id}-open`);
  const { body, complete } = await client.chunks();
  assert(complete);
  return { type: head.get("content-type"), first, rest: body };
}

async function stream(url: URL): Promise<void> {
  const { first, rest } = await readParts(url, "parts");
  assertEquals([first, rest], ["first\n", "second\n"]);
}

async function events(url: URL): Promise<void> {
  const { type = "", first, rest } = await readParts(url, "events");
  assertStringIncludes(type, "text/event-stream");
  assertEquals([first, rest], ["data: first\n\n", "data: second\n\n"]);
}

async function head(url: URL): Promise<void> {
  using client = await send(url, "HEAD /hello/Ada");
  const { head, body } = await client.response("HEAD");
  assertEquals([head.status, body], [200, ""]);
  // Hono and h3 drop the body themselves, so its length is unknown.
  const length = head.get("content-length");
  assert([undefined, "11"].includes(length), `Content-Length is ${length}`);
  // A body would precede the next response.
  await client.send("GET /hello/Ada HTTP/1.1\r\nHost: h\r\n\r\n");
  assertEquals((await client.response()).body, "Hello Ada!\n");
}

async function leaveWaiting(url: URL): Promise<void> {
  const id = crypto.randomUUID();
  using client = await send(url, `GET /wait/${id}`);
  await happenings.soon(`${id}-began`);
  client.close();
  await happenings.soon(`${id}-left`);
}

async function leaveStream(url: URL): Promise<void> {
  const id = crypto.randomUUID();
  using client = await send(url, `GET /endless/${id}`);
  await client.head();
  await client.skip(BLOCK.length);
  client.close();
  await happenings.soon(`${id}-left`);
}

/** The exercises of every framework over a raw socket. */
export const LIVE_EXERCISES: readonly Exercise[] = [
  { name: "upload, echoed while it arrives", run: upload },
  { name: "streamed response", run: stream },
  { name: "server-sent events", run: events },
  { name: "HEAD", run: head },
  { name: "client leaves a waiting handler", run: leaveWaiting },
  { name: "client leaves a stream", run: leaveStream },
];
