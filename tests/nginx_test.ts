import { assertEquals, assertLess } from "@std/assert";
import type { Application, Environ } from "../wsgi/types.ts";
import { askFrom, serveBehind } from "./behind_nginx.ts";
import { nginx } from "./nginx.ts";
import { ask, RawClient, within } from "./raw_client.ts";

const MIB = 1024 * 1024;
const encoder = new TextEncoder();

/** Registers a test that needs nginx. */
function test(name: string, fn: () => Promise<void>): void {
  const ignore = nginx === undefined;
  const why = ignore ? " (ignored: nginx is not installed)" : "";
  Deno.test({ name: `nginx ${name}${why}`, ignore, fn });
}

/** Answers with the environ, as far as it is plain. */
const show: Application = (environ, startResponse) => {
  startResponse("200 OK", [["Content-Type", "application/json"]]);
  return [encoder.encode(JSON.stringify(environ))];
};

/** What a proxy has a say in. */
function seen(body: string): Partial<Environ> {
  const environ: Environ = JSON.parse(body);
  const {
    REMOTE_ADDR,
    REMOTE_PORT,
    HTTP_HOST,
    SERVER_NAME,
    SERVER_PORT,
    SCRIPT_NAME,
    HTTPS,
  } = environ;
  return {
    REMOTE_ADDR,
    REMOTE_PORT,
    HTTP_HOST,
    SERVER_NAME,
    SERVER_PORT,
    SCRIPT_NAME,
    HTTPS,
    "wsgi.url_scheme": environ["wsgi.url_scheme"],
  };
}

/** What a client at 127.0.0.2 is to look like that asks for example.com:8080. */
const TRUTH: Partial<Environ> = {
  REMOTE_ADDR: "127.0.0.2",
  REMOTE_PORT: undefined,
  HTTP_HOST: "example.com:8080",
  SERVER_NAME: "example.com",
  SERVER_PORT: "8080",
  SCRIPT_NAME: "",
  HTTPS: undefined,
  "wsgi.url_scheme": "http",
};

test("tells scheme, host and address of the client", async () => {
  await using proxied = await serveBehind(show);
  const { head, body } = await askFrom("127.0.0.2", proxied.port, [
    "GET /a%2Fb//../c?d HTTP/1.1",
    "Host: example.com:8080",
  ]);
  assertEquals(head.status, 200);
  assertEquals(seen(body), TRUTH);
  const { REQUEST_URI, PATH_INFO } = JSON.parse(body);
  assertEquals([REQUEST_URI, PATH_INFO], ["/a%2Fb//../c?d", "/a/b//../c"]);
});

test("lets nothing through that a client says about itself", async () => {
  await using proxied = await serveBehind(show);
  const { head, body } = await askFrom("127.0.0.2", proxied.port, [
    "GET / HTTP/1.1",
    "Host: example.com:8080",
    "X-Forwarded-For: 203.0.113.9",
    "X-Forwarded-For: 127.0.0.1",
    "X_Forwarded_For: 203.0.113.9",
    "X-Forwarded-Proto: https",
    "X-Forwarded-Host: evil.example",
    "X-Forwarded-Port: 1",
    "X-Forwarded-Prefix: /evil",
    'Forwarded: for="203.0.113.9";proto=https',
  ]);
  assertEquals(head.status, 200);
  assertEquals(seen(body), TRUTH);
  const { HTTP_X_FORWARDED_FOR, HTTP_FORWARDED } = JSON.parse(body);
  assertEquals([HTTP_X_FORWARDED_FOR, HTTP_FORWARDED], [
    "127.0.0.2",
    undefined,
  ]);
});

test("tells TLS, which ends there", async () => {
  const folder = new URL("testdata/", import.meta.url);
  const certificate = new URL("localhost_cert.pem", folder);
  await using proxied = await serveBehind(show, [
    ["# listen", "listen"],
    ["# ssl_", "ssl_"],
    ["/path/to/fullchain.pem", certificate.pathname],
    ["/path/to/privkey.pem", new URL("localhost_key.pem", folder).pathname],
  ]);
  using client = Deno.createHttpClient({
    caCerts: [await Deno.readTextFile(certificate)],
  });
  const host = `localhost:${proxied.proxy.tlsPort}`;
  const response = await fetch(`https://${host}/`, { client });
  const { HTTP_HOST, SERVER_PORT, HTTPS, ...rest } = seen(
    await response.text(),
  );
  assertEquals([HTTP_HOST, SERVER_PORT, HTTPS, rest["wsgi.url_scheme"]], [
    host,
    String(proxied.proxy.tlsPort),
    "on",
    "https",
  ]);
});

