import {
  assert,
  assertEquals,
  assertFalse,
  assertStringIncludes,
} from "@std/assert";
import { RawClient } from "../../raw_client.ts";
import { answering } from "../recording_transport.ts";
import { get, send } from "../../server/serving.ts";
import { serveNode } from "./node_serving.ts";
import { REFUSED, REFUSED_BY_LLHTTP } from "./refused_requests.ts";

/** A request that would be smuggled in if the connection stayed open. */
const NEXT = get("/next");

Deno.test.each([...REFUSED, ...REFUSED_BY_LLHTTP])(
  "toNodeListener() answers %s with %i and nothing after it",
  async (_what, status, request) => {
    const called: string[] = [];
    await using serving = await serveNode(
      answering((environ) => (called.push(environ.PATH_INFO), [])),
      {},
      // Otherwise node:http rejects a request without Host, and serves the next.
      { requireHostHeader: false },
    );
    using client = await send(serving, request);
    const { head } = await client.response();
    assertEquals([head.status, head.get("connection")], [status, "close"]);
    assertEquals(await client.rest(), "");
    // If the next request is also malformed, node:http answers.
    using other = await send(serving, request + NEXT);
    assert((await other.head()).status >= 400);
    assertFalse((await other.rest()).includes("HTTP/1.1"));
    assertEquals(called, []);
  },
);

Deno.test("toNodeListener() answers a rejected HEAD without a page, and logs it", async () => {
  await using serving = await serveNode(() => []);
  using client = await send(serving, "HEAD / HTTP/1.1\r\nHost: [:]\r\n\r\n");
  assertStringIncludes((await client.head()).line, " 400 ");
  assertEquals(await client.rest(), "");
  assertEquals(serving.log, [
    'Refused a request from 127.0.0.1 with 400: HTTP_HOST must be a host with an optional port, got "[:]"\n',
  ]);
});

Deno.test("toNodeListener() lets a client that is still sending read the rejection", async () => {
  await using serving = await serveNode(() => []);
  using client = await RawClient.connect(serving);
  const body = "x".repeat(1 << 20);
  const head =
    `POST / HTTP/1.1\r\nHost: [:]\r\nContent-Length: ${body.length}\r\n\r\n`;
  await client.send(head);
  assertEquals((await client.response()).head.status, 400);
  await client.send(body);
  assertEquals(await client.rest(), "");
  assertEquals(client.ending, "fin");
});

const UPGRADE = "HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: h2c";
const CHUNKED = "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n";

Deno.test.each([
  ["without a body", `GET / ${UPGRADE}\r\n\r\n`, ""],
  ["with a body", `POST / ${UPGRADE}\r\nContent-Length: 4\r\n\r\nbody`, "body"],
  ["with a body in chunks", `POST / ${UPGRADE}\r\n${CHUNKED}`, "body"],
])(
  "toNodeListener() serves an Upgrade %s and closes",
  async (_how, request, expected) => {
    await using serving = await serveNode(
      answering(async (environ) => [await environ["wsgi.input"].read()]),
    );
    using client = await send(serving, request + NEXT);
    const { head, body } = await client.response();
    assertEquals([head.status, body], [200, expected]);
    assertEquals(head.get("connection"), "close");
    assertEquals(await client.rest(), "");
  },
);
