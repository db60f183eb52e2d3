// SPEC.md 5.9, 5.13 and 5.14: the head, Content-Length, HEAD. That every way of
// a body gives the right one is in run_application_lanes_test.ts.

import { assertEquals, assertStringIncludes } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import {
  type AsyncChunks,
  bodyOf,
  type Chunks,
  endless,
  KINDS,
} from "./recording_body.ts";
import {
  answering,
  ended,
  Events,
  type LooseApplication,
  PLAIN,
  RespondingTransport,
  Run,
  run,
  runBoth,
  sending,
} from "./recording_transport.ts";

Deno.test("runApplication() hands the head to respond() as the application gave it", async () => {
  class Plain extends RespondingTransport {
    readonly given: unknown[] = [];
    override respond(
      ...[head, body]: Parameters<RespondingTransport["respond"]>
    ): void | Promise<void> {
      this.given.push(head.headers, head.contentLength, body);
      return super.respond(head, body);
    }
  }
  const transport = new Plain();
  await run(sending("a"), { transport });
  assertEquals(transport.given, [[...PLAIN], undefined, toBytes("a")]);
});

/** Makes an application that says a length and answers with a body. */
function announcing(length: string, body: () => unknown): LooseApplication {
  return answering(body, [["Content-Length", length]]);
}

// length-truncated, length-short-breaks: lanes_test has every kind of body.
Deno.test.each([
  [
    ["ab", "", "cd"],
    3,
    "abc",
    "ended",
    "it is longer than its Content-Length of 3",
  ],
  [[], 5, "", "aborted", "the body has 0 bytes, its Content-Length is 5"],
  [
    ["a", "b"],
    5,
    "ab",
    "aborted",
    "the body has 2 bytes, its Content-Length is 5",
  ],
])(
  "runApplication() logs that a body of %j does not fit the length %i",
  async (chunks, length, body, outcome, message) => {
    for (const kind of KINDS) {
      const app = announcing(`${length}`, () => bodyOf(kind, chunks));
      for (const one of await runBoth(app)) {
        assertEquals(one.transport.headers, [["Content-Length", `${length}`]]);
        assertEquals(ended(one), [200, body, outcome, 1]);
        assertStringIncludes(one.written[0]!, message);
      }
    }
  },
);

// length-end-asked
Deno.test.each(KINDS.slice(1))(
  "runApplication() ends the response at Content-Length and asks once more: %s",
  async (kind) => {
    const transport = new RespondingTransport();
    const { events } = transport;
    const app = announcing("2", () => bodyOf(kind, ["a", "b"], events));
    const { written } = await run(app, { transport });
    const sent = "next,head 200,write a,next,write b,end,next,close";
    assertEquals([events.list.join(), written], [sent, []]);
  },
);

Deno.test.each([["a", 1], ["", 0]])(
  "runApplication() stops a body that goes on past Content-Length with %j",
  async (chunk, logged) => {
    const events = new Events();
    const chunks = function* (): Generator<string, void> {
      yield "ab";
      yield* endless(chunk);
    };
    const { transport, written } = await run(
      announcing("2", () => bodyOf("iterator", chunks(), events)),
    );
    assertEquals(events.list, ["next", "next", "return", "close"]);
    assertEquals(transport.body, "ab");
    assertEquals(written.length, logged);
  },
);

Deno.test("runApplication() asks once when write() has reached Content-Length", async () => {
  const events = new Events();
  const { transport } = await run((_environ, startResponse) => {
    startResponse("200 OK", [["Content-Length", "1"]])(toBytes("a"));
    return bodyOf("iterator", endless(""), events);
  });
  assertEquals(events.list, ["next", "return", "close"]);
  assertEquals(transport.outcome, "ended");
});

Deno.test("runApplication() ends at Content-Length before the transport takes more", async () => {
  const transport = new RespondingTransport();
  transport.isBusy = true;
  await run(announcing("1", () => bodyOf("generator", ["a"])), { transport });
  assertEquals(transport.outcome, "ended");
});

Deno.test("runApplication() runs the code after the last chunk and logs its error", async () => {
  const { transport, written } = await run(
    announcing("1", function* (): Chunks {
      yield toBytes("a");
      throw new Error("after the end");
    }),
  );
  assertEquals(transport.outcome, "ended");
  assertStringIncludes(written.join(""), "after the end");
});

Deno.test("runApplication() survives a transport that fails after Content-Length was reached", async () => {
  class Failing extends RespondingTransport {
    readonly ending = Promise.withResolvers<void>();
    override end(): Promise<void> {
      super.end();
      return this.ending.promise;
    }
  }
  const transport = new Failing();
  transport.isBusy = true;
  const gate = Promise.withResolvers<void>();
  const app = announcing("1", async function* (): AsyncChunks {
    yield toBytes("a");
    await gate.promise;
  });
  const waiting = new Run(app, { transport });
  await transport.events.seen("end");
  transport.release(new Error("write failed"));
  transport.ending.reject(new Error("end failed"));
  // Were they nobody's, the runner would see unhandled rejections by now.
  await new Promise((resolve) => setTimeout(resolve));
  gate.resolve();
  await waiting.finish();
  assertStringIncludes(waiting.written.join(""), "end failed");
});

// server-refuses-result holds for HEAD as well: run_application_refused_test.ts.
Deno.test("runApplication() answers HEAD with 500 when startResponse is never called", async () => {
  for (const kind of KINDS) {
    const runs = await runBoth(() => bodyOf(kind, [""]), { method: "HEAD" });
    for (const { transport } of runs) {
      assertEquals(transport.head?.code, 500);
      assertEquals(transport.body, "");
    }
  }
});

// It is the name in capitals only that HTTP knows.
Deno.test("runApplication() sends a body for the method head", async () => {
  const { transport } = await run(sending("a"), { method: "head" });
  assertEquals(transport.body, "a");
});
