// SPEC.md 5.12 to 5.14: close() and Content-Length. The normal ends of all kinds of
// bodies are in run_application_lanes_test.ts, those without a client in
// run_application_end_test.ts.

import { assertEquals, assertStringIncludes } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import type { HeaderTuple } from "../../wsgi/types.ts";
import { bodyOf, endless, KINDS } from "./recording_body.ts";
import {
  answering,
  ended,
  Events,
  type LooseApplication,
  RecordingTransport,
  RespondingTransport,
  Run,
  run,
  runAll,
  turn,
} from "./recording_transport.ts";

Deno.test.each([
  ["the normal end", "200 OK", ["a"], undefined],
  ["an end without a chunk", "200 OK", [], undefined],
  ["Content-Length", "200 OK", ["a", "b"], "1"],
  ["an error", "wrong", ["a"], undefined],
  ["a status without content", "204 Empty", ["a"], undefined],
])(
  "runApplication() waits for the transport and for close() at %s",
  async (_end, status, chunks, length) => {
    for (const isTransportLast of [true, false]) {
      const gate = Promise.withResolvers<void>();
      class Slow extends RespondingTransport {
        override end(): Promise<void> {
          super.end();
          return gate.promise;
        }
      }
      const transport = new Slow();
      const { events } = transport;
      const closed = Promise.withResolvers<void>();
      const app: LooseApplication = (_environ, startResponse) => {
        const headers: HeaderTuple[] = [];
        if (length !== undefined) headers.push(["Content-Length", length]);
        try {
          startResponse(status, headers);
        } catch {
          // Catching it changes nothing.
        }
        const close = () => (events.add("close"), closed.promise);
        return Object.assign(bodyOf("generator", chunks), { close });
      };
      const waiting = new Run(app, { transport });
      const done = waiting.finish().then(() => events.add("settled"));
      const [first, last] = isTransportLast ? [closed, gate] : [gate, closed];
      first.resolve();
      await events.seen("close");
      await turn();
      assertEquals(events.count("settled"), 0);
      last.resolve();
      await done;
      assertEquals(events.count("end"), 1);
    }
  },
);

// close-array-early
Deno.test("runApplication() closes an array before it sends its chunks", async () => {
  for (const pause of [undefined, Promise.resolve()]) {
    for (const Transport of [RespondingTransport, RecordingTransport]) {
      const transport = new Transport();
      const { events } = transport;
      const close = () => (events.add("close"), pause);
      const body = Object.assign(["a", "b"].map(toBytes), { close });
      await run(answering(() => body), { transport });
      assertEquals(events.list, ["close", "head 200", "write ab", "end"]);
    }
  }
});

/** An application with a Content-Length. */
function announcing(length: string, body: () => unknown): LooseApplication {
  return answering(body, [["Content-Length", length]]);
}

// length-truncated, length-short-breaks
Deno.test.each([
  [["ab", "", "cd"], 3, "it is longer than its Content-Length of 3"],
  [[], 5, "the body has 0 bytes, its Content-Length is 5"],
  [["a", "b"], 5, "the body has 2 bytes, its Content-Length is 5"],
])(
  "runApplication() logs that a body of %j does not match the length %i",
  async (chunks, length, message) => {
    for (const kind of KINDS) {
      const app = announcing(`${length}`, () => bodyOf(kind, chunks));
      for (const { written } of await runAll(app)) {
        assertEquals(written.length, 1);
        assertStringIncludes(written[0]!, message);
      }
    }
  },
);

// length-end-asked
Deno.test.each(KINDS.slice(1))(
  "runApplication() ends the response at Content-Length before the transport accepts more, and calls next() once more: %s",
  async (kind) => {
    const transport = new RespondingTransport();
    const { events } = transport;
    transport.isBusy = true;
    const app = announcing("1", () => bodyOf(kind, ["a"], events));
    const { written } = await run(app, { transport });
    const sent = "next,head 200,write a,end,next,close";
    assertEquals([events.list.join(), written], [sent, []]);
  },
);

Deno.test.each([["a", 1], ["", 0]])(
  "runApplication() stops a body that exceeds Content-Length with %j, even after write()",
  async (chunk, logged) => {
    for (const isWritten of [false, true]) {
      const events = new Events();
      const chunks = function* (): Generator<string, void> {
        if (!isWritten) yield "ab";
        yield* endless(chunk);
      };
      const one = await run((_environ, startResponse) => {
        const write = startResponse("200 OK", [["Content-Length", "2"]]);
        if (isWritten) write(toBytes("ab"));
        return bodyOf("iterator", chunks(), events);
      });
      const asked = isWritten ? ["next"] : ["next", "next"];
      assertEquals(events.list, [...asked, "return", "close"]);
      assertEquals(ended(one), [200, "ab", "ended", logged]);
    }
  },
);
