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

/** A transport that fails at one of its functions. */
class FailingTransport extends RespondingTransport {
  readonly #fail: (at: string) => Promise<void> | undefined;

  constructor(at: string, how: string, events = new Events()) {
    super(events);
    this.#fail = (called) => {
      if (called !== at) return;
      const error = new Error(`${at} failed`);
      if (how === "throws") throw error;
      return Promise.reject(error);
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
      // Not every kind of response gets to this call.
      const hasFailed = written.join("").includes(`${at} failed`);
      const isBroken = hasFailed && (how === "throws" || at === "write");
      assertEquals(transport.outcome === "aborted", isBroken);
      failures += hasFailed ? 1 : 0;
    }
  }
  assert(failures > 0);
});

Deno.test.each(["throws", "rejects"])(
  "runApplication() logs that the error page cannot be sent: respond() %s",
  async (how) => {
    const transport = new FailingTransport("respond", how);
    const app = () => Promise.reject("no luck");
    const { written } = await run(app, { transport });
    if (how === "throws") {
      assertEquals([transport.outcome, transport.reason], [
        "aborted",
        "no luck",
      ]);
    }
    assertEquals(written.length, 2);
    assertStringIncludes(written[0]!, "no luck");
    assertStringIncludes(written[1]!, "respond failed");
  },
);

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
  assertEquals(written[0]?.includes("must not return a promise"), true);
});

Deno.test("runApplication() logs what a transport throws after an async close()", async () => {
  const transport = new FailingTransport("respond", "throws");
  const close = (): Promise<void> => Promise.resolve();
  const body = Object.assign([toBytes("a")], { close });
  const { written } = await run(answering(() => body), { transport });
  assertStringIncludes(written[0] ?? "", "respond failed");
});
