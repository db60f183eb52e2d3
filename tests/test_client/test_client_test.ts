import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { encodeUtf8, toBytes } from "../../wsgi/byte_string.ts";
import { demoApp } from "../../server/demo_app.ts";
import type { Application, Environ } from "../../wsgi/types.ts";
import { TestClient } from "../../test_client/test_client.ts";
import { ConformanceError, type Violation } from "../../validator.ts";
import { answering, PLAIN } from "./answering.ts";

/** Answers with a text, and keeps what it was called with. */
function recorder(text = "ok"): { app: Application; seen: Environ[] } {
  const seen: Environ[] = [];
  const app: Application = (environ, startResponse) => {
    seen.push(environ);
    startResponse("200 OK", PLAIN);
    return [new TextEncoder().encode(text)];
  };
  return { app, seen };
}

Deno.test("TestClient gives status, headers and body of a response", async () => {
  const app = answering(
    () => [toBytes("no"), toBytes("ne")],
    "404 No Such Thing",
    [["Content-Type", "text/plain"], ["X-A", "1"], ["x-a", "2"]],
  );
  const response = await new TestClient(app).get("/");
  assertEquals(response.status, 404);
  assertEquals(response.reason, "No Such Thing");
  assertEquals(response.statusLine, "404 No Such Thing");
  assertEquals(response.header("X-A"), "1, 2");
  assertEquals(response.header("X-B"), undefined);
  assertEquals(response.header("content-length"), "4");
  assertEquals(response.bytes, toBytes("none"));
  assertEquals(response.text(), "none");
  assertEquals(response.url, "http://localhost/");
  assertEquals([response.complete, response.closed], [true, false]);
  assertEquals([response.errors, response.violations], ["", []]);
});

Deno.test("TestClient runs demoApp without a finding, by every method", async () => {
  const client = new TestClient(demoApp);
  const calls = {
    GET: client.get("/a"),
    POST: client.post("/a"),
    PUT: client.put("/a"),
    PATCH: client.patch("/a"),
    DELETE: client.delete("/a"),
    HEAD: client.head("/a"),
    OPTIONS: client.options("/a"),
    PROPFIND: client.request("PROPFIND", "/a"),
  };
  for (const [method, call] of Object.entries(calls)) {
    const response = await call;
    assertEquals(response.violations, []);
    if (method === "HEAD") assertEquals(response.text(), "");
    else assertStringIncludes(response.text(), `REQUEST_METHOD = "${method}"`);
  }
});

Deno.test("TestClient makes the environ that the server makes", async () => {
  const { app, seen } = recorder();
  const client = new TestClient(app, {
    baseUrl: "https://example.com:8443",
    remoteAddress: "192.0.2.1",
    environ: { "test.one": 1, "test.two": 1 },
  });
  await client.get("/a/../%2Fb%C3%A9?x=%20&é", {
    headers: { "X-Custom": "1", "x_custom": "2", "Accept": "*/*" },
    environ: { "test.two": 2 },
  });
  const [environ] = seen;
  assert(environ !== undefined);
  assertEquals(environ.PATH_INFO, "/a/..//b\xc3\xa9");
  assertEquals(environ.REQUEST_URI, encodeUtf8("/a/../%2Fb%C3%A9?x=%20&é"));
  assertEquals(environ.QUERY_STRING, encodeUtf8("x=%20&é"));
  assertEquals(environ.HTTP_HOST, "example.com:8443");
  assertEquals([environ.SERVER_NAME, environ.SERVER_PORT], [
    "example.com",
    "8443",
  ]);
  assertEquals([environ["wsgi.url_scheme"], environ.HTTPS], ["https", "on"]);
  assertEquals(environ.REMOTE_ADDR, "192.0.2.1");
  assertEquals([environ.HTTP_X_CUSTOM, environ.HTTP_ACCEPT], ["1", "*/*"]);
  assertEquals([environ["test.one"], environ["test.two"]], [1, 2]);
});

Deno.test("TestClient sends headers that repeat, in either form", async () => {
  const { app, seen } = recorder();
  const client = new TestClient(app);
  await client.get("/", { headers: [["X-A", "1"], ["x-a", "2"]] });
  await client.get("/", { headers: new Headers({ "X-A": "3" }) });
  assertEquals(seen.map((environ) => environ.HTTP_X_A), ["1, 2", "3"]);
});

Deno.test.each([["a"], [""], ["http://localhost/"], [7], [undefined]])(
  "TestClient refuses the target %j",
  async (target) => {
    await assertRejects(
      () => new TestClient(demoApp).get(target as string),
      TypeError,
      'target must begin with "/"',
    );
  },
);

Deno.test.each([["/"], ["localhost:1"], ["ftp://x"], ["http://x/y"], [""]])(
  "TestClient refuses the baseUrl %j",
  (baseUrl) => {
    assertThrows(
      () => new TestClient(demoApp, { baseUrl }),
      TypeError,
      "baseUrl must be a scheme, a host and a port",
    );
  },
);

Deno.test("TestClient refuses what is no application", () => {
  assertThrows(() => new TestClient({} as Application), TypeError);
});

Deno.test("TestClient fails the test when the application breaks a rule", async () => {
  const app = answering(() => [], "200 OK", [[
    "content-type",
    7 as unknown as string,
  ]]);
  const error = await assertRejects(
    () => new TestClient(app).get("/"),
    ConformanceError,
    "got 7",
  );
  assertEquals(error.violation.blame, "application");
});

