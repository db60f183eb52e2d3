import { assertEquals, assertRejects } from "@std/assert";
import type { RawClient } from "../raw_client.ts";
import { echo, send, serve, type Serving } from "./serving.ts";

const DECLARED = "Content-Length: 100000000\r\n\r\n";
const ONE_CHUNK = "Transfer-Encoding: chunked\r\n\r\n5F5E100\r\n";

/** Sends the head of a POST request whose body has 100 MB. */
function sendHead(serving: Serving, framing: string): Promise<RawClient> {
  return send(serving, `POST / HTTP/1.1\r\nHost: h\r\n${framing}`);
}

/** Reads a complete response with the status 413. */
async function assertTooLarge(client: RawClient): Promise<void> {
  const { head, body, complete } = await client.response();
  assertEquals([head.status, complete], [413, true]);
  assertEquals(head.get("content-length"), `${body.length}`);
  assertEquals(head.get("connection"), "close");
}

Deno.test.each<[number, string, string]>([
  [1, "declares", DECLARED],
  [60, "declares", DECLARED],
  [1, "begins a chunk of", ONE_CHUNK],
  [60, "begins a chunk of", ONE_CHUNK],
])(
  "makeServer() lets a client send %d MB before it reads its 413, if it %s 100 MB",
  async (megabytes, _, framing) => {
    await using serving = serve(echo, { maxRequestBodySize: 1_000 });
    using client = await sendHead(serving, framing);
    for (let sent = 0; sent < megabytes; sent++) {
      await client.send(new Uint8Array(1_000_000));
    }
    await assertTooLarge(client);
    // The server has ended its sending side, and does not reset.
    assertEquals([await client.rest(), client.ending], ["", "fin"]);
  },
);

Deno.test("makeServer() stops reading a refused body after 64 MiB, and does not reset", async () => {
  await using serving = serve(echo, { maxRequestBodySize: 1_000 });
  using client = await sendHead(serving, DECLARED);
  let isSent = false;
  const sending = client.send(new Uint8Array(99_999_999))
    .then(() => isSent = true);
  await assertTooLarge(client);
  assertEquals(isSent, false);
  client.close();
  await assertRejects(() => sending);
});
