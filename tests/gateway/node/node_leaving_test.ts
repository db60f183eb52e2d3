import { assert, assertEquals } from "@std/assert";
import { ClientDisconnected } from "../../../gateway/cancellation.ts";
import type { Application, ResponseBody } from "../../../wsgi/types.ts";
import { ask, RawClient, within } from "../../raw_client.ts";
import { serveNode } from "./node_serving.ts";
import { get } from "../../server/serving.ts";
import { answering } from "../recording_transport.ts";

const BYTES = new TextEncoder().encode("Hello");

/** What an application did, step by step. */
class Steps {
  readonly called = Promise.withResolvers<void>();
  readonly goOn = Promise.withResolvers<void>();
  readonly aborted = Promise.withResolvers<unknown>();
  readonly closed = Promise.withResolvers<void>();
  made = 0;
  closes = 0;

  /** A body without an end. */
  body(next: () => Promise<void> | void = () => {}): ResponseBody {
    const iterator = {
      next: async (): Promise<IteratorResult<Uint8Array, void>> => {
        this.made++;
        await next();
        return { done: false, value: new Uint8Array(65_536) };
      },
    };
    return {
      [Symbol.asyncIterator]: () => iterator,
      close: () => {
        this.closes++;
        this.closed.resolve();
      },
    };
  }
}

/** Calls an application once, and leaves when that is told. */
async function leaveDuring(
  app: (steps: Steps) => Application,
  stage: (client: RawClient, steps: Steps) => Promise<unknown>,
): Promise<{ steps: Steps; log: readonly string[] }> {
  const steps = new Steps();
  await using serving = await serveNode((environ, startResponse) => {
    if (environ.PATH_INFO === "/next") {
      startResponse("200 OK", []);
      return [BYTES];
    }
    const signal = environ["wsgiref.signal"]!();
    signal.addEventListener("abort", () => {
      steps.aborted.resolve(signal.reason);
    });
    return app(steps)(environ, startResponse);
  });
  using client = await RawClient.connect(serving);
  await client.send(get());
  await within(stage(client, steps), "the stage");
  client.close();
  const reason = await within(steps.aborted.promise, "the signal");
  assert(reason instanceof ClientDisconnected);
  steps.goOn.resolve();
  await within(steps.closed.promise, "close()");
  assertEquals((await ask(serving, get("/next"))).body, "Hello");
  return { steps, log: serving.log };
}

/** Starts a body whose first chunk waits. */
function waiting(steps: Steps): Application {
  return answering(() =>
    steps.body(() => {
      steps.called.resolve();
      return steps.goOn.promise;
    })
  );
}

Deno.test("toNodeListener() closes the body of a client that leaves before the first chunk", async () => {
  const stage = (_client: RawClient, steps: Steps) => steps.called.promise;
  const { steps } = await leaveDuring(waiting, stage);
  assertEquals([steps.closes, steps.made], [1, 1]);
});

Deno.test("toNodeListener() takes a client that closes its sending side for one that left", async () => {
  const { steps } = await leaveDuring(waiting, async (client, steps) => {
    await steps.called.promise;
    await client.closeWrite();
    assertEquals(await client.rest(), "");
  });
  assertEquals(steps.closes, 1);
});

Deno.test("toNodeListener() makes no more than a client reads, and closes when it leaves", async () => {
  const endless = (steps: Steps) => answering(() => steps.body());
  const { steps } = await leaveDuring(endless, async (client, steps) => {
    await client.head();
    // Full when no chunk comes during many turns of the event loop.
    for (let made = -1, turns = 0; turns < 200; turns++) {
      if (made !== steps.made) turns = 0;
      made = steps.made;
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  });
  // The buffers of the system take some megabytes.
  assert(steps.made < 500, `${steps.made} chunks`);
  assertEquals(steps.closes, 1);
});

Deno.test("toNodeListener() rejects write() when the client leaves", async () => {
  const rejected = Promise.withResolvers<unknown>();
  const { steps } = await leaveDuring(
    (steps) => async (_environ, startResponse) => {
      const write = startResponse("200 OK", []);
      try {
        for (;;) {
          await write(new Uint8Array(65_536));
          steps.called.resolve();
        }
      } catch (error) {
        rejected.resolve(error);
      }
      return steps.body();
    },
    (_client, steps) => steps.called.promise,
  );
  assert(await rejected.promise instanceof ClientDisconnected);
  assertEquals(steps.closes, 1);
});

Deno.test("toNodeListener() tells pipelined requests that wait for their turn", async () => {
  let closes = 0;
  const all = Promise.withResolvers<void>();
  const called = Promise.withResolvers<void>();
  const steps = new Steps();
  const count = 15;
  let calls = 0;
  await using serving = await serveNode((_environ, startResponse) => {
    if (++calls === count) called.resolve();
    startResponse("200 OK", []);
    const body = steps.body(() => steps.goOn.promise);
    body.close = () => {
      if (++closes === count) all.resolve();
    };
    return body;
  });
  using client = await RawClient.connect(serving);
  await client.send(get().repeat(count));
  await within(called.promise, "all requests");
  client.close();
  await within(all.promise, "all bodies to be closed");
  assertEquals(closes, count);
  steps.goOn.resolve();
});

Deno.test("toNodeListener() aborts no signal of a request that ended well", async () => {
  let signal: AbortSignal | undefined;
  await using serving = await serveNode((environ, startResponse) => {
    signal ??= environ["wsgiref.signal"]!();
    startResponse("200 OK", []);
    return [BYTES];
  });
  {
    using client = await RawClient.connect(serving);
    await client.send(get());
    await client.response();
  }
  await ask(serving, get());
  assertEquals(signal?.aborted, false);
});