Deno.test("TestClient fails the test also when the application swallows it", async () => {
  const app: Application = (_environ, startResponse) => {
    try {
      startResponse("200", PLAIN);
    } catch {
      startResponse("200 OK", PLAIN, new Error("mended"));
    }
    return [];
  };
  await assertRejects(() => new TestClient(app).get("/"), ConformanceError);
});

Deno.test("TestClient runs without the validator when it is told so", async () => {
  // The validator warns of this status.
  const app = answering(() => [], "200 ");
  const checked = await new TestClient(app).get("/");
  assertEquals(checked.violations.map(({ severity }) => severity), ["warning"]);
  const unchecked = await new TestClient(app, { validate: false }).get("/");
  assertEquals(unchecked.violations, []);
});

Deno.test("TestClient hands options to the validator", async () => {
  const app = answering(() => [], "200 ");
  const found: Violation[] = [];
  const strict = new TestClient(app, {
    validate: {
      rules: { "status/*": "error" },
      onViolation: (violation) => found.push(violation),
    },
  });
  await assertRejects(() => strict.get("/"), ConformanceError);
  assertEquals(found.length, 1);
});

Deno.test("TestClient throws what the application throws", async () => {
  const failure = new Error("broken");
  const apps: Application[] = [
    () => {
      throw failure;
    },
    () => Promise.reject(failure),
    answering(function* (): Generator<Uint8Array, void> {
      yield toBytes("a");
      throw failure;
    }),
    answering(() =>
      Object.assign([toBytes("a")], {
        close(): never {
          throw failure;
        },
      })
    ),
  ];
  for (const app of apps) {
    for (const validate of [true, false]) {
      const client = new TestClient(app, { validate });
      const thrown = await assertRejects(() => client.get("/"));
      assertStrictEquals(thrown, failure);
    }
  }
});

Deno.test("TestClient gives the response of a server with throws: false", async () => {
  const app: Application = (_environ, startResponse) => {
    startResponse("200 OK", PLAIN);
    throw new Error("broken");
  };
  const response = await new TestClient(app, { throws: false }).get("/");
  assertEquals(response.statusLine, "500 Internal Server Error");
  assertEquals(response.text(), "500 Internal Server Error\n");
  assertMatch(response.errors, /^Error: broken\n/);
});

Deno.test("TestClient collects what is written to wsgi.errors", async () => {
  const app: Application = (environ, startResponse) => {
    environ["wsgi.errors"].write("one\n");
    environ["wsgi.errors"].writelines(["two", "\n"]);
    startResponse("200 OK", PLAIN);
    return [];
  };
  const client = new TestClient(app);
  assertEquals((await client.get("/")).errors, "one\ntwo\n");
  assertEquals((await client.get("/")).errors, "one\ntwo\n");
});

Deno.test("TestClient tells whether close() ran", async () => {
  const bodies = [
    () => [toBytes("a")],
    () => [toBytes("a"), toBytes("b")],
    function* (): Generator<Uint8Array, void> {
      yield toBytes("a");
    },
    async function* (): AsyncGenerator<Uint8Array, void> {
      yield await Promise.resolve(toBytes("a"));
    },
    () => new Response("a").body!,
  ];
  for (const make of bodies) {
    for (const validate of [true, false]) {
      for (const method of ["GET", "HEAD"]) {
        let closed = 0;
        const close = (): void => void closed++;
        const app = (withClose: boolean): Application =>
          answering(() =>
            withClose ? Object.assign(make(), { close }) : make()
          );
        const client = new TestClient(app(true), { validate });
        assertEquals((await client.request(method, "/")).closed, true);
        assertEquals(closed, 1);
        const other = new TestClient(app(false), { validate });
        assertFalse((await other.request(method, "/")).closed);
      }
    }
  }
});

Deno.test("TestClient refuses a body that is none, as a server does", async () => {
  for (const body of ["text", new Uint8Array(3), undefined, {}, 7]) {
    const app = answering(() => body as Uint8Array[]);
    const client = new TestClient(app, { validate: false, throws: false });
    assertEquals((await client.get("/")).status, 500);
    await assertRejects(() => new TestClient(app).get("/"), ConformanceError);
  }
});

Deno.test("TestResponse.text() heeds the charset", async () => {
  const app = answering(() => [new Uint8Array([0xd6, 0xd0])], "200 OK", [[
    "Content-Type",
    'text/plain; Charset="GBK"',
  ]]);
  assertEquals((await new TestClient(app).get("/")).text(), "中");
});

Deno.test("TestClient keeps requests apart that run at once", async () => {
  const app: Application = async (environ, startResponse) => {
    const body = await environ["wsgi.input"].read();
    environ["wsgi.errors"].write(environ.PATH_INFO);
    startResponse(environ.PATH_INFO === "/1" ? "200 " : "200 OK", PLAIN);
    return [body];
  };
  const client = new TestClient(app);
  const responses = await Promise.all(
    ["/0", "/1", "/2"].map((path) => client.post(path, { body: path })),
  );
  assertEquals(responses.map((r) => r.text()), ["/0", "/1", "/2"]);
  assertEquals(responses.map((r) => r.errors), ["/0", "/1", "/2"]);
  assertEquals(responses.map((r) => r.violations.length), [0, 1, 0]);
});
