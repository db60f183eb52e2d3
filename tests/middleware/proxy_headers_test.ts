import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  type Application,
  type Environ,
  setupTestingDefaults,
  validator,
} from "../../mod.ts";
import { StderrStream } from "../../wsgi/error_stream.ts";
import {
  proxyHeaders,
  type ProxyHeadersOptions,
} from "../../middleware/proxy_headers.ts";

interface Outcome {
  status: string;
  environ: Environ | undefined;
  log: string;
}

/** Sends one request through the middleware; tells what the application saw. */
function send(
  variables: Partial<Environ>,
  options: Partial<ProxyHeadersOptions> = {},
): Outcome {
  const outcome: Outcome = { status: "", environ: undefined, log: "" };
  const app: Application = (environ, startResponse) => {
    outcome.environ = environ;
    startResponse("200 OK", []);
    return [];
  };
  const environ = setupTestingDefaults({
    REMOTE_ADDR: "127.0.0.1",
    REMOTE_PORT: "4711",
    "wsgi.errors": new StderrStream((text) => void (outcome.log += text)),
    ...variables,
  });
  const wrapped = proxyHeaders({ trusted: ["127.0.0.1"], ...options })(app);
  validator(wrapped)(environ, (status) => {
    outcome.status = status;
    return async () => {};
  });
  return outcome;
}

function refused(variables: Partial<Environ>, options = {}): void {
  const { status, environ, log } = send(variables, options);
  assertEquals(status, "400 Bad Request");
  assertEquals(environ, undefined);
  assert(log.startsWith("Bad request from a proxy: "));
}

Deno.test("proxyHeaders() takes the address of the client from a trusted peer", () => {
  const { environ } = send({ HTTP_X_FORWARDED_FOR: "192.0.2.7" });
  assertEquals(environ?.REMOTE_ADDR, "192.0.2.7");
  assertEquals(environ?.REMOTE_PORT, undefined);
});

Deno.test("proxyHeaders() takes the scheme from a trusted peer", () => {
  const { environ } = send({ HTTP_X_FORWARDED_PROTO: "https" });
  assertEquals(environ?.["wsgi.url_scheme"], "https");
  assertEquals(environ?.HTTPS, "on");
});

Deno.test("proxyHeaders() takes HTTPS back when the proxy says http", () => {
  const { environ } = send({
    HTTP_X_FORWARDED_PROTO: "http",
    HTTPS: "on",
    "wsgi.url_scheme": "https",
  });
  assertEquals(environ?.["wsgi.url_scheme"], "http");
  assertEquals(environ?.HTTPS, undefined);
});

Deno.test("proxyHeaders() removes the headers of anybody else", () => {
  const { environ } = send({
    REMOTE_ADDR: "203.0.113.1",
    HTTP_X_FORWARDED_FOR: "127.0.0.1",
    HTTP_X_FORWARDED_PROTO: "https",
    HTTP_X_FORWARDED_HOST: "evil",
    HTTP_FORWARDED: "for=127.0.0.1",
  });
  assertEquals(environ?.REMOTE_ADDR, "203.0.113.1");
  assertEquals(environ?.["wsgi.url_scheme"], "http");
  assertEquals(
    Object.keys(environ ?? {}).filter((key) => key.includes("FORWARDED")),
    [],
  );
});

Deno.test("proxyHeaders() believes the value that its own proxy has added", () => {
  const { environ } = send({
    HTTP_X_FORWARDED_FOR: "127.0.0.1, spoofed, 192.0.2.7",
  });
  assertEquals(environ?.REMOTE_ADDR, "192.0.2.7");
});

Deno.test("proxyHeaders() counts further proxies from the right", () => {
  const { environ } = send(
    { HTTP_X_FORWARDED_FOR: "9.9.9.9, 192.0.2.7, 10.0.0.1" },
    { for: 2 },
  );
  assertEquals(environ?.REMOTE_ADDR, "192.0.2.7");
});

Deno.test("proxyHeaders() leaves alone what has fewer values than proxies", () => {
  const { environ } = send({ HTTP_X_FORWARDED_FOR: "192.0.2.7" }, { for: 2 });
  assertEquals(environ?.REMOTE_ADDR, "127.0.0.1");
});

Deno.test("proxyHeaders() believes host, port and prefix only when told to", () => {
  const headers = {
    HTTP_X_FORWARDED_HOST: "example.com",
    HTTP_X_FORWARDED_PORT: "8443",
    HTTP_X_FORWARDED_PREFIX: "/app/",
  };
  const off = send(headers).environ;
  assertEquals(off?.HTTP_HOST, "127.0.0.1");
  assertEquals(off?.SERVER_PORT, "80");
  assertEquals(off?.SCRIPT_NAME, "");
  const on = send(headers, { host: 1, port: 1, prefix: 1 }).environ;
  assertEquals(on?.HTTP_HOST, "example.com");
  assertEquals(on?.SERVER_NAME, "example.com");
  assertEquals(on?.SERVER_PORT, "8443");
  assertEquals(on?.SCRIPT_NAME, "/app");
});

