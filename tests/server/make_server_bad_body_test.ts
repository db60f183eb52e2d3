// A malformed body that the application does not read. A streamed response has
// been sent before it is looked at.

import { assertEquals, assertMatch } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import type { Application } from "../../wsgi/types.ts";
import { ask, RawClient } from "../raw_client.ts";
import { get, serve } from "./serving.ts";

const HEAD = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";

const immediate: Application = (_environ, startResponse) => {
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  return [toBytes("unread")];
};

const late: Application = async (environ, startResponse) => {
  await Promise.resolve();
  return immediate(environ, startResponse);
};

async function* generate(): AsyncGenerator<Uint8Array, void> {
  await Promise.resolve();
  yield toBytes("unread");
}

const streaming: Application = (environ, startResponse) => {
  immediate(environ, startResponse);
  return generate();
};

for (const [kind, app] of Object.entries({ immediate, late, streaming })) {
  for (
    const [what, body] of [["size", "1\r\na\r\nx\r\n"], ["end", "1\r\na\n"]]
  ) {
    Deno.test(`makeServer() closes the connection after a bad chunk ${what} left unread by an application that is ${kind}`, async () => {
      await using serving = serve(app);
      using client = await RawClient.connect(serving);
      await client.send(`${HEAD}${body}${get("/smuggled")}`);
      const { head, body: text, complete } = await client.response();
      assertEquals([head.status, text, complete], [200, "unread", true]);
      // Neither a second response nor one to what looks like a request.
      assertEquals(await client.rest(), "");
      assertEquals((await ask(serving, get())).head.status, 200);
      assertEquals(serving.log.length, 1);
      assertMatch(serving.log[0]!, /^Closed the connection to 127\.0\.0\.1: /);
    });
  }
}
