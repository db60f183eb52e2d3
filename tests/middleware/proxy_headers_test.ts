import { assert, assertEquals, assertThrows } from "@std/assert";
import { type Environ, validator } from "../../mod.ts";
import { proxyHeaders } from "../../middleware/proxy_headers.ts";
import type { ProxyHeadersOptions } from "../../middleware/proxy_headers.ts";
import { answering, testEnviron } from "../gateway/recording_transport.ts";

type Options = Partial<ProxyHeadersOptions>;

/** Sends a request through the middleware to an application. */
const sendThrough = (variables: Partial<Environ>, options: Options = {}) => {
  const peer = { REMOTE_ADDR: "127.0.0.1", REMOTE_PORT: "4711" };
  const { environ, written } = testEnviron({ ...peer, ...variables });
  let seen: Environ | undefined;
  let status = "";
  const app = answering((environ) => {
    seen = environ;
    return [];
  }, []);
  const wrapped = proxyHeaders({ trusted: ["127.0.0.1"], ...options })(app);
  validator(wrapped)(environ, (given) => {
    status = given;
    return async () => {};
  });
  return {
    status,
    environ: seen as Environ | undefined,
    log: written.join(""),
  };
};

/** The headers of a proxy by the end of their names: `FOR` is X-Forwarded-For. */
function sentBy(headers: Record<string, string>): Partial<Environ> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name === "FORWARDED" ? "HTTP_FORWARDED" : `HTTP_X_FORWARDED_${name}`,
      value,
    ]),
  );
}

const ALL = { HOST: "example.com", PORT: "8443", PREFIX: "/app/" };
const FORWARDED =
  'for=10.9.9.9, For="[2001:db8::1]:4711";proto=https;host="h.test:8443";by=_x';

Deno.test.each<[Record<string, string>, Options, Partial<Environ>]>([
  [{ FOR: "1.2.3.4" }, {}, { REMOTE_ADDR: "1.2.3.4", REMOTE_PORT: undefined }],
  [{ FOR: "2001:db8::1" }, {}, { REMOTE_ADDR: "2001:db8::1" }],
  // Only the value that the trusted proxy has added counts.
  [{ FOR: "127.0.0.1, x, 192.0.2.7" }, {}, { REMOTE_ADDR: "192.0.2.7" }],
  [{ FOR: "9.9.9.9, 1.2.3.4, 10.0.0.1" }, { for: 2 }, {
    REMOTE_ADDR: "1.2.3.4",
  }],
  [{ FOR: "192.0.2.7" }, { for: 2 }, { REMOTE_ADDR: "127.0.0.1" }],
  [{ PROTO: "https" }, {}, { "wsgi.url_scheme": "https", HTTPS: "on" }],
  [ALL, {}, { HTTP_HOST: "127.0.0.1", SERVER_PORT: "80", SCRIPT_NAME: "" }],
  [ALL, { host: 1, port: 1, prefix: 1 }, {
    HTTP_HOST: "example.com",
    SERVER_NAME: "example.com",
    SERVER_PORT: "8443",
    SCRIPT_NAME: "/app",
  }],
  [{ FORWARDED, FOR: "9.9.9.9" }, { forwarded: 1 }, {
    REMOTE_ADDR: "2001:db8::1",
    "wsgi.url_scheme": "https",
    HTTP_HOST: "h.test:8443",
    SERVER_PORT: "8443",
  }],
  [
    { FORWARDED: 'for=192.0.2.7;ext="a,b;for=6.6.6.6\\","' },
    { forwarded: 1 },
    { REMOTE_ADDR: "192.0.2.7" },
  ],
])("proxyHeaders() turns %j with %j into %j", (headers, options, expected) => {
  const { environ } = sendThrough(sentBy(headers), options);
  const found = Object.keys(expected).map((key) => [key, environ?.[key]]);
  assertEquals(Object.fromEntries(found), expected);
});

Deno.test("proxyHeaders() removes HTTPS when the proxy reports http", () => {
  const https = { HTTPS: "on", "wsgi.url_scheme": "https" } as const;
  const { environ } = sendThrough({ HTTP_X_FORWARDED_PROTO: "http", ...https });
  const found = [environ?.["wsgi.url_scheme"], environ?.HTTPS];
  assertEquals(found, ["http", undefined]);
});

