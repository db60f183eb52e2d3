// nginx as a proxy; servers/conformance_test.ts runs the kit through it.

import { assertEquals } from "@std/assert";
import type { Environ } from "../wsgi/types.ts";
import { freePort } from "../tools/matrix/server_process.ts";
import { askFrom, serveBehind, startNginx, test } from "./nginx.ts";
import { ask } from "./raw_client.ts";
import { show } from "./server/backend_gateway.ts";
import { echo, get, post, recorded, send, serve } from "./server/serving.ts";

/** Returns the variables that depend on a proxy. */
function seen(body: string): Partial<Environ> {
  const environ: Environ = JSON.parse(body);
  const names = Object.keys(TRUTH);
  const shown = names.map((name) => [name, environ[name]]);
  return Object.fromEntries(shown) as Partial<Environ>;
}

/** These variables for a client at 127.0.0.2 that asks for example.com:8080. */
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

test("passes on scheme, host and address of the client", async () => {
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

test("drops the forwarding headers of a client", async () => {
  await using proxied = await serveBehind(show);
  const { head, body } = await askFrom("127.0.0.2", proxied.port, [
    ...["GET / HTTP/1.1", "Host: example.com:8080"],
    ...["X-Forwarded-For: 203.0.113.9", "X-Forwarded-For: 127.0.0.1"],
    ...["X_Forwarded_For: 203.0.113.9", "X-Forwarded-Proto: https"],
    ...["X-Forwarded-Host: evil.example", "X-Forwarded-Port: 1"],
    "X-Forwarded-Prefix: /evil",
    'Forwarded: for="203.0.113.9";proto=https',
  ]);
  assertEquals(head.status, 200);
  assertEquals(seen(body), TRUTH);
  const { HTTP_X_FORWARDED_FOR, HTTP_FORWARDED } = JSON.parse(body);
  assertEquals(HTTP_X_FORWARDED_FOR, "127.0.0.2");
  assertEquals(HTTP_FORWARDED, undefined);
});

test("passes on that the client uses TLS", async () => {
  const folder = new URL("testdata/", import.meta.url);
  const certificate = new URL("localhost_cert.pem", folder);
  const port = freePort();
  await using _proxied = await serveBehind(show, [
    ...[["# listen", "listen"], ["# ssl_", "ssl_"]] as const,
    ["/path/to/fullchain.pem", certificate.pathname],
    ["/path/to/privkey.pem", new URL("localhost_key.pem", folder).pathname],
  ], port);
  using client = Deno.createHttpClient({
    caCerts: [await Deno.readTextFile(certificate)],
  });
  const host = `localhost:${port}`;
  const response = await fetch(`https://${host}/`, { client });
  const { HTTP_HOST, SERVER_PORT, HTTPS, "wsgi.url_scheme": scheme } = seen(
    await response.text(),
  );
  assertEquals<unknown>(
    [HTTP_HOST, SERVER_PORT, HTTPS, scheme],
    [host, String(port), "on", "https"],
  );
});

test("cuts off a client that is slow with its headers", async () => {
  const { app, paths } = recorded();
  const limit = "client_header_timeout ";
  await using proxied = await serveBehind(app, [[`${limit}10s`, `${limit}1s`]]);
  using client = await send(proxied, "GET / HTTP/1.1\r\nHost: h\r\nX-Slow: ");
  // Sending a little now and then does not help.
  const drip = setInterval(() => client.send("a").catch(() => {}), 100);
  try {
    assertEquals(await client.rest(), "");
  } finally {
    clearInterval(drip);
  }
  assertEquals(paths, []);
  const { head } = await ask(proxied, get());
  assertEquals([head.status, paths], [200, ["/"]]);
});

test("reuses its connection to the server for several clients", async () => {
  const ports = new Set<unknown>();
  await using serving = serve((environ, startResponse) => {
    ports.add(environ.REMOTE_PORT);
    return echo(environ, startResponse);
  });
  await using proxy = await startNginx(serving);
  const coding = "Transfer-Encoding: chunked";
  const chunked = post("").replace(/Content-Length.*/, coding);
  const requests = [
    [get(), ""],
    [get().replace("1.1", "1.0"), ""],
    [post("abc"), "abc"],
    [`${chunked}3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n`, "abcd"],
  ] as const;
  for (const [request, expected] of requests) {
    const { head, body } = await ask(proxy, request);
    assertEquals([head.status, body], [200, expected]);
  }
  assertEquals(ports.size, 1);
});

test("itself refuses an upload over its limit", async () => {
  const { app, paths } = recorded();
  await using proxied = await serveBehind(app);
  const { head } = await ask(proxied, post("", 64 * 1024 * 1024 + 1));
  assertEquals([head.status, paths], [413, []]);
});
