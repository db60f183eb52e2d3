// SPEC.md 5.8: startResponse with excInfo.

import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import type { AsyncChunks, Chunks } from "./recording_body.ts";
import { run, runBoth } from "./recording_transport.ts";

const PLAIN = [["Content-Type", "text/plain"]] as const;
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

Deno.test("startResponse() mends a failure when it is called with excInfo", async () => {
  const { transport, written } = await run((_environ, startResponse) => {
    startResponse("200 OK", PLAIN);
    try {
      startResponse("200 OK", PLAIN);
    } catch (error) {
      startResponse("503 Later", PLAIN, error);
    }
    return [toBytes("later")];
  });
  assertEquals(transport.status, "503 Later");
  assertEquals(transport.body, "later");
  assertEquals(written, []);
});

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

// server-start-replaces
Deno.test("startResponse() with excInfo replaces status and headers as a whole", async () => {
  const runs = await runBoth((_environ, startResponse) => {
    startResponse("200 OK", [["X-A", "1"], ["Content-Length", "100"]]);
    startResponse("500 Oops", [["X-B", "2"]], new Error("late"));
    return [toBytes("oops")];
  });
  for (const { transport } of runs) {
    assertEquals(transport.status, "500 Oops");
    assertEquals(transport.headers, [["X-B", "2"], ["Content-Length", "4"]]);
  }
});

Deno.test("startResponse() with excInfo replaces the headers until a chunk is not empty", async () => {
  const runs = await runBoth(
    async function* (_environ, startResponse): AsyncChunks {
      startResponse("200 OK", PLAIN);
      yield new Uint8Array();
      await Promise.resolve();
      startResponse("404 Gone", [], new Error("late"));
      yield toBytes("gone");
    },
  );
  for (const { transport } of runs) {
    assertEquals(transport.status, "404 Gone");
    assertEquals(transport.headers, []);
  }
});

Deno.test("startResponse() may be called with excInfo at first", async () => {
  const { transport } = await run((_environ, startResponse) => {
    startResponse("500 Oops", PLAIN, new Error("early"));
    return [];
  });
  assertEquals(transport.status, "500 Oops");
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
