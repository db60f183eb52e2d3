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
    for (const { transport, written } of await runBoth(app, { method })) {
      assertEquals(transport.status, "500 Internal Server Error");
      assertEquals(transport.headers, [
        ["Content-Type", "text/plain; charset=utf-8"],
        ["Content-Length", "26"],
      ]);
      assertEquals(
        transport.body,
        method === "HEAD" ? "" : "500 Internal Server Error\n",
      );
      assertEquals(transport.outcome, "ended");
      assertEquals(written.length, 1, written.join(""));
      assertStringIncludes(written[0]!, message);
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
    const bodies: (() => unknown)[] = [
      () => [chunk],
      () => [chunk].values(),
      function* (): Chunks {
        yield chunk as never;
      },
      () => ({
        [Symbol.asyncIterator]: () => ({
          next: () => Promise.resolve({ done: false, value: chunk }),
        }),
      }),
    ];
    for (const body of bodies) {
      for (const { transport, written } of await runBoth(answering(body))) {
        assertEquals(transport.head?.code, 500);
        assertEquals(transport.outcome, "ended");
        assertStringIncludes(written.join(""), got);
      }
    }
  },
);

Deno.test("runApplication() refuses a sync iterator that gives promises", async () => {
  const body = {
    [Symbol.iterator]: () => ({ next: () => Promise.reject(new Error("x")) }),
  };
  for (const { transport, written } of await runBoth(answering(() => body))) {
    assertEquals(transport.head?.code, 500);
    assertStringIncludes(written.join(""), "must not give a promise");
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
      for (const { transport, written } of runs) {
        assertEquals(transport.head?.code, code);
        assertEquals(transport.outcome, outcome);
        assertEquals(written.length, 1);
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
    return Object.assign<Uint8Array[], { close(): void }>([], {
      close(): void {
        assertThrows(() => write(toBytes("bytes")), Error, "is over");
        startResponse("200 OK", [["Content-Length", "9"]], new Error("late"));
      },
    });
  });
  for (const { transport, written } of runs) {
    assertEquals(transport.status, "204 Empty");
    assertEquals(transport.outcome, "ended");
    assertEquals(written.length, 1);
    assert(written[0]!.includes(OVER));
  }
});

Deno.test.each([[0], [""], [false], [NaN]])(
  "startResponse() takes %j for an excInfo, since it can be thrown",
  async (thrown) => {
    const { transport } = await run((_environ, startResponse) => {
      startResponse("200 OK", PLAIN);
      startResponse("500 Sorry", PLAIN, thrown);
      return [toBytes("sorry")];
    });
    assertEquals(transport.status, "500 Sorry");
  },
);

Deno.test("startResponse() fails the request when the call with excInfo is wrong itself", async () => {
  const { transport } = await run((_environ, startResponse) => {
    startResponse("200 OK", PLAIN);
    assertThrows(
      () => startResponse("nope", PLAIN, new Error("first")),
      TypeError,
    );
    return [toBytes("hello")];
  });
  assertEquals(transport.head?.code, 500);
});

// server-start-rethrows
Deno.test.each([[new Error("late")], ["late"], [0]])(
  "startResponse() throws the excInfo itself after the headers have left: %s",
  async (thrown) => {
    let caught: unknown;
    const { transport } = await run(
      function* (_environ, startResponse): Chunks {
        startResponse("200 OK", PLAIN);
        yield toBytes("a");
        try {
          startResponse("500 Oops", PLAIN, thrown);
        } catch (error) {
          caught = error;
          throw error;
        }
      },
    );
    assertStrictEquals(caught, thrown);
    assertStrictEquals(transport.reason, thrown);
    assertEquals(transport.status, "200 OK");
    assertEquals(transport.outcome, "aborted");
  },
);
