import { assert, assertEquals, assertMatch } from "@std/assert";
import { demoApp } from "../../mod.ts";
import { CheckedServer } from "../checked_server.ts";
import { get } from "../server/serving.ts";
import { ask, RawClient } from "../raw_client.ts";
import { Developing } from "./developing.ts";

/** An application with a path for each test. */
const APP = `const encoder = new TextEncoder();
const ended = [];
let made = 0;
export default async function app(environ, startResponse) {
  startResponse("200 OK", []);
  switch (environ.PATH_INFO) {
    case "/large":
      return (function* () {
        for (; made < 1600; made++) yield new Uint8Array(65536);
      })();
    case "/made":
      return [encoder.encode(String(made))];
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

Deno.test("devServer() stops a body of 100 MB that its client does not read", async () => {
  await using developing = await Developing.start({ "app.js": APP });
  using client = await RawClient.connect(developing.server);
  await client.send(get("/large"));
  await client.head();
  const made = Number(await developing.get("made"));
  assert(made > 0 && made < 1600, `${made}`);
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
