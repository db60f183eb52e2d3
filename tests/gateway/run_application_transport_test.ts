// What runApplication() does when the transport under it fails.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { ResponseHead } from "../../gateway/response_head.ts";
import { bodyOf, KINDS } from "./recording_body.ts";
import { Events, RespondingTransport, run } from "./recording_transport.ts";

const PLAIN = [["Content-Type", "text/plain"]] as const;

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
      const { written } = await run((_environ, startResponse) => {
        startResponse("200 OK", PLAIN);
        return bodyOf(kind, ["a", "b"], events);
      }, { method, transport });
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
