import {
  assert,
  assertEquals,
  assertFalse,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  type FetchFunction,
  type FetchInfo,
  fromFetchHandler,
} from "../../../gateway/from_fetch/from_fetch.ts";
import type { Environ } from "../../../wsgi/types.ts";
import { setupTestingDefaults } from "../../../gateway/environ/setup_testing_defaults.ts";
import { TestClient } from "../../../test_client/test_client.ts";
import { run } from "../fetch/run_fetch.ts";

const PARANOID = { validate: { profile: "paranoid" } } as const;

/** A client of a handler, whose every finding fails the test. */
function clientOf(handler: FetchFunction): TestClient {
  return new TestClient(fromFetchHandler(handler), PARANOID);
}

Deno.test("fromFetchHandler() gives a function the request", async () => {
  const client = clientOf(async (request) => {
    const { method, url, headers } = request;
    const body = await request.text();
    return Response.json({ method, url, accept: headers.get("Accept"), body });
  });
  const response = await client.post("/a%2Fb?c=d", {
    headers: { Accept: "text/csv" },
    body: "Grüße",
  });
  assertEquals(response.json(), {
    method: "POST",
    url: "http://localhost/a%2Fb?c=d",
    accept: "text/csv",
    body: "Grüße",
  });
});

Deno.test("fromFetchHandler() calls fetch() of an object as its method", async () => {
  const module = {
    greeting: "Hello",
    fetch(request: Request): Response {
      return new Response(`${this.greeting} ${new URL(request.url).pathname}`);
    },
  };
  const client = new TestClient(fromFetchHandler(module), PARANOID);
  assertEquals((await client.get("/a")).text(), "Hello /a");
});

Deno.test("fromFetchHandler() refuses what is no handler", () => {
  const wrong: readonly [unknown, string][] = [
    [undefined, "got undefined"],
    [null, "got null"],
    ["app", 'got "app"'],
    [{ fetch: 1 }, "got an object"],
    [new Response(), "got a Response"],
  ];
  for (const [handler, got] of wrong) {
    assertThrows(
      () => fromFetchHandler(handler as FetchFunction),
      TypeError,
      `handler must be a function (request) or an object with fetch(), ${got}`,
    );
  }
});

Deno.test("fromFetchHandler() answers at once when a body is null and the handler sync", () => {
  const app = fromFetchHandler(() => new Response(null));
  let status = "";
  const body = app(setupTestingDefaults({}), (given) => {
    status = given;
    return () => Promise.resolve();
  });
  assertEquals([status, body], ["200 OK", []]);
});

Deno.test("fromFetchHandler() tells the handler where the client is", async () => {
  const infos: FetchInfo[] = [];
  const app = fromFetchHandler((_request, info) => {
    infos.push(info);
    return new Response();
  });
  const asked: readonly Record<string, string>[] = [
    { REMOTE_ADDR: "192.0.2.1", REMOTE_PORT: "4711" },
    { REMOTE_ADDR: "::1" },
    {},
  ];
  const environs: Environ[] = [];
  for (const variables of asked) {
    const environ = setupTestingDefaults({ ...variables });
    if (!("REMOTE_ADDR" in variables)) delete environ.REMOTE_ADDR;
    environs.push(environ);
    await app(environ, () => () => Promise.resolve());
  }
  assertEquals(infos.map(({ remoteAddr }) => remoteAddr), [
    { transport: "tcp", hostname: "192.0.2.1", port: 4711 },
    { transport: "tcp", hostname: "::1" },
    undefined,
  ]);
  infos.forEach(({ environ }, i) => assertStrictEquals(environ, environs[i]));
});

Deno.test("fromFetchHandler() leaves the environ as it was", async () => {
  const environ = setupTestingDefaults({});
  const before = { ...environ };
  await fromFetchHandler(() => new Response("a"))(
    environ,
    () => () => Promise.resolve(),
  );
  assertEquals(Object.keys(environ), Object.keys(before));
  for (const key of Object.keys(before)) {
    assertStrictEquals(environ[key], before[key]);
  }
});

Deno.test("fromFetchHandler() answers methods that no Request can have with 501", async () => {
  const client = clientOf(() => {
    throw new Error("never called");
  });
  for (const method of ["TRACE", "TRACK"]) {
    const response = await client.request(method, "/");
    assertEquals(response.status, 501);
    assertEquals(response.text(), `No fetch handler can answer ${method}.\n`);
  }
});

Deno.test("fromFetchHandler() reads nothing of a body that the handler leaves", async () => {
  let pulls = 0;
  const app = fromFetchHandler(() => new Response("no thanks"));
  const { response } = await run(app, {
    method: "POST",
    body: new ReadableStream({ pull: () => void pulls++ }, {
      highWaterMark: 0,
    }),
    duplex: "half",
  } as RequestInit);
  assertEquals(await response.text(), "no thanks");
  assertEquals(pulls, 0);
});

Deno.test("fromFetchHandler() lets the handler answer while the body arrives", async () => {
  const bytes = new TextEncoder().encode("a");
  let pulls = 0;
  const app = fromFetchHandler((request) => new Response(request.body));
  const { response } = await run(app, {
    method: "POST",
    body: new ReadableStream({
      pull(controller): void {
        if (++pulls === 5) controller.close();
        else controller.enqueue(bytes);
      },
    }, { highWaterMark: 0 }),
    duplex: "half",
  } as RequestInit);
  assertEquals(await response.text(), "aaaa");
});

Deno.test("fromFetchHandler() gives copies of the request the same signal", async () => {
  const left = new AbortController();
  const signals: AbortSignal[] = [];
  const aborted = Promise.withResolvers<void>();
  const app = fromFetchHandler(async (request) => {
    const copies = [new Request(request), request.clone()];
    signals.push(request.signal, ...copies.map(({ signal }) => signal));
    request.signal.addEventListener("abort", () => aborted.resolve());
    await aborted.promise;
    return new Response();
  });
  const environ = setupTestingDefaults({
    "wsgiref.signal": () => left.signal,
  });
  const body = app(environ, () => () => Promise.resolve());
  assertEquals(signals.map(({ aborted }) => aborted), [false, false, false]);
  const reason = new Error("gone");
  left.abort(reason);
  await body;
  assertEquals(signals.map(({ aborted }) => aborted), [true, true, true]);
  for (const signal of signals) assertStrictEquals(signal.reason, reason);
});

Deno.test("fromFetchHandler() does not ask for the signal of a quick request", async () => {
  let asked = 0;
  const app = fromFetchHandler(async (request) => {
    await null;
    assertFalse(request.signal.aborted);
    return new Response("quick");
  });
  const environ = setupTestingDefaults({
    "wsgiref.signal": () => {
      asked++;
      return new AbortController().signal;
    },
  });
  await app(environ, () => () => Promise.resolve());
  assertEquals(asked, 0);
});

Deno.test("fromFetchHandler() works behind a server without wsgiref.signal", async () => {
  const environ = setupTestingDefaults({});
  delete environ["wsgiref.signal"];
  let cancelled = false;
  const app = fromFetchHandler(async (request) => {
    await null;
    assert(request.signal instanceof AbortSignal);
    return new Response(
      new ReadableStream({ cancel: () => void (cancelled = true) }),
    );
  });
  const body = await app(environ, () => () => Promise.resolve());
  await body.close?.();
  assert(cancelled);
});
