// SPEC.md 5.9: when the headers leave, and which.

import { assertEquals } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import type { HeaderTuple } from "../../wsgi/types.ts";
import { type AsyncChunks, bodyOf, KINDS } from "./recording_body.ts";
import {
  Events,
  RecordingTransport,
  RespondingTransport,
  Run,
  run,
  runBoth,
} from "./recording_transport.ts";

const PLAIN = [["Content-Type", "text/plain"]] as const;

// server-headers-leave
Deno.test("runApplication() sends the headers with the first chunk that is not empty", async () => {
  const transport = new RecordingTransport();
  const { events } = transport;
  await run((_environ, startResponse) => {
    startResponse("200 OK", PLAIN);
    return bodyOf("iterator", ["", "", "a", "b"], events);
  }, { transport });
  assertEquals(events.list.slice(0, 6), [
    "next",
    "next",
    "next",
    "head 200",
    "write a",
    "next",
  ]);
});

Deno.test("runApplication() sends the headers with the first write() that is not empty", async () => {
  const { events } = await run(async (_environ, startResponse) => {
    const write = startResponse("200 OK", PLAIN);
    await write(new Uint8Array());
    // Still replaceable: nothing has left.
    startResponse("500 Oops", PLAIN, new Error("late"));
    await write(toBytes("a"));
    return [];
  });
  assertEquals(events, ["head 500", "write a", "end"]);
});

Deno.test.each(KINDS)(
  "runApplication() sends the headers at the end of an empty body: %s",
  async (kind) => {
    for (const chunks of [[], ["", ""]]) {
      const runs = await runBoth((_environ, startResponse) => {
        startResponse("200 OK", PLAIN);
        return bodyOf(kind, chunks);
      });
      for (const { transport } of runs) {
        assertEquals(transport.headers, [...PLAIN, ["Content-Length", "0"]]);
        assertEquals(transport.body, "");
        assertEquals(transport.outcome, "ended");
      }
    }
  },
);

Deno.test("runApplication() sends nothing while the body has yielded nothing", async () => {
  const gate = Promise.withResolvers<void>();
  const events = new Events();
  const transport = new RecordingTransport(events);
  const waiting = new Run(
    async function* (_environ, startResponse): AsyncChunks {
      startResponse("200 OK", PLAIN);
      yield new Uint8Array();
      events.add("asked");
      await gate.promise;
      yield toBytes("a");
    },
    { transport },
  );
  await events.seen("asked");
  assertEquals(events.list, ["asked"]);
  gate.resolve();
  await waiting.finish();
  assertEquals(events.list, ["asked", "head 200", "write a", "end"]);
});

// server-headers-as-given
Deno.test("runApplication() sends every header as it was given", async () => {
  const headers: HeaderTuple[] = [
    ["X-b", "2"],
    ["Set-Cookie", "a=1"],
    ["x-B", "\tcaf\xe9 "],
    ["set-cookie", "b=2"],
    ["X-Empty", ""],
    ["content-LENGTH", "1"],
    ["Proxy-Authenticate", "Basic"],
  ];
  const runs = await runBoth((_environ, startResponse) => {
    startResponse("407 Who\xe4 are you?", headers);
    return [toBytes("a")];
  });
  for (const { transport } of runs) {
    // server-headers-case: content-LENGTH is known, so no other is added.
    assertEquals(transport.headers, headers);
    assertEquals(transport.status, "407 Who\xe4 are you?");
    assertEquals(transport.head?.code, 407);
  }
});

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
  await run((_environ, startResponse) => {
    startResponse("200 OK", PLAIN);
    return [toBytes("a")];
  }, { transport });
  assertEquals(transport.given, [[...PLAIN], undefined, toBytes("a")]);
});

// server-bytes-unchanged
Deno.test("runApplication() sends all bytes as they are, in order", async () => {
  const all = Array.from(
    { length: 256 },
    (_, byte) => String.fromCharCode(byte),
  );
  for (const kind of KINDS) {
    const runs = await runBoth((_environ, startResponse) => {
      startResponse("200 OK", PLAIN);
      return bodyOf(kind, ["\r\n", ...all, "\n\n"]);
    });
    for (const { transport } of runs) {
      assertEquals(transport.body, `\r\n${all.join("")}\n\n`);
    }
  }
});