test("keeps a client away that is slow with its headers", async () => {
  let calls = 0;
  await using proxied = await serveBehind((environ, startResponse) => {
    calls++;
    return show(environ, startResponse);
  }, [["client_header_timeout 10s", "client_header_timeout 1s"]]);
  using client = await RawClient.connect(proxied);
  await client.send("GET / HTTP/1.1\r\nHost: h\r\nX-Slow: ");
  // A little now and then does not help it.
  const drip = setInterval(() => client.send("a").catch(() => {}), 100);
  try {
    assertEquals(await client.rest(), "");
  } finally {
    clearInterval(drip);
  }
  assertEquals(calls, 0);
  const { head } = await ask(proxied, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  assertEquals([head.status, calls], [200, 1]);
});

test("passes a large upload on as it comes", async () => {
  const begun = Promise.withResolvers<void>();
  await using proxied = await serveBehind(async (environ, startResponse) => {
    let length = 0;
    for (;;) {
      const bytes = await environ["wsgi.input"].read(65_536);
      if (bytes.length === 0) break;
      length += bytes.length;
      begun.resolve();
    }
    startResponse("200 OK", [["Content-Type", "text/plain"]]);
    return [encoder.encode(String(length))];
  });
  using client = await RawClient.connect(proxied);
  await client.send(
    `POST / HTTP/1.1\r\nHost: h\r\nContent-Length: ${16 * MIB}\r\n\r\n`,
  );
  const piece = new Uint8Array(MIB);
  await client.send(piece);
  await within(begun.promise, "the beginning of the upload");
  for (let left = 15; left > 0; left--) await client.send(piece);
  const { head, body } = await client.response();
  assertEquals([head.status, body], [200, String(16 * MIB)]);
});

test("refuses an upload over its limit by itself", async () => {
  let calls = 0;
  await using proxied = await serveBehind((environ, startResponse) => {
    calls++;
    return show(environ, startResponse);
  });
  const length = 64 * MIB + 1;
  const { head } = await ask(
    proxied,
    `POST / HTTP/1.1\r\nHost: h\r\nContent-Length: ${length}\r\n\r\n`,
  );
  assertEquals([head.status, calls], [413, 0]);
});

test("passes a streamed response on chunk by chunk", async () => {
  const gate = Promise.withResolvers<void>();
  const piece = new Uint8Array(MIB).fill(0x61);
  await using proxied = await serveBehind(
    async function* (
      _environ,
      startResponse,
    ): AsyncGenerator<Uint8Array, void> {
      startResponse("200 OK", [["Content-Type", "text/plain"]]);
      yield encoder.encode("one");
      await gate.promise;
      for (let left = 16; left > 0; left--) yield piece;
    },
  );
  using client = await RawClient.connect(proxied);
  await client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  assertEquals((await client.head()).status, 200);
  assertEquals(await client.chunk(), "one");
  gate.resolve();
  const { body, complete } = await client.chunks();
  assertEquals([body.length, complete], [16 * MIB, true]);
});

test("stops a body whose client does not read, and tells when it leaves", async () => {
  const piece = new Uint8Array(65_536);
  const closed = Promise.withResolvers<void>();
  let made = 0;
  await using proxied = await serveBehind((environ, startResponse) => {
    startResponse("200 OK", [["Content-Type", "text/plain"]]);
    if (environ.PATH_INFO === "/next") return [];
    const endless = (function* (): Generator<Uint8Array, void> {
      for (;; made++) yield piece;
    })();
    return Object.assign(endless, { close: () => closed.resolve() });
  });
  using client = await RawClient.connect(proxied);
  await client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  await client.head();
  // It stands still when nothing moves while other requests come and go.
  let before: number;
  do {
    before = made;
    for (let i = 0; i < 20; i++) {
      await ask(proxied, "GET /next HTTP/1.1\r\nHost: h\r\n\r\n");
    }
  } while (made > before);
  assertLess(made * piece.length, 64 * MIB);
  client.close();
  await within(closed.promise, "close()");
});