Deno.test("proxyHeaders() reads addresses with a port and in brackets", () => {
  for (
    const [node, address] of [
      ["192.0.2.7:4711", "192.0.2.7"],
      ["[2001:db8::1]:4711", "2001:db8::1"],
      ["[2001:db8::1]", "2001:db8::1"],
      ["2001:db8::1", "2001:db8::1"],
    ] as const
  ) {
    const { environ } = send({ HTTP_X_FORWARDED_FOR: node });
    assertEquals(environ?.REMOTE_ADDR, address);
  }
});

for (
  const value of ["", "unknown", "x\x1b[31m", "1.2.3.4.5", "::1%lo", "a b"]
) {
  Deno.test(`proxyHeaders() refuses the address ${JSON.stringify(value)}`, () => {
    refused({ HTTP_X_FORWARDED_FOR: value });
  });
}

Deno.test("proxyHeaders() refuses a scheme, host, port or prefix that is none", () => {
  refused({ HTTP_X_FORWARDED_PROTO: "javascript" });
  refused({ HTTP_X_FORWARDED_HOST: "a/evil?x" }, { host: 1 });
  refused({ HTTP_X_FORWARDED_HOST: "" }, { host: 1 });
  refused({ HTTP_X_FORWARDED_HOST: "h:0" }, { host: 1 });
  refused({ HTTP_X_FORWARDED_PORT: "80a" }, { port: 1 });
  refused({ HTTP_X_FORWARDED_PORT: "0" }, { port: 1 });
  refused({ HTTP_X_FORWARDED_PREFIX: "//evil" }, { prefix: 1 });
  refused({ HTTP_X_FORWARDED_PREFIX: "app" }, { prefix: 1 });
});

Deno.test("proxyHeaders() reads Forwarded when told to, and nothing else then", () => {
  const { environ } = send({
    HTTP_FORWARDED:
      'for=10.9.9.9, For="[2001:db8::1]:4711";proto=https;host="example.com:8443";by=_x',
    HTTP_X_FORWARDED_FOR: "9.9.9.9",
  }, { forwarded: 1 });
  assertEquals(environ?.REMOTE_ADDR, "2001:db8::1");
  assertEquals(environ?.["wsgi.url_scheme"], "https");
  assertEquals(environ?.HTTP_HOST, "example.com:8443");
  assertEquals(environ?.SERVER_PORT, "8443");
});

Deno.test("proxyHeaders() does not split Forwarded inside of quotes", () => {
  const { environ } = send({
    HTTP_FORWARDED: 'for=192.0.2.7;ext="a,b;for=6.6.6.6\\","',
  }, { forwarded: 1 });
  assertEquals(environ?.REMOTE_ADDR, "192.0.2.7");
});

for (
  const header of [
    "for",
    "for=a b",
    "for=1.2.3.4;for=1.2.3.4",
    "for=unknown",
    'for="1.2.3.4',
    "for=1.2.3.4;proto=ftp",
    "for=1.2.3.4 proto=http",
  ]
) {
  Deno.test(`proxyHeaders() refuses Forwarded: ${header}`, () => {
    refused({ HTTP_FORWARDED: header }, { forwarded: 1 });
  });
}

Deno.test("proxyHeaders() trusts whoever uses a Unix socket only when told to", () => {
  const headers = { REMOTE_ADDR: undefined, HTTP_X_FORWARDED_FOR: "192.0.2.7" };
  const variables = { ...setupTestingDefaults({}), ...headers };
  const seen: unknown[] = [];
  const app: Application = (environ, startResponse) => {
    seen.push(environ.REMOTE_ADDR);
    startResponse("200 OK", []);
    return [];
  };
  proxyHeaders({ trusted: ["unix"] })(app)(
    { ...variables },
    () => async () => {},
  );
  proxyHeaders({ trusted: ["127.0.0.1"] })(app)(
    { ...variables },
    () => async () => {},
  );
  assertEquals(seen, ["192.0.2.7", undefined]);
});

Deno.test("proxyHeaders() refuses options that make no sense", () => {
  assertThrows(
    () => proxyHeaders({ trusted: [] }),
    TypeError,
    "at least one peer",
  );
  assertThrows(() => proxyHeaders({ trusted: ["*"] }), TypeError, 'got "*"');
  assertThrows(
    () => proxyHeaders({ trusted: ["::1"], for: -1 }),
    TypeError,
    "for must be 0 or a positive integer",
  );
});
