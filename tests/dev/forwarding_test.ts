import { assert, assertEquals, assertMatch } from "@std/assert";
import { demoApp } from "../../mod.ts";
import { CheckedServer } from "../checked_server.ts";
import { get } from "../server/serving.ts";
import { ask, RawClient } from "../raw_client.ts";
import { Developing } from "./developing.ts";

/** An application with a path for each test. */
const APP = `const encoder = new TextEncoder();
const ended = [];
export default async function app(environ, startResponse) {
  startResponse("200 OK", []);
  switch (environ.PATH_INFO) {
    case "/count": {
      let count = 0;
      for (;;) {
        const bytes = await environ["wsgi.input"].read(100_000);
        if (bytes.length === 0) return [encoder.encode(String(count))];
        count += bytes.length;
      }
    }
    case "/large":
      return (function* () {
        for (let i = 0; i < 1600; i++) yield new Uint8Array(65536).fill(i);
      })();
    case "/events": {
      const signal = environ["wsgiref.signal"]();
      return (async function* () {
        try {
          yield encoder.encode("data: 1\\n\\n");
          await new Promise((resolve) =>
            signal.addEventListener("abort", resolve));
          ended.push(signal.reason.name);
        } finally {
          ended.push("finally");
        }
      })();
    }
    case "/ended":
      return [encoder.encode(ended.join())];
  }
}
`;

Deno.test("devServer() passes the application the same environ as makeServer()", async () => {
  await using developing = await Developing.start({}, { module: "" });
  await using plain = new CheckedServer(demoApp);
  const request =
    "POST /environ?a=%C3%BC HTTP/1.0\r\nX-One: 1\r\nx-one: \xfc\r\n" +
    "Content-Type: a/b\r\nContent-Length: 0\r\n\r\n";
  const [ours, theirs] = await Promise.all([
    ask(developing.server, request),
    ask(plain, request),
  ]);
  const portless = (text: string) => text.replace(/PORT = ".*"/g, "PORT");
  assertEquals(portless(ours.body), portless(theirs.body));
});

Deno.test("devServer() streams 100 MB in both directions", async () => {
  await using developing = await Developing.start({ "app.js": APP });
  const { url } = developing.server;
  const chunk = new Uint8Array(1_048_576);
  let left = 100;
  const body = new ReadableStream({
    pull: (controller) =>
      left-- > 0 ? controller.enqueue(chunk) : controller.close(),
  });
  const up = await fetch(`${url}count`, { method: "POST", body });
  assertEquals(await up.text(), "104857600");
  const down = await fetch(`${url}large`);
  let count = 0;
  for await (const bytes of down.body!) count += bytes.length;
  assertEquals(count, 104_857_600);
});

Deno.test("devServer() notifies the application when a client leaves", async () => {
  await using developing = await Developing.start({ "app.js": APP });
  {
    using client = await RawClient.connect(developing.server);
    await client.send(get("/events"));
    assertEquals((await client.head()).status, 200);
    assertEquals(await client.chunk(), "data: 1\n\n");
    assertEquals(developing.server.running, 1);
  }
  await developing.getUntil(/^ClientDisconnected,finally$/, "ended");
  assert(developing.terminal.includes("GET /events 200, 9 B, "));
  assertMatch(developing.terminal, /^GET \/events .*, the client left$/m);
});
