// Transports that fail, and errors that come after the response.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { ResponseHead } from "../../gateway/response_head.ts";
import { toBytes } from "../../wsgi/byte_string.ts";
import {
  type AsyncChunks,
  bodyOf,
  type Chunks,
  KINDS,
} from "./recording_body.ts";
import {
  answering,
  ended,
  Events,
  fail,
  RespondingTransport,
  Run,
  run,
  turn,
} from "./recording_transport.ts";

/** A transport that fails in one of its functions. */
class FailingTransport extends RespondingTransport {
  readonly #fail: (at: string) => Promise<void> | undefined;

  constructor(at: string, how: string, events = new Events()) {
    super(events);
    this.#fail = (called) => {
      if (called !== at) return;
      if (how === "throws") fail(`${at} failed`);
      return Promise.try(fail, `${at} failed`);
    };
  }

  override sendHead(head: ResponseHead): void {
    super.sendHead(head);
    this.#fail("sendHead");
  }

  override write(chunk: Uint8Array): void | Promise<void> {
    super.write(chunk);
    return this.#fail("write");
  }

  override end(): void | Promise<void> {
    const failure = this.#fail("end");
    if (failure === undefined) super.end();
    return failure;
  }

  override respond(): Promise<void> | undefined {
    return this.#fail("respond");
  }
}

Deno.test.each([
  ["sendHead", "throws"],
  ["write", "throws"],
  ["write", "rejects"],
  ["end", "throws"],
  ["end", "rejects"],
  ["respond", "throws"],
  ["respond", "rejects"],
])("runApplication() survives a transport whose %s() %s", async (at, how) => {
  let failures = 0;
  for (const kind of KINDS) {
    for (const method of ["GET", "HEAD"]) {
      const events = new Events();
      const transport = new FailingTransport(at, how, events);
      const app = answering(() => bodyOf(kind, ["a", "b"], events));
      const { written } = await run(app, { method, transport });
      assertEquals(events.count("close"), 1);
      // Not every kind of response makes this call.
      const hasFailed = written.join("").includes(`${at} failed`);
      const isBroken = hasFailed && (how === "throws" || at === "write");
      assertEquals(transport.outcome === "aborted", isBroken);
      failures += hasFailed ? 1 : 0;
    }
  }
  assert(failures > 0);
});

Deno.test.each(["throws", "rejects"])(
  "runApplication() logs that respond() %s for an error page, and after an async close()",
  async (how) => {
    const transport = new FailingTransport("respond", how);
    const app = () => Promise.reject("no luck");
    const { written } = await run(app, { transport });
    if (how === "throws") {
      const { outcome, reason } = transport;
      assertEquals([outcome, reason], ["aborted", "no luck"]);
    }
    assertEquals(written.length, 2);
    assertStringIncludes(written[0]!, "no luck");
    assertStringIncludes(written[1]!, "respond failed");
    const close = (): Promise<void> => Promise.resolve();
    const body = Object.assign([toBytes("a")], { close });
    const closing = await run(answering(() => body), {
      transport: new FailingTransport("respond", how),
    });
    assertStringIncludes(closing.written[0]!, "respond failed");
  },
);

Deno.test("runApplication() logs errors of a body that come after Content-Length is reached", async () => {
  const chunk = { done: false, value: toBytes("a") };
  const results: unknown[] = [chunk, Promise.resolve(chunk)];
  const promising = {
    [Symbol.iterator]: () => ({ next: () => results.shift() }),
  };
  const throwing = function* (): Chunks {
    yield toBytes("a");
    fail();
  };
  const headers = [["Content-Length", "1"]] as const;
  for (
    const [body, message] of [
      [() => promising, "must not return a promise"],
      [throwing, "on purpose"],
    ] as const
  ) {
    const one = await run(answering<unknown>(body, headers));
    assertEquals(ended(one), [200, "a", "ended", 1]);
    assertStringIncludes(one.written[0]!, message);
  }
});

Deno.test("runApplication() survives a transport that fails after Content-Length is reached", async () => {
  const ending = Promise.withResolvers<void>();
  class Failing extends RespondingTransport {
    override end(): Promise<void> {
      super.end();
      return ending.promise;
    }
  }
  const transport = new Failing();
  transport.isBusy = true;
  const gate = Promise.withResolvers<void>();
  const body = async function* (): AsyncChunks {
    yield toBytes("a");
    await gate.promise;
  };
  const app = answering(body, [["Content-Length", "1"]]);
  const waiting = new Run(app, { transport });
  await transport.events.seen("end");
  transport.release(new Error("write failed"));
  ending.reject(new Error("end failed"));
  await turn();
  gate.resolve();
  await waiting.finish();
  assertStringIncludes(waiting.written.join(""), "end failed");
});
