import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { assertMatch, assertStringIncludes } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import { demoApp } from "../../server/demo_app.ts";
import type { Application, ResponseBody } from "../../wsgi/types.ts";
import { TestClient } from "../../test_client/test_client.ts";
import { ConformanceError, type Violation } from "../../validator.ts";
import { answering, fail, PLAIN } from "../gateway/recording_transport.ts";
import { generate, generateAsync } from "../middleware/between.ts";
import { echo } from "./recorded_app.ts";

Deno.test("TestClient returns status, headers and body of a response", async () => {
  const app = answering(
    () => [toBytes("no"), toBytes("ne")],
    [...PLAIN, ["X-A", "1"], ["x-a", "2"]],
    "404 No Such Thing",
  );
  const response = await new TestClient(app).get("/");
  const { status, reason, statusLine, bytes, url } = response;
  assertEquals([status, reason], [404, "No Such Thing"]);
  assertEquals([statusLine, url], ["404 No Such Thing", "http://localhost/"]);
  const names = ["X-A", "X-B", "content-length"];
  const values = names.map((name) => response.header(name));
  assertEquals(values, ["1, 2", undefined, "4"]);
  assertEquals([bytes, response.text()], [toBytes("none"), "none"]);
  assertEquals([response.complete, response.closed], [true, false]);
  assertEquals([response.errors, response.violations], ["", []]);
});

Deno.test("TestClient runs demoApp without a finding, with every method", async () => {
  const client = new TestClient(demoApp);
  const { get, post, put, patch, delete: remove, head, options } = client;
  const methods = { get, post, put, patch, delete: remove, head, options };
  for (const [name, send] of Object.entries(methods)) {
    const method = name.toUpperCase();
    const response = await send.call(client, "/a");
    assertEquals(response.violations, []);
    if (method === "HEAD") assertEquals(response.text(), "");
    else assertStringIncludes(response.text(), `REQUEST_METHOD = "${method}"`);
  }
  const { violations } = await client.request("PROPFIND", "/a");
  assertEquals(violations, []);
});

Deno.test("TestClient simulates the given server and client", async () => {
  const { app, seen } = echo();
  const client = new TestClient(app, {
    baseUrl: "https://example.com:8443",
    remoteAddress: "192.0.2.1",
    environ: { "test.one": 1, "test.two": 1 },
  });
  await client.get("/", { environ: { "test.two": 2 } });
  const expected = {
    HTTP_HOST: "example.com:8443",
    SERVER_NAME: "example.com",
    SERVER_PORT: "8443",
    "wsgi.url_scheme": "https",
    HTTPS: "on",
    REMOTE_ADDR: "192.0.2.1",
    "test.one": 1,
    "test.two": 2,
  };
  const found = Object.keys(expected).map((name) => [name, seen[0]?.[name]]);
  assertEquals(Object.fromEntries(found), expected);
});

Deno.test("TestClient sends headers that repeat, in either form", async () => {
  const { app, seen } = echo();
  const client = new TestClient(app);
  await client.get("/", { headers: [["X-A", "1"], ["x-a", "2"]] });
  await client.get("/", { headers: new Headers({ "X-A": "3" }) });
  assertEquals(seen.map((environ) => environ.HTTP_X_A), ["1, 2", "3"]);
});

Deno.test("TestClient rejects wrong targets, base URLs and applications", async () => {
  for (const target of ["a", "", "*a", "//\r\n", 7, undefined]) {
    const ask = () => new TestClient(demoApp).get(target as string);
    await assertRejects(ask, TypeError, 'target must begin with "/"');
  }
  for (const baseUrl of ["/", "localhost:1", "ftp://x", "http://x/y", ""]) {
    const make = () => new TestClient(demoApp, { baseUrl });
    const message = "baseUrl must be a scheme, a host and a port";
    assertThrows(make, TypeError, message);
  }
  assertThrows(() => new TestClient({} as Application), TypeError);
});

Deno.test("TestClient fails the test when the application breaks a rule", async () => {
  const headers = [["content-type", 7 as unknown as string]] as const;
  const client = new TestClient(answering(() => [], headers));
  const get = () => client.get("/");
  const error = await assertRejects(get, ConformanceError, "got 7");
  assertEquals(error.violation.blame, "application");
});

