// SPEC.md 5.8: startResponse, and what is refused with a complete 500.

import {
  assert,
  assertEquals,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import type { StartResponse, Write } from "../../wsgi/types.ts";
import type { Chunks } from "./recording_body.ts";
import {
  answering,
  ended,
  type LooseApplication,
  PLAIN,
  run,
  runBoth,
} from "./recording_transport.ts";

/** Expects the complete 500 page and one error in the log. */
async function assertRefused(
  app: LooseApplication,
  message: string,
): Promise<void> {
  for (const method of ["GET", "HEAD"]) {
    for (const one of await runBoth(app, { method })) {
      const page = method === "HEAD" ? "" : "500 Internal Server Error\n";
      assertEquals(ended(one), [500, page, "ended", 1]);
      assertEquals(one.transport.status, "500 Internal Server Error");
      assertEquals(one.transport.headers, [
        ["Content-Type", "text/plain; charset=utf-8"],
        ["Content-Length", "26"],
      ]);
      assertStringIncludes(one.written[0]!, message);
    }
  }
}

// server-refuses-result, server-start-checks
const BROKEN: [what: string, app: LooseApplication, message: string][] = [
  ["never starts", () => [toBytes("a")], "must call startResponse"],
  ["never starts an empty array", () => [], "must call startResponse"],
  ["starts twice", (_environ, start) => {
    start("200 OK", PLAIN);
    start("200 OK", PLAIN);
    return [];
  }, "it was started before"],
  ["returns nothing", answering(() => {}), "is a return missing?"],
  ["returns text", answering(() => ["hello"]), 'got "hello"'],
  ["rejects", () => Promise.reject(new Error("no luck")), "no luck"],
  ["resolves to undefined", async (_environ, start) => {
    await Promise.resolve();
    start("200 OK", PLAIN);
  }, "got undefined: is a return missing?"],
  ["catches that it has a bad status", (_environ, start) => {
    assertThrows(() => start("999 Huh", PLAIN), RangeError);
    return [toBytes("hello")];
  }, 'got "999 Huh"'],
];

Deno.test.each(BROKEN)(
  "runApplication() refuses an application that %s",
  async (_what, app, message) => await assertRefused(app, message),
);

// With GET only: under HEAD no chunk is asked for.
Deno.test.each([
  ["a string", "hello", 'got "hello"'],
  ["a promise", Promise.resolve(toBytes("a")), "got a Promise"],
])(
  "runApplication() refuses a body that yields %s",
  async (_what, chunk, got) => {
    const next = () => Promise.resolve({ done: false, value: chunk });
    const bodies: unknown[] = [
      [chunk],
      [chunk].values(),
      { [Symbol.iterator]: () => [chunk].values() },
      { [Symbol.asyncIterator]: () => ({ next }) },
    ];
    for (const body of bodies) {
      const { transport, written } = await run(answering(() => body));
      assertEquals([transport.head?.code, transport.outcome], [500, "ended"]);
      assertStringIncludes(written.join(""), got);
    }
  },
);

Deno.test("runApplication() refuses a sync iterator that gives promises", async () => {
  const body = {
    [Symbol.iterator]: () => ({ next: () => Promise.reject(new Error("x")) }),
  };
  for (const { transport, written } of await runBoth(answering(() => body))) {
    assertEquals(transport.head?.code, 500);
    assertStringIncludes(written.join(""), "must not return a promise");
  }
});

const SECOND =
  "Cannot start the response: it was started before, and a second call must give excInfo";
const OVER = "Cannot start the response: the request is over";

Deno.test.each([["", 500, "ended"], ["a", 200, "aborted"]])(
  "startResponse() fails the request from inside of the body after %j, even if that is caught",
  async (first, code, outcome) => {
    const misuses: ((start: StartResponse, write: Write) => void)[] = [
      (start) => start("200 OK", PLAIN),
      (_start, write) => write("text" as unknown as Uint8Array),
    ];
    for (const misuse of misuses) {
      const runs = await runBoth(function* (_environ, start): Chunks {
        const write = start("200 OK", PLAIN);
        yield toBytes(first);
        assertThrows(() => misuse(start, write));
        yield new Uint8Array();
      });
      for (const { transport: { head, outcome: end }, written } of runs) {
        assertEquals([head?.code, end, written.length], [code, outcome, 1]);
      }
    }
  },
);

// start-not-after-end
Deno.test("startResponse() throws after the response is complete", async () => {
  let start: StartResponse | undefined;
  const { transport } = await run((_environ, startResponse) => {
    start = startResponse;
    startResponse("200 OK", PLAIN);
    return [toBytes("a")];
  });
  assertThrows(() => start!("200 OK", PLAIN), Error, SECOND);
  const error = new Error("late");
  assertStrictEquals(assertThrows(() => start!("500 Oops", [], error)), error);
  assertEquals(transport.status, "200 OK");
});

// close-array-early: the body has ended when its close() runs.
Deno.test("startResponse() throws inside of close() and changes nothing there", async () => {
  const runs = await runBoth((_environ, startResponse) => {
    const write = startResponse("204 Empty", []);
    const close = (): void => {
      assertThrows(() => write(toBytes("bytes")), Error, "is over");
      startResponse("200 OK", [["Content-Length", "9"]], new Error("late"));
    };
    return Object.assign([], { close });
  });
  for (const one of runs) {
    assertEquals(ended(one), [204, "", "ended", 1]);
    assert(one.written[0]!.includes(OVER));
  }
});

Deno.test.each([[0], [""], [false], [NaN]])(
  "startResponse() takes %j for an excInfo, since it can be thrown",
  async (thrown) => {
    const { transport } = await run((_environ, startResponse) => {
      startResponse("200 OK", PLAIN);
      startResponse("500 Sorry", PLAIN, thrown);
      return [];
    });
    assertEquals(transport.status, "500 Sorry");
  },
);

Deno.test("startResponse() fails the request when the call with excInfo is wrong itself", async () => {
  const { transport } = await run((_environ, startResponse) => {
    startResponse("200 OK", PLAIN);
    const wrong = () => startResponse("nope", PLAIN, new Error("first"));
    assertThrows(wrong, TypeError);
    return [toBytes("hello")];
  });
  assertEquals(transport.head?.code, 500);
});

// server-start-rethrows
Deno.test.each([[new Error("late")], ["late"], [0]])(
  "startResponse() throws the excInfo itself after the headers have left: %s",
  async (thrown) => {
    let caught: unknown;
    const one = await run(function* (_environ, start): Chunks {
      start("200 OK", PLAIN);
      yield toBytes("a");
      try {
        start("500 Oops", PLAIN, thrown);
      } catch (error) {
        caught = error;
        throw error;
      }
    });
    assertStrictEquals(caught, thrown);
    assertStrictEquals(one.transport.reason, thrown);
    assertEquals(one.transport.status, "200 OK");
    assertEquals(one.transport.outcome, "aborted");
  },
);
