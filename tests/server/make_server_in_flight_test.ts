import { assertEquals } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import type { Application } from "../../wsgi/types.ts";
import { ask, RawClient, within } from "../raw_client.ts";
import { get, serve } from "./serving.ts";

/** An application whose calls end when they are told to. */
class Gate {
  /** The paths of the calls that were made, in order. */
  readonly calls: string[] = [];
  /** The most calls that ever ran at once. */
  most = 0;
  #running = 0;
  readonly #waiting = new Map<string, PromiseWithResolvers<void>>();
  readonly #called = new Map<string, PromiseWithResolvers<void>>();

  #of(
    map: Map<string, PromiseWithResolvers<void>>,
    path: string,
  ): PromiseWithResolvers<void> {
    const known = map.get(path) ?? Promise.withResolvers<void>();
    map.set(path, known);
    return known;
  }

  /** Lets a call return. */
  open(path: string): void {
    this.#of(this.#waiting, path).resolve();
  }

  /** Waits for a call. */
  async called(path: string): Promise<void> {
    await within(this.#of(this.#called, path).promise, `the call of ${path}`);
  }

  readonly app: Application = async (environ, startResponse) => {
    const path = environ.PATH_INFO;
    this.calls.push(path);
    this.most = Math.max(this.most, ++this.#running);
    this.#of(this.#called, path).resolve();
    await this.#of(this.#waiting, path).promise;
    this.#running--;
    startResponse("200 OK", []);
    return [toBytes(path)];
  };
}

// SPEC: server-one-at-a-time
Deno.test("makeServer() runs no more requests at once than maxInFlight, in order", async () => {
  const gate = new Gate();
  await using serving = serve(gate.app, { maxInFlight: 1 });
  using first = await RawClient.connect(serving);
  await first.send(get("/1"));
  await gate.called("/1");
  // One after the other, so that it is known in which order they wait.
  const paths = ["/2", "/3", "/4"];
  const clients: RawClient[] = [];
  using stack = new DisposableStack();
  for (const path of paths) {
    const client = stack.use(await RawClient.connect(serving));
    await client.send(get(path));
    clients.push(client);
  }
  for (const path of ["/1", ...paths]) gate.open(path);
  assertEquals((await first.response()).body, "/1");
  const bodies = await Promise.all(
    clients.map(async (client) => (await client.response()).body),
  );
  assertEquals(bodies, paths);
  assertEquals(gate.calls.toSorted(), ["/1", ...paths]);
  assertEquals(gate.most, 1);
});

Deno.test("makeServer() runs as many requests as maxInFlight says", async () => {
  const gate = new Gate();
  await using serving = serve(gate.app, { maxInFlight: 2 });
  const asked = ["/1", "/2", "/3"].map((path) => ask(serving, get(path)));
  await Promise.race([
    Promise.all([gate.called("/1"), gate.called("/2")]),
    Promise.all([gate.called("/1"), gate.called("/3")]),
    Promise.all([gate.called("/2"), gate.called("/3")]),
  ]);
  assertEquals(gate.calls.length, 2);
  for (const path of ["/1", "/2", "/3"]) gate.open(path);
  await Promise.all(asked);
  assertEquals([gate.calls.length, gate.most], [3, 2]);
});

// SPEC: server-busy
Deno.test("makeServer() answers 503 when more wait than its queue holds", async () => {
  const gate = new Gate();
  await using serving = serve(gate.app, { maxInFlight: 1 });
  using running = await RawClient.connect(serving);
  await running.send(get("/running"));
  await gate.called("/running");
  gate.open("/waits");
  const statuses: number[] = [];
  const refused = Promise.withResolvers<void>();
  const asked = Array.from({ length: 129 }, async () => {
    const { status } = (await ask(serving, get("/waits"))).head;
    statuses.push(status);
    refused.resolve();
  });
  // The first answer of all is the one that says no.
  await within(refused.promise, "the 503");
  assertEquals(statuses, [503]);
  gate.open("/running");
  await Promise.all(asked);
  assertEquals(statuses.filter((status) => status === 200).length, 128);
  assertEquals(gate.most, 1);
});

Deno.test("makeServer() does not call the application for a client that left while it waited", async () => {
  const gate = new Gate();
  const left = Promise.withResolvers<void>();
  await using serving = serve(gate.app, {
    maxInFlight: 1,
    log: ({ clientLeft }) => clientLeft && left.resolve(),
  });
  using running = await RawClient.connect(serving);
  await running.send(get("/running"));
  await gate.called("/running");
  using leaving = await RawClient.connect(serving);
  await leaving.send(get("/leaves"));
  using waiting = await RawClient.connect(serving);
  await waiting.send(get("/waits"));
  leaving.close();
  await within(left.promise, "the record");
  gate.open("/running");
  gate.open("/waits");
  assertEquals((await waiting.response()).body, "/waits");
  assertEquals(gate.calls, ["/running", "/waits"]);
});

Deno.test("makeServer() goes on with those that wait when the deadline of another has passed", async () => {
  const gate = new Gate();
  await using serving = serve(gate.app, {
    maxInFlight: 1,
    requestTimeout: 100,
  });
  gate.open("/next");
  using never = await RawClient.connect(serving);
  await never.send(get("/never"));
  await gate.called("/never");
  assertEquals((await ask(serving, get("/next"))).body, "/next");
  assertEquals((await never.response()).head.status, 503);
});

Deno.test("makeServer() answers 503 to what waits for its turn at shutdown()", async () => {
  const gate = new Gate();
  await using serving = serve(gate.app, { maxInFlight: 1 });
  using running = await RawClient.connect(serving);
  await running.send(get("/running"));
  await gate.called("/running");
  using waiting = await RawClient.connect(serving);
  await waiting.send(get("/waits"));
  // A request that needs no place: once it is answered, the other one waits.
  assertEquals((await ask(serving, "bad\r\n\r\n")).head.status, 400);
  const stopped = serving.server.shutdown();
  assertEquals((await waiting.response()).head.status, 503);
  gate.open("/running");
  assertEquals((await running.response()).body, "/running");
  await within(stopped, "shutdown()");
  assertEquals(gate.calls, ["/running"]);
});
