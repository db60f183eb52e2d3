import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import type { BackendOptions } from "../../server/scgi.ts";
import type { Application } from "../../wsgi/types.ts";
import { RawClient, within } from "../raw_client.ts";
import {
  ask,
  request,
  serve,
  show,
  statusOf,
  test,
} from "./backend_gateway.ts";

const encoder = new TextEncoder();

/** An application whose answer waits. */
class Waiting {
  readonly begun = Promise.withResolvers<void>();
  readonly answer = Promise.withResolvers<void>();
  calls = 0;
  readonly app: Application = async (_environ, startResponse) => {
    this.calls++;
    this.begun.resolve();
    await this.answer.promise;
    startResponse("200 OK", []);
    return [encoder.encode("late")];
  };
}

test("listens on 127.0.0.1 and a free port by itself", async (gateway) => {
  const server = gateway.serve(show);
  assertEquals(server.hostname, "127.0.0.1");
  assert(server.port > 0);
  await server.shutdown();
  await server.finished;
  await assertRejects(
    () => RawClient.connect(server),
    Deno.errors.ConnectionRefused,
  );
});

test("has the shape of every server, and serves since it was made", async (gateway) => {
  await using serving = serve(gateway, show, { hostname: "::1" });
  const { server } = serving;
  const scheme = gateway.name === "serveScgi()" ? "scgi" : "uwsgi";
  assertEquals(server.url, `${scheme}://[::1]:${server.port}/`);
  await assertRejects(
    () => server.handleRequest(),
    Error,
    "Cannot handle one request: the server serves forever",
  );
  const served = server.serveForever();
  assertEquals(served, server.finished);
  await server.shutdown();
  await served;
  await assertRejects(
    () => server.handleRequest(),
    Error,
    "Cannot handle a request: the server is shut down",
  );
});

test("listens on a Unix socket, and removes it at the end", async (gateway) => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/app.sock`;
  try {
    // What a server leaves behind that was killed.
    Deno.listen({ transport: "unix", path }).close();
    await using serving = serve(gateway, show, { path, mode: 0o660 });
    assertEquals(serving.port, 0);
    assertStringIncludes(
      serving.server.url,
      `+unix://${encodeURIComponent(path)}/`,
    );
    assertEquals(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o660);
    using conn = await Deno.connect({ transport: "unix", path });
    await conn.write(encoder.encode(request(gateway)));
    const text = await new Response(conn.readable).text();
    assertStringIncludes(text, `${gateway.prefix} 200 OK\r\n`);
    await serving.server.shutdown();
    await assertRejects(() => Deno.stat(path), Deno.errors.NotFound);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

test("says why it cannot listen", async (gateway) => {
  await using serving = serve(gateway, show);
  assertThrows(
    () => gateway.serve(show, { port: serving.port }),
    Deno.errors.AddrInUse,
    "the port is in use",
  );
});

test("refuses options that are none", (gateway) => {
  const wrong: readonly [unknown, string][] = [
    [{ port: 70_000 }, "port must be"],
    [{ hostname: "" }, "hostname must be"],
    [{ maxInFlight: 0 }, "maxInFlight must be"],
    [{ mode: 0o660 }, "mode must come with path"],
    [{ signal: 1 }, "signal must be"],
  ];
  for (const [options, part] of wrong) {
    assertThrows(
      () => gateway.serve(show, options as BackendOptions),
      Error,
      part,
    );
  }
  assertThrows(
    () => gateway.serve("app" as unknown as Application),
    TypeError,
    "Cannot run the application",
  );
  return Promise.resolve();
});

test("ends what runs before it shuts down", async (gateway) => {
  const waiting = new Waiting();
  await using serving = serve(gateway, waiting.app);
  using client = await RawClient.connect(serving);
  await client.send(request(gateway));
  await waiting.begun.promise;
  const shutdown = serving.server.shutdown();
  assertEquals(serving.server.shutdown(), shutdown);
  waiting.answer.resolve();
  assertEquals(statusOf(await client.head()), 200);
  assertEquals(await client.rest(), "late");
  await within(shutdown, "the shutdown");
});

test("answers 503 where the shutdown does not wait any longer", async (gateway) => {
  const waiting = new Waiting();
  const stop = new AbortController();
  await using serving = serve(gateway, waiting.app, {
    shutdownTimeout: 0,
    signal: stop.signal,
  });
  using client = await RawClient.connect(serving);
  await client.send(request(gateway));
  await waiting.begun.promise;
  stop.abort();
  assertEquals(statusOf(await client.head()), 503);
  await within(serving.server.finished, "the shutdown");
  waiting.answer.resolve();
});

test("waits for nobody who says nothing, or reads nothing", async (gateway) => {
  const serving = serve(gateway, (_environ, startResponse) => {
    startResponse("200 OK", []);
    return [new Uint8Array(20_000_000)];
  }, { shutdownTimeout: 20 });
  using silent = await RawClient.connect(serving);
  using slow = await RawClient.connect(serving);
  await slow.send(request(gateway));
  await slow.head();
  await within(serving.server.shutdown(), "the shutdown");
  assertEquals(await silent.rest(), "");
});

test("answers 503 at the deadline of a request", async (gateway) => {
  const waiting = new Waiting();
  await using serving = serve(gateway, waiting.app, { requestTimeout: 20 });
  const { head, complete } = await ask(serving);
  assertEquals([statusOf(head), complete], [503, true]);
  waiting.answer.resolve();
  assertStringIncludes(serving.log.join(""), "not over at its deadline");
});

test("runs no more requests at once than maxInFlight", async (gateway) => {
  const waiting = new Waiting();
  await using serving = serve(gateway, waiting.app, { maxInFlight: 1 });
  using first = await RawClient.connect(serving);
  await first.send(request(gateway));
  await waiting.begun.promise;
  const second = ask(serving);
  // Long enough for the other one to be accepted, if it were.
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(waiting.calls, 1);
  waiting.answer.resolve();
  assertEquals([await first.head(), await first.rest()].length, 2);
  assertEquals((await second).body, "late");
  assertEquals(waiting.calls, 2);
});

test("calls onError with what the application threw", async (gateway) => {
  const errors: unknown[] = [];
  const error = new Error("on purpose");
  await using serving = serve(gateway, () => {
    throw error;
  }, { onError: (thrown) => void errors.push(thrown) });
  await ask(serving);
  assertEquals(errors, [error]);
});

test("goes on where its log fails", async (gateway) => {
  const fail = () => {
    throw new Error("on purpose");
  };
  const errors = { write: fail, writelines: fail, flush: fail };
  await using serving = serve(gateway, show, {
    environ: { "wsgi.errors": errors },
  });
  using stranger = await RawClient.connect(serving);
  await stranger.send("x");
  await stranger.closeWrite();
  assertEquals(await stranger.rest(), "");
  const { head } = await ask(serving, { REQUEST_METHOD: "" });
  assertEquals(statusOf(head), 500);
  assertEquals(statusOf((await ask(serving)).head), 200);
});