Deno.test("proxyHeaders() removes the headers of untrusted peers", () => {
  const headers = { FOR: "127.0.0.1", PROTO: "https", HOST: "evil" };
  const { environ } = sendThrough({
    REMOTE_ADDR: "203.0.113.1",
    ...sentBy({ ...headers, FORWARDED: "for=127.0.0.1" }),
  });
  assertEquals(environ?.REMOTE_ADDR, "203.0.113.1");
  assertEquals(environ?.["wsgi.url_scheme"], "http");
  assert(!Object.keys(environ ?? {}).some((key) => key.includes("FORWARDED")));
});

const NODES =
  "|x\x1b[31m|1.2.3.4.5|::1%lo|a b|_|_a b|unknown:|unknown:x|1.2.3.4:" +
  "|1.2.3.4:123456|[1.2.3.4]|[unknown]|[_x]|[::1|::1]|[]|[::1]80|unknown1";
const PAIRS = "for|for=a b|for=1.2.3.4;for=1.2.3.4|for=1.2.3.4:80|for=[::1]|" +
  'for="1.2.3.4|for=1.2.3.4;proto=ftp|for=1.2.3.4 proto=http';

Deno.test.each<[name: string, values: string, Options]>([
  ["FOR", NODES, {}],
  ["PROTO", "javascript", {}],
  ["HOST", "a/evil?x||h:0", { host: 1 }],
  ["PORT", "80a|0", { port: 1 }],
  ["PREFIX", "//evil|app", { prefix: 1 }],
  ["FORWARDED", PAIRS, { forwarded: 1 }],
])("proxyHeaders() responds to a malformed %s with 400", (name, values, it) => {
  for (const value of values.split("|")) {
    const { status, environ, log } = sendThrough(sentBy({ [name]: value }), it);
    assertEquals([status, environ], ["400 Bad Request", undefined], value);
    assert(log.startsWith("Bad request from a proxy: "));
  }
});

Deno.test.each<[node: string, expected: Partial<Environ>]>([
  ["192.0.2.7", { REMOTE_ADDR: "192.0.2.7" }],
  ["192.0.2.7:47011", { REMOTE_ADDR: "192.0.2.7", REMOTE_PORT: "47011" }],
  ["192.0.2.7:_x", { REMOTE_ADDR: "192.0.2.7" }],
  ["192.0.2.7:99999", { REMOTE_ADDR: "192.0.2.7" }],
  ["[2001:db8::7]", { REMOTE_ADDR: "2001:db8::7" }],
  ["[2001:db8::7]:80", { REMOTE_ADDR: "2001:db8::7", REMOTE_PORT: "80" }],
  ["[::ffff:192.0.2.7]:_a.b-c", { REMOTE_ADDR: "::ffff:192.0.2.7" }],
  // The proxy hides the address, so REMOTE_ADDR is absent.
  ...["unknown", "Unknown:80", "unknown:_x", "_gazonk", "_SEVKISEK:_1.2-3"]
    .map((node): [string, object] => [node, {}]),
])("proxyHeaders() reads the node %s", (node, expected) => {
  const sent: [Partial<Environ>, Options][] = [
    [sentBy({ FOR: `6.6.6.6, ${node}` }), {}],
    [sentBy({ FORWARDED: `for=6.6.6.6,for="${node}"` }), { forwarded: 1 }],
  ];
  for (const [variables, options] of sent) {
    const all = { REMOTE_HOST: "proxy", ...variables };
    const { environ } = sendThrough(all, options);
    const found = Object.entries(environ ?? {})
      .filter(([name]) => name.startsWith("REMOTE_"));
    assertEquals(Object.fromEntries(found), expected);
  }
});

Deno.test("proxyHeaders() does not trust a client without an address", () => {
  const inner = proxyHeaders({ trusted: ["unix"], proto: 1 });
  const outer = proxyHeaders({ trusted: ["unix"], for: 1, proto: 0 });
  const { environ } = testEnviron({
    ...sentBy({ FOR: "unknown", PROTO: "https" }),
    "wsgiref.unix_socket": true,
  });
  const schemes: unknown[] = [];
  const app = answering((environ) => {
    schemes.push(environ["wsgi.url_scheme"]);
    return [];
  });
  outer(inner(app))(environ, () => async () => {});
  assertEquals(schemes, ["http"]);
});

Deno.test.each([
  [{ trusted: [] }, "at least one peer"],
  [{ trusted: ["*"] }, 'got "*"'],
  [{ trusted: ["::1"], for: -1 }, "for must be 0 or a positive integer"],
])("proxyHeaders() rejects the options %j", (options, message) => {
  assertThrows(() => proxyHeaders(options), TypeError, message);
});
