import { assertEquals } from "@std/assert";
import { serveBehind, test } from "../nginx.ts";
import { ask, RawClient, within } from "../raw_client.ts";

const MIB = 1024 * 1024;
const encoder = new TextEncoder();

test("with proxy_request_buffering on keeps a slow upload away from the application", async () => {
  let calls = 0;
  await using proxied = await serveBehind(async (environ, startResponse) => {
    calls++;
    const bytes = await environ["wsgi.input"].read();
    startResponse("200 OK", [["Content-Type", "text/plain"]]);
    return [encoder.encode(`${environ.PATH_INFO} ${bytes.length}`)];
  }, [["proxy_request_buffering off", "proxy_request_buffering on"]]);
  using client = await RawClient.connect(proxied);
  await client.send(
    `POST /slow HTTP/1.1\r\nHost: h\r\nContent-Length: ${MIB}\r\n\r\n`,
  );
  await client.send(new Uint8Array(MIB - 1));
  // The later request is answered first.
  const other = await ask(proxied, "GET /other HTTP/1.1\r\nHost: h\r\n\r\n");
  assertEquals([other.body, calls], ["/other 0", 1]);
  await client.send(new Uint8Array(1));
  assertEquals((await client.response()).body, `/slow ${MIB}`);
  assertEquals(calls, 2);
});

test("with proxy_buffering on lets the application finish although its client does not read", async () => {
  const piece = new Uint8Array(MIB).fill(0x61);
  const closed = Promise.withResolvers<void>();
  await using proxied = await serveBehind((_environ, startResponse) => {
    startResponse("200 OK", [["Content-Type", "text/plain"]]);
    const body = (function* (): Generator<Uint8Array, void> {
      for (let left = 32; left > 0; left--) yield piece;
    })();
    return Object.assign(body, { close: () => closed.resolve() });
  }, [["proxy_buffering off", "proxy_buffering on"]]);
  using client = await RawClient.connect(proxied);
  await client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  await client.head();
  await within(closed.promise, "close()");
  const { body, complete } = await client.chunks();
  assertEquals([body.length, complete], [32 * MIB, true]);
});
