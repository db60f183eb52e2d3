import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { types } from "node:util";
import { createFetchEnviron } from "../../../gateway/fetch/environ.ts";
import { Laziness } from "../../../gateway/environ/lazy_environ.ts";
import { makeServer } from "../../../server/make_server.ts";
import type { Application, Environ } from "../../../wsgi/types.ts";

/** Counts who reads all headers. */
class CountedHeaders extends Headers {
  iterated = 0;
  override forEach(
    callback: (value: string, key: string, parent: this) => void,
  ): void {
    this.iterated++;
    super.forEach(callback);
  }
}

/** Laziness behind its first request, which is never lazy. */
function readyLaziness(): Laziness {
  const laziness = new Laziness();
  laziness.decide();
  return laziness;
}

function lazyEnviron(
  headers: Headers,
  laziness: Laziness = readyLaziness(),
): Environ {
  const request = { method: "GET", url: "http://h/", headers, body: null };
  const signal = (): AbortSignal => new AbortController().signal;
  return createFetchEnviron(request as Request, undefined, signal, {
    laziness,
  });
}

Deno.test("createFetchEnviron() reads only the headers that are asked for", () => {
  const headers = new CountedHeaders({
    host: "h",
    accept: "text/plain",
    "content-type": "text/plain",
  });
  const environ = lazyEnviron(headers);
  assertEquals(environ.HTTP_ACCEPT, "text/plain");
  assertEquals(environ.HTTP_COOKIE, undefined);
  assert("HTTP_HOST" in environ);
  environ["my.key"] = 1;
  environ.HTTP_ACCEPT = "changed";
  assertEquals(headers.iterated, 0);
  assertEquals(Object.keys(environ).slice(-4), [
    "HTTP_ACCEPT",
    "CONTENT_TYPE",
    "HTTP_HOST",
    "my.key",
  ]);
  assertEquals(environ.HTTP_ACCEPT, "changed");
  assertEquals(headers.iterated, 1);
});

Deno.test("createFetchEnviron() reads all headers at once after somebody needed all", () => {
  const laziness = readyLaziness();
  const headers = new Headers({ host: "h", accept: "text/plain" });
  const first = lazyEnviron(headers, laziness);
  assert(types.isProxy(first));
  assert(types.isProxy(lazyEnviron(headers, laziness)));
  const copy = { ...first };
  const next = lazyEnviron(headers, laziness);
  assert(!types.isProxy(next));
  assertEquals(Object.keys(next), Object.keys(copy));
});

Deno.test("makeServer() gives an environ that outlives its request", async () => {
  const kept: Environ[] = [];
  const app: Application = (environ, startResponse) => {
    kept.push(environ);
    startResponse("200 OK", [["Content-Type", "text/plain"]]);
    return [new Uint8Array(1)];
  };
  {
    await using server = makeServer("127.0.0.1", 0, app, { log: false });
    server.serveForever();
    const headers = { "X-A": "kept", "X-B": "1", "X-C": "2" };
    for (let i = 0; i < 2; i++) {
      const response = await fetch(server.url, { headers });
      await response.bytes();
    }
  }
  const [, environ] = kept;
  assert(environ !== undefined);
  assert(types.isProxy(environ));
  assertEquals(environ.HTTP_X_A, "kept");
  assertEquals(environ.REMOTE_ADDR, "127.0.0.1");
  assertEquals({ ...environ }.HTTP_X_A, "kept");
});

Deno.test("console.log() of an environ from makeServer() shows its headers", async () => {
  const mod = new URL("../../../mod.ts", import.meta.url);
  const program = `
    import { makeServer } from ${JSON.stringify(mod)};
    import { types } from "node:util";
    const server = makeServer("127.0.0.1", 0, (environ, startResponse) => {
      const isLazy = types.isProxy(environ);
      console.log(environ);
      if (isLazy) console.log("It was lazy.");
      startResponse("200 OK", [["Content-Type", "text/plain"]]);
      return [];
    }, { log: false });
    server.serveForever();
    const headers = { "X-A": "shown", "X-B": "1", "X-C": "2" };
    await (await fetch(server.url, { headers })).bytes();
    await (await fetch(server.url, { headers })).bytes();
    await server.shutdown();
  `;
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-lock", "--ext=ts", program],
    env: { NO_COLOR: "1" },
    stdin: "null",
    signal: AbortSignal.timeout(30_000),
  }).output();
  assert(success);
  const text = new TextDecoder().decode(stdout);
  const [first, second] = text.split(/^(?=\{)/m);
  assert(first !== undefined && second !== undefined);
  assertStringIncludes(first, 'HTTP_X_A: "shown"');
  // Only the port of the client differs.
  const portless = (shown: string): string =>
    shown.replace(/REMOTE_PORT: "\d+"/, "");
  assertEquals(portless(second), `${portless(first)}It was lazy.\n`);
  assert(!text.includes("Symbol("), text);
  assert(!text.includes("Proxy"), text);
});

Deno.test("createFetchEnviron() leaves what Object.prototype has to it", () => {
  const seen: unknown[] = [];
  Object.defineProperty(Object.prototype, "HTTP_STRANGE", {
    configurable: true,
    get(this: unknown): unknown {
      return this;
    },
    set(this: unknown, value: unknown): void {
      seen.push(this, value);
    },
  });
  try {
    const environ = lazyEnviron(new Headers({ host: "h" }));
    const all: Record<string, unknown> = environ;
    assert(all["HTTP_STRANGE"] === environ);
    all["HTTP_STRANGE"] = "given";
    assert(seen[0] === environ);
    assertEquals(seen[1], "given");
    assert(!Object.hasOwn(environ, "HTTP_STRANGE"));
  } finally {
    Reflect.deleteProperty(Object.prototype, "HTTP_STRANGE");
  }
});
