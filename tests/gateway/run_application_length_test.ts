// SPEC.md 5.13: Content-Length. Statuses without content and HEAD are in
// run_application_bodiless_test.ts.

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
  Events,
  type LooseApplication,
  RespondingTransport,
  Run,
  run,
  runBoth,
} from "./recording_transport.ts";

const PLAIN = [["Content-Type", "text/plain"]] as const;

/** Makes an application that says a length and answers with a body. */
function announcing(length: string, body: () => unknown): LooseApplication {
  return (_environ, startResponse) => {
    startResponse("200 OK", [["Content-Length", length]]);
    return body();
  };
}

// length-computed
Deno.test.each([
  [[], "0"],
  [[""], "0"],
  [["abc"], "3"],
  [["abc", "", "de"], "5"],
])(
  "runApplication() says the length of an array: %j",
  async (chunks, length) => {
    const runs = await runBoth((_environ, startResponse) => {
      startResponse("200 OK", PLAIN);
      return chunks.map(toBytes);
    });
    for (const { transport } of runs) {
      assertEquals(transport.headers, [...PLAIN, ["Content-Length", length]]);
    }
  },
);

Deno.test("runApplication() says the length of an array that is too large to be joined", async () => {
  const runs = await runBoth((_environ, startResponse) => {
    startResponse("200 OK", PLAIN);
    return [new Uint8Array(70_000), new Uint8Array(5)];
  });
  for (const { transport } of runs) {
    assertEquals(transport.headers.at(-1), ["Content-Length", "70005"]);
    assertEquals(transport.events.count("end"), 1);
  }
});

Deno.test("runApplication() says no length after a write()", async () => {
  const runs = await runBoth((_environ, startResponse) => {
    startResponse("200 OK", PLAIN)(toBytes("a"));
    return [toBytes("b")];
  });
  for (const { transport } of runs) assertEquals(transport.headers, PLAIN);
});

Deno.test.each(KINDS.slice(1))(
  "runApplication() says no length of a body that is no array: %s",
  async (kind) => {
    const runs = await runBoth((_environ, startResponse) => {
      startResponse("200 OK", PLAIN);
      return bodyOf(kind, ["a"]);
    });
    for (const { transport } of runs) assertEquals(transport.headers, PLAIN);
  },
);

Deno.test.each(KINDS)(
  "runApplication() keeps the length of the application: %s",
  async (kind) => {
    for (const length of ["3", "0003"]) {
      for (
        const { transport } of await runBoth(
          announcing(length, () => bodyOf(kind, ["ab", "c"])),
        )
      ) {
        assertEquals(transport.headers, [["Content-Length", length]]);
        assertEquals(transport.body, "abc");
        assertEquals(transport.outcome, "ended");
      }
    }
  },
);

// length-truncated
Deno.test.each(KINDS)(
  "runApplication() never sends more than Content-Length: %s",
  async (kind) => {
    for (const length of [0, 1, 3, 5]) {
      const app = announcing(
        `${length}`,
        () => bodyOf(kind, ["ab", "", "cd", "ef"]),
      );
      for (const { transport, written } of await runBoth(app)) {
        assertEquals(transport.body, "abcdef".slice(0, length));
        assertEquals(transport.outcome, "ended");
        assertEquals(written.length, 1);
        assertStringIncludes(
          written[0]!,
          `RangeError: Cannot send the whole body: it is longer than its Content-Length of ${length}`,
        );
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
    const { written } = await run(
      announcing("2", () => bodyOf(kind, ["a", "b"], events)),
      { transport },
    );
    assertEquals(events.list, [
      "next",
      "head 200",
      "write a",
      "next",
      "write b",
      "end",
      "next",
      "close",
    ]);
    assertEquals(written, []);
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

// length-short-breaks
Deno.test.each(KINDS)(
  "runApplication() breaks a response that is too short: %s",
  async (kind) => {
    for (const chunks of [[], [""], ["ab"], ["a", "b"]]) {
      const app = announcing("5", () => bodyOf(kind, chunks));
      const bytes = chunks.join("");
      for (const { transport, written } of await runBoth(app)) {
        assertEquals(transport.headers, [["Content-Length", "5"]]);
        assertEquals(transport.body, bytes);
        assertEquals(transport.outcome, "aborted");
        assertEquals(written.length, 1);
        assertStringIncludes(
          written[0]!,
          `the body has ${bytes.length} bytes, its Content-Length is 5`,
        );
      }
    }
  },
);

Deno.test("runApplication() counts what was written into the length", async () => {
  for (const [length, outcome] of [["2", "ended"], ["3", "aborted"]]) {
    const runs = await runBoth((_environ, startResponse) => {
      const headers: [string, string][] = [["Content-Length", length!]];
      startResponse("200 OK", headers)(toBytes("a"));
      return [toBytes("b")];
    });
    for (const { transport } of runs) {
      assertEquals(transport.body, "ab");
      assertEquals(transport.outcome, outcome);
    }
  }
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
