// SPEC.md 5.8: startResponse.

import {
  assert,
  assertEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import type { StartResponse, Write } from "../../wsgi/types.ts";
import type { AsyncChunks, Chunks } from "./recording_body.ts";
import { run, runBoth } from "./recording_transport.ts";

const PLAIN = [["Content-Type", "text/plain"]] as const;
const SECOND =
  "Cannot start the response: it was started before, and a second call must give excInfo";
const OVER = "Cannot start the response: the request is over";

Deno.test("startResponse() returns the function write, which returns a promise", async () => {
  let write: Write | undefined;
  let result: unknown;
  await run((_environ, startResponse) => {
    write = startResponse("200 OK", PLAIN);
    result = write(toBytes("a"));
    return [];
  });
  assertEquals(typeof write, "function");
  assert(result instanceof Promise);
});

// server-start-arguments
Deno.test.each([[undefined], [null]])(
  "startResponse() takes %s for no excInfo",
  async (none) => {
    const { transport, written } = await run((_environ, startResponse) => {
      startResponse("200 OK", PLAIN, none);
      assertThrows(() => startResponse("200 OK", PLAIN, none), Error, SECOND);
      return [toBytes("hello")];
    });
    assertEquals(transport.head?.code, 500);
    assert(written.join("").includes(SECOND));
  },
);

// server-start-second-call, server-start-failure-kept
Deno.test("startResponse() fails the request by a second call, even if that is caught", async () => {
  const runs = await runBoth((_environ, startResponse) => {
    startResponse("200 OK", PLAIN);
    assertThrows(() => startResponse("200 OK", PLAIN), Error, SECOND);
    return [toBytes("hello")];
  });
  for (const { transport, written } of runs) {
    assertEquals(transport.status, "500 Internal Server Error");
    assertEquals(transport.outcome, "ended");
    assertEquals(written.length, 1);
    assert(written[0]!.includes(SECOND));
  }
});

Deno.test("startResponse() counts a call that threw as a call", async () => {
  const { transport } = await run((_environ, startResponse) => {
    assertThrows(() => startResponse("teapot", PLAIN), TypeError);
    assertThrows(() => startResponse("200 OK", PLAIN), Error, SECOND);
    return [];
  });
  assertEquals(transport.head?.code, 500);
});

Deno.test("startResponse() fails the request by bad arguments, even if that is caught", async () => {
  const { transport, written } = await run((_environ, startResponse) => {
    assertThrows(() => startResponse("999 Huh", PLAIN), RangeError);
    return [toBytes("hello")];
  });
  assertEquals(transport.head?.code, 500);
  assertEquals(written.length, 1);
  assert(written[0]!.includes('got "999 Huh"'));
});

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

// server-late-start
Deno.test("startResponse() may be called while the body is iterated", async () => {
  const runs = await runBoth(
    async function* (_environ, startResponse): AsyncChunks {
      yield new Uint8Array();
      await Promise.resolve();
      startResponse("202 Late", PLAIN);
      yield toBytes("a");
    },
  );
  for (const { transport } of runs) {
    assertEquals(transport.status, "202 Late");
    assertEquals(transport.body, "a");
  }
});

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

Deno.test("startResponse() throws at its first call when the request has failed before", async () => {
  let start: StartResponse | undefined;
  await run((_environ, startResponse) => {
    start = startResponse;
    return [toBytes("a")];
  });
  assertThrows(() => start!("200 OK", PLAIN), Error, OVER);
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

// server-start-copies
Deno.test("startResponse() copies what it was given", async () => {
  const runs = await runBoth((_environ, startResponse) => {
    const pair: [string, string] = ["X-A", "1"];
    const headers = [pair];
    startResponse("200 OK", headers);
    pair[1] = "2\r\nX-Evil: 1";
    headers.push(["X-C", "3"]);
    return [toBytes("a")];
  });
  for (const { transport } of runs) {
    assertEquals(transport.headers, [["X-A", "1"], ["Content-Length", "1"]]);
  }
});

// A constant of the module, as many requests use it.
Deno.test("startResponse() never changes the headers it was given", async () => {
  const shared: [string, string][] = [["X-A", "1"], ["x-a", "2"]];
  const frozen = Object.freeze(shared.map((pair) => Object.freeze(pair)));
  for (const status of ["200 OK", "204 Empty", "205 Reset", "304 Same"]) {
    for (const method of ["GET", "HEAD"]) {
      await runBoth((_environ, startResponse) => {
        startResponse(status, frozen);
        return [toBytes("a")];
      }, { method });
    }
  }
  assertEquals(shared, [["X-A", "1"], ["x-a", "2"]]);
});
