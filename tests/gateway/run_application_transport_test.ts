// What runApplication() does when the transport under it fails.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { ResponseHead } from "../../gateway/response_head.ts";
import { toBytes } from "../../wsgi/byte_string.ts";
import { bodyOf, KINDS } from "./recording_body.ts";
import {
  answering,
  Events,
  PLAIN,
  RespondingTransport,
  run,
} from "./recording_transport.ts";

// A transport may fail at any point. runApplication() never throws for it.
class FailingTransport extends RespondingTransport {
  readonly #at: string;
  readonly #how: "throws" | "rejects";

  constructor(at: string, how: "throws" | "rejects", events: Events) {
    super(events);
    this.#at = at;
    this.#how = how;
  }

  #fail(at: string): Promise<void> | undefined {
    if (at !== this.#at) return;
    const error = new Error(`${at} failed`);
    if (this.#how === "throws") throw error;
    return Promise.reject(error);
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
      const { written } = await run(
        answering(() => bodyOf(kind, ["a", "b"], events)),
        { method, transport },
      );
      assertEquals(events.count("close"), 1);
      // Not every kind of response gets to this call.
      const hasFailed = written.join("").includes(`${at} failed`);
      const isBroken = hasFailed && (how === "throws" || at === "write");
      assertEquals(transport.outcome === "aborted", isBroken);
      failures += hasFailed ? 1 : 0;
    }
  }
  assert(failures > 0);
});

Deno.test("runApplication() breaks the response when the error page cannot be sent", async () => {
  const transport = new FailingTransport("respond", "throws", new Events());
  const { written } = await run(() => Promise.reject("no luck"), { transport });
  assertEquals(transport.outcome, "aborted");
  assertEquals(transport.reason, "no luck");
  assertEquals(written.length, 2);
  assertStringIncludes(written[1]!, "respond failed");
});

Deno.test("runApplication() logs a promise that a sync body gives when it is full", async () => {
  const results: unknown[] = [
    { done: false, value: toBytes("a") },
    Promise.resolve({ done: true, value: undefined }),
  ];
  const { transport, written } = await run(
    answering(() => ({
      [Symbol.iterator]: () => ({ next: () => results.shift() }),
    }), [...PLAIN, ["Content-Length", "1"]]),
  );
  assertEquals(transport.body, "a");
  assertEquals(written.length, 1);
  assertEquals(written[0]?.includes("must not give a promise"), true);
});

/** A transport that fails to send a whole response. */
class BrokenTransport extends RespondingTransport {
  readonly #how: "throw" | "reject";

  constructor(how: "throw" | "reject") {
    super();
    this.#how = how;
  }

  override respond(): Promise<void> {
    const error = new RangeError("no way");
    if (this.#how === "throw") throw error;
    return Promise.reject(error);
  }
}

Deno.test("runApplication() logs that the error page could not be sent", async () => {
  const { written } = await run(() => {
    throw new TypeError("mine");
  }, { transport: new BrokenTransport("reject") });
  assertEquals(written.length, 2);
  assertEquals(written[0]?.includes("mine"), true);
  assertEquals(written[1]?.includes("no way"), true);
});

Deno.test("runApplication() logs what a transport throws after an async close()", async () => {
  const transport = new BrokenTransport("throw");
  const close = (): Promise<void> => Promise.resolve();
  const { written } = await run(
    answering(() => Object.assign([toBytes("a")], { close })),
    { transport },
  );
  assertEquals(written.length > 0, true);
  assertEquals(written[0]?.includes("no way"), true);
});
