/** Exercises over a raw socket: streaming, and clients that leave. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { RawClient } from "../../../conformance/raw_client.ts";
import { within } from "../../../conformance/expect.ts";
import type { Exercise } from "../../../tools/matrix/part.ts";
import { askOf } from "./visit.ts";

/** The size of a read of `wsgi.input`. */
const BLOCK = "b".repeat(65_536);

function connect({ port }: URL): Promise<RawClient> {
  return RawClient.connect({ port: Number(port) });
}

async function send(client: RawClient, request: string): Promise<void> {
  await client.send(`${request} HTTP/1.1\r\nHost: h\r\n\r\n`);
}

/** Waits for an event in the application. */
async function happened(url: URL, what: string): Promise<void> {
  const answer = askOf(url)(`GET happened/${what}`);
  assertEquals((await within(answer, what)).text, "yes\n");
}

async function upload(url: URL): Promise<void> {
  using client = await connect(url);
  await client.send(
    "PUT /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n",
  );
  await client.send(`10000\r\n${BLOCK}\r\n`);
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
  using client = await connect(url);
  await send(client, `GET /${target}/${id}`);
  const head = await client.head();
  assertEquals(head.status, 200);
  assertEquals(head.get("transfer-encoding"), "chunked");
  const first = await client.chunk() ?? "";
  await askOf(url)(`POST happen/${id}-open`);
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
  using client = await connect(url);
  await send(client, "HEAD /hello/Ada");
  const { head, body } = await client.response("HEAD");
  assertEquals([head.status, body], [200, ""]);
  // Hono and h3 drop the body themselves, so its length is unknown.
  const length = head.get("content-length");
  assert([undefined, "11"].includes(length), `Content-Length is ${length}`);
  // A body would precede the next response.
  await send(client, "GET /hello/Ada");
  assertEquals((await client.response()).body, "Hello Ada!\n");
}

async function leaveWaiting(url: URL): Promise<void> {
  const id = crypto.randomUUID();
  using client = await connect(url);
  await send(client, `GET /wait/${id}`);
  await happened(url, `${id}-began`);
  client.close();
  await happened(url, `${id}-left`);
}

async function leaveStream(url: URL): Promise<void> {
  const id = crypto.randomUUID();
  using client = await connect(url);
  await send(client, `GET /endless/${id}`);
  await client.head();
  await client.skip(BLOCK.length);
  client.close();
  await happened(url, `${id}-left`);
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