Deno.test("TestClient fails the test even if the application catches the error", async () => {
  const app: Application = (_environ, startResponse) => {
    try {
      startResponse("200" as string, PLAIN);
    } catch {
      startResponse("200 OK", PLAIN, new Error("corrected"));
    }
    return [];
  };
  await assertRejects(() => new TestClient(app).get("/"), ConformanceError);
});

Deno.test("TestClient passes validate to the validator, or runs without it", async () => {
  // The validator warns about this status.
  const app = answering(() => [], PLAIN, "200 ");
  const checked = await new TestClient(app).get("/");
  assertEquals(checked.violations.map(({ severity }) => severity), ["warning"]);
  const unchecked = await new TestClient(app, { validate: false }).get("/");
  assertEquals(unchecked.violations, []);
  const found: Violation[] = [];
  const onViolation = (violation: Violation) => found.push(violation);
  const validate = { rules: { "status/*": "error" }, onViolation } as const;
  const strict = new TestClient(app, { validate });
  await assertRejects(() => strict.get("/"), ConformanceError);
  assertEquals(found.length, 1);
});

Deno.test("TestClient throws the error of the application", async () => {
  const failure = new Error("broken");
  const broken = (): never => {
    throw failure;
  };
  for (const validate of [true, false]) {
    for (
      const app of [
        broken,
        () => Promise.reject(failure),
        answering(function* (): Generator<Uint8Array, void> {
          yield toBytes("a");
          broken();
        }),
        answering(() => Object.assign([toBytes("a")], { close: broken })),
      ]
    ) {
      const client = new TestClient(app, { validate });
      assert(await assertRejects(() => client.get("/")) === failure);
    }
  }
});

Deno.test("TestClient returns the response of a server with throws: false", async () => {
  const app = answering(() => fail("broken"));
  const response = await new TestClient(app, { throws: false }).get("/");
  assertEquals(response.statusLine, "500 Internal Server Error");
  assertEquals(response.text(), "500 Internal Server Error\n");
  assertMatch(response.errors, /^Error: broken\n/);
});

Deno.test("TestClient reports whether close() ran", async () => {
  const bodies = [
    () => [toBytes("a")],
    () => [toBytes("a"), toBytes("b")],
    () => generate("a"),
    () => generateAsync("a"),
    () => new Response("a").body!,
  ];
  for (const make of bodies) {
    for (const validate of [true, false]) {
      for (const method of ["GET", "HEAD"]) {
        let closed = 0;
        const close = (): void => void closed++;
        const ask = (body: () => ResponseBody) =>
          new TestClient(answering(body), { validate }).request(method, "/");
        assert((await ask(() => Object.assign(make(), { close }))).closed);
        assertEquals(closed, 1);
        assert(!(await ask(make)).closed);
      }
    }
  }
});

Deno.test("TestClient rejects an invalid body like a server", async () => {
  for (const body of ["text", new Uint8Array(3), undefined, {}, 7]) {
    const app = answering(() => body as Uint8Array[]);
    const client = new TestClient(app, { validate: false, throws: false });
    assertEquals((await client.get("/")).status, 500);
    await assertRejects(() => new TestClient(app).get("/"), ConformanceError);
  }
});

Deno.test("TestResponse.text() decodes the charset", async () => {
  const headers = [["Content-Type", 'text/plain; Charset="GBK"']] as const;
  const body = () => [new Uint8Array([0xd6, 0xd0])];
  const client = new TestClient(answering(body, headers));
  assertEquals((await client.get("/")).text(), "中");
});

Deno.test("TestClient keeps concurrent requests separate", async () => {
  const app: Application = async (environ, startResponse) => {
    const body = await environ["wsgi.input"].read();
    environ["wsgi.errors"].writelines([environ.PATH_INFO, "\n"]);
    startResponse(environ.PATH_INFO === "/1" ? "200 " : "200 OK", PLAIN);
    return [body];
  };
  const client = new TestClient(app);
  const paths = ["/0", "/1", "/2"];
  const calls = paths.map((path) => client.post(path, { body: path }));
  const responses = await Promise.all(calls);
  assertEquals(responses.map((r) => r.text()), paths);
  assertEquals(responses.map((r) => r.errors), ["/0\n", "/1\n", "/2\n"]);
  assertEquals(responses.map((r) => r.violations.length), [0, 1, 0]);
});
