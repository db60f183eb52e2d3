import { assert, assertEquals, assertMatch } from "@std/assert";
import { makeServer } from "../../mod.ts";
import { toModuleUrl } from "../../cli/load_module.ts";
import { get } from "../server/serving.ts";
import { ask, RawClient } from "../raw_client.ts";
import { Developing } from "./developing.ts";

/** An application with a path for everything that a connection can carry. */
const APP = `const encoder = new TextEncoder();
const ended = [];
export default async function app(environ, startResponse) {
  const input = environ["wsgi.input"];
  switch (environ.PATH_INFO) {
    case "/environ": {
      startResponse("200 OK", []);
      const kinds = Object.entries(environ).map(([name, value]) =>
        [name, typeof value === "string" ? value : typeof value]);
      return [encoder.encode(JSON.stringify(kinds))];
    }
    case "/head":
      startResponse("299 Very Own", [["X-b", "1"], ["x-A", "2"], ["X-b", "3"]]);
      return [encoder.encode("body")];
    case "/none":
      startResponse("204 No Content", []);
      return [];
    case "/count": {
      let count = 0;
      for (;;) {
        const bytes = await input.read(100_000);
        if (bytes.length === 0) break;
        count += bytes.length;
      }
      startResponse("200 OK", []);
      return [encoder.encode(String(count))];
    }
    case "/lines": {
      startResponse("200 OK", []);
      return (async function* () {
        for await (const line of input) yield line;
      })();
    }
    case "/large":
      startResponse("200 OK", [["Content-Length", "104857600"]]);
      return (function* () {
        for (let i = 0; i < 1600; i++) yield new Uint8Array(65536).fill(i);
      })();
    case "/write": {
      const write = startResponse("200 OK", []);
      await write(encoder.encode("written "));
      return [encoder.encode("returned")];
    }
    case "/short":
      startResponse("200 OK", [["Content-Length", "10"]]);
      return [encoder.encode("five!")];
    case "/events": {
      startResponse("200 OK", [["Content-Type", "text/event-stream"]]);
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
      startResponse("200 OK", []);
      return [encoder.encode(ended.join())];
  }
}
`;

async function start(): Promise<Developing> {
  return await Developing.start({ "app.js": APP });
}

Deno.test("devServer() passes the application the same environ as makeServer()", async () => {
  await using developing = await start();
  const { default: app } = await import(
    toModuleUrl(`${developing.folder}/app.js`)
  );
  await using plain = makeServer("127.0.0.1", 0, app, { log: false });
  plain.serveForever();
  const request =
    "POST /environ?a=%C3%BC HTTP/1.0\r\nX-One: 1\r\nx-one: \xfc\r\n" +
    "Content-Type: a/b\r\nContent-Length: 0\r\n\r\n";
  const [ours, theirs] = await Promise.all([
    ask(developing.server, request),
    ask(plain, request),
  ]);
  const portless = (body: string): unknown =>
    JSON.parse(body).map((
      [name, value]: [string, string],
    ) => [name, /PORT$/.test(name) ? "" : value]);
  assertEquals(portless(ours.body), portless(theirs.body));
});

Deno.test.each<[string, string, RegExp]>([
  [
    "status, order and case of headers",
    get("/head"),
    /^HTTP\/1\.1 299 Very Own\r\nX-b: 1\r\nx-A: 2\r\nX-b: 3\r\nContent-Length: 4\r\n.*\r\n\r\nbody$/s,
  ],
  [
    "only the head for HEAD",
    get("/head").replace("GET", "HEAD"),
    /^HTTP\/1\.1 299 .*Content-Length: 4\r\n.*\r\n\r\n$/s,
  ],
  [
    "an answer without a body",
    get("/none"),
    /^HTTP\/1\.1 204 No Content\r\n(?!.*Content-Length).*\r\n\r\n$/s,
  ],
  [
    "the chunks of write()",
    get("/write"),
    /\r\nwritten \r\n8\r\nreturned\r\n0\r\n\r\n$/,
  ],
  ["a response that breaks off", get("/short"), /^HTTP\/1\.1 500 |five!$/],
])("devServer() passes on %s", async (_, request, expected) => {
  await using developing = await start();
  using client = await RawClient.connect(developing.server);
  await client.send(
    request.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"),
  );
  assertMatch(await client.rest(), expected);
});

Deno.test("devServer() answers several requests on one connection", async () => {
  await using developing = await start();
  using client = await RawClient.connect(developing.server);
  await client.send(get("/head") + get("/none") + get("/head"));
  const statuses: number[] = [];
  for (let i = 0; i < 3; i++) {
    statuses.push((await client.response()).head.status);
  }
  assertEquals(statuses, [299, 204, 299]);
});

Deno.test("devServer() sends 100 when the application first reads a body that waits for it", async () => {
  await using developing = await start();
  using client = await RawClient.connect(developing.server);
  const head = "POST /count HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n" +
    "Content-Length: 3\r\n\r\n";
  await client.send(head);
  assertEquals((await client.head()).status, 100);
  await client.send("abc");
  assertEquals((await client.response()).body, "3");
  // No 100 is sent if the application does not read.
  await client.send(head.replace("/count", "/head"));
  assertEquals((await client.response()).head.status, 299);
});

Deno.test("devServer() streams 100 MB in both directions", async () => {
  await using developing = await start();
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

Deno.test("devServer() buffers neither requests nor responses", async () => {
  await using developing = await start();
  using client = await RawClient.connect(developing.server);
  await client.send(
    "POST /lines HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n",
  );
  for (const line of ["one\n", "two\n"]) {
    await client.send(`4\r\n${line}\r\n`);
    if (line === "one\n") assertEquals((await client.head()).status, 200);
    assertEquals(await client.chunk(), line);
  }
  await client.send("0\r\n\r\n");
  assertEquals(await client.chunk(), "");
});

Deno.test("devServer() notifies the application when a client leaves", async () => {
  await using developing = await start();
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
