// Clients that leave at each point of a request, over each kind of connection:
// the application learns of it, and its body is closed once.

import { assert, assertEquals } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import { ClientDisconnected } from "../../gateway/cancellation.ts";
import type { ServerOptions } from "../../server/make_server.ts";
import type { Application, InputStream } from "../../wsgi/types.ts";
import { within } from "../raw_client.ts";
import { serve } from "./serving.ts";

// Made with openssl for these tests: valid for localhost until the year 2126.
const read = (name: string): string =>
  Deno.readTextFileSync(new URL(`../testdata/${name}`, import.meta.url));
const cert = read("localhost_cert.pem");
const key = read("localhost_key.pem");

const BLOCK = new Uint8Array(65_536);

/** What an application does when its client leaves. */
type Doing = "waits" | "reads" | "streams" | "has sent a chunk" | "uploads";

const DOINGS: readonly Doing[] = [
  "waits",
  "reads",
  "streams",
  "has sent a chunk",
  "uploads",
];

interface Kind {
  readonly name: string;
  readonly version: string;
  readonly options: ServerOptions;
  connect(port: number): Promise<Deno.Conn>;
}

const overTcp = (port: number): Promise<Deno.Conn> =>
  Deno.connect({ hostname: "127.0.0.1", port });
const overTls = (port: number): Promise<Deno.Conn> =>
  Deno.connectTls({ hostname: "127.0.0.1", port, caCerts: [cert] });

const KINDS: readonly Kind[] = [
  { name: "HTTP/1.1", version: "1.1", options: {}, connect: overTcp },
  { name: "HTTP/1.0", version: "1.0", options: {}, connect: overTcp },
  {
    name: "TLS",
    version: "1.1",
    options: { cert, key },
    connect: overTls,
  },
];

/** An application that does this until its client has left. */
class Watched {
  readonly begun = Promise.withResolvers<AbortSignal>();
  readonly closed = Promise.withResolvers<void>();
  closes = 0;

  app(doing: Doing): Application {
    return async (environ, startResponse) => {
      const signal = environ["wsgiref.signal"]!();
      const input: InputStream = environ["wsgi.input"];
      if (doing === "uploads") await input.read(3);
      if (doing !== "streams") this.begun.resolve(signal);
      if (doing === "reads" || doing === "uploads") {
        await input.read().catch(() => {});
      }
      if (doing === "waits") await until(signal);
      startResponse("200 OK", []);
      const { begun } = this;
      async function* body(): AsyncGenerator<Uint8Array, void> {
        if (doing === "has sent a chunk") {
          yield BLOCK;
          await until(signal);
        }
        for (;;) {
          yield BLOCK;
          begun.resolve(signal);
          await Promise.resolve();
        }
      }
      return Object.assign(body(), {
        close: () => {
          this.closes++;
          this.closed.resolve();
        },
      });
    };
  }
}

function until(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) =>
    signal.addEventListener("abort", () => resolve(), { once: true })
  );
}

for (const { name, version, options, connect } of KINDS) {
  Deno.test.each(DOINGS.map((doing) => [doing] as const))(
    `makeServer() notices over ${name} that a client leaves while its application %s`,
    async (doing) => {
      const watched = new Watched();
      await using serving = serve(watched.app(doing), options);
      const conn = await connect(serving.port);
      const length = doing === "reads" || doing === "uploads" ? 100 : 0;
      await conn.write(toBytes(
        `POST / HTTP/${version}\r\nHost: h\r\nContent-Length: ${length}\r\n\r\n` +
          (length > 0 ? "abcdef" : ""),
      ));
      const signal = await within(watched.begun.promise, "the application");
      conn.close();
      await within(watched.closed.promise, "close()");
      assert(signal.aborted);
      assert(signal.reason instanceof ClientDisconnected);
      await serving.server.shutdown();
      assertEquals(watched.closes, 1);
      assertEquals(serving.log, []);
    },
  );
}

Deno.test.each([[true], [false]])(
  "makeServer() keeps a complete body for an application that reads late, half-closed: %s",
  async (isHalfClosed) => {
    const size = 50_000;
    const called = Promise.withResolvers<AbortSignal>();
    const outcome = Promise.withResolvers<number>();
    await using serving = serve(async (environ, startResponse) => {
      const signal = environ["wsgiref.signal"]!();
      called.resolve(signal);
      if (!isHalfClosed) await until(signal);
      const { length } = await environ["wsgi.input"].read();
      outcome.resolve(length);
      startResponse("200 OK", []);
      return [toBytes(String(length))];
    });
    using conn = await overTcp(serving.port);
    await conn.write(toBytes(
      `PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: ${size}\r\n\r\n`,
    ));
    await conn.write(new Uint8Array(size));
    await conn.closeWrite();
    await within(called.promise, "the application");
    assertEquals(await within(outcome.promise, "read()"), size);
  },
);

Deno.test("makeServer() passes over a request whose client leaves the queue", async () => {
  const paths: string[] = [];
  const first = Promise.withResolvers<void>();
  const called = Promise.withResolvers<void>();
  const left = Promise.withResolvers<void>();
  await using serving = serve(async (environ, startResponse) => {
    paths.push(environ.PATH_INFO);
    called.resolve();
    if (environ.PATH_INFO === "/1") await first.promise;
    startResponse("200 OK", []);
    return [];
  }, {
    maxInFlight: 1,
    log: ({ target, clientLeft }) => {
      if (target === "/2" && clientLeft) left.resolve();
    },
  });
  const request = (path: string): Uint8Array<ArrayBuffer> =>
    toBytes(`GET ${path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`);
  using running = await overTcp(serving.port);
  await running.write(request("/1"));
  await within(called.promise, "the application");
  const leaving = await overTcp(serving.port);
  await leaving.write(request("/2"));
  leaving.close();
  await within(left.promise, "the record of the one that has left");
  using waiting = await overTcp(serving.port);
  await waiting.write(request("/3"));
  first.resolve();
  for (const conn of [running, waiting]) {
    const text = await within(new Response(conn.readable).text(), "a response");
    assertEquals(text.slice(0, 15), "HTTP/1.1 200 OK");
  }
  assertEquals(paths, ["/1", "/3"]);
});
