import { assertEquals } from "@std/assert";
import { serveBehind, test } from "../nginx.ts";
import { ask, within } from "../raw_client.ts";
import {
  echo,
  get,
  post,
  recorded,
  send,
  WatchedBody,
} from "../server/serving.ts";

const MIB = 1024 * 1024;

test("with proxy_request_buffering on keeps a slow upload away from the application", async () => {
  const { app, paths } = recorded(echo);
  await using proxied = await serveBehind(app, [
    ["proxy_request_buffering off", "proxy_request_buffering on"],
  ]);
  using client = await send(proxied, post("", MIB));
  await client.send(new Uint8Array(MIB - 1));
  // The later request is answered first.
  await ask(proxied, get("/other"));
  assertEquals(paths, ["/other"]);
  await client.send(new Uint8Array(1));
  assertEquals((await client.response()).body.length, MIB);
  assertEquals(paths, ["/other", "/"]);
});

test("with proxy_buffering on lets the application finish although its client does not read", async () => {
  const piece = new Uint8Array(MIB).fill(0x61);
  const { app, closed } = new WatchedBody((i) => i < 32 ? piece : undefined);
  await using proxied = await serveBehind(app, [
    ["proxy_buffering off", "proxy_buffering on"],
  ]);
  using client = await send(proxied);
  await client.head();
  await within(closed, "close()");
  const { body, complete } = await client.chunks();
  assertEquals([body.length, complete], [32 * MIB, true]);
});
