// SPEC.md 5.1: how an application is called, and what a transport need not have.

import {
  assert,
  assertEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { runApplication } from "../../gateway/run_application.ts";
import { toBytes } from "../../wsgi/byte_string.ts";
import { StderrStream } from "../../wsgi/error_stream.ts";
import type { Application } from "../../wsgi/types.ts";
import {
  answering,
  PLAIN,
  RecordingTransport,
  RespondingTransport,
  Run,
  run,
  testEnviron,
} from "./recording_transport.ts";

// server-sync-path: the shortest path, in code and in time.
Deno.test.each([
  [1, ["hello"]],
  [2, ["hel", "lo"]],
  [0, []],
])(
  "runApplication() returns nothing for a sync array of %i chunks",
  (_, chunks) => {
    for (
      const transport of [new RecordingTransport(), new RespondingTransport()]
    ) {
      const sync = new Run(answering(() => chunks.map(toBytes)), { transport });
      assertStrictEquals(sync.done, undefined);
      assertEquals(transport.outcome, "ended");
      assertEquals(transport.body, chunks.join(""));
      assertEquals(transport.faults, []);
    }
  },
);

Deno.test("runApplication() sends a sync array by one call of respond()", async () => {
  const transport = new RespondingTransport();
  await run(answering(() => [toBytes("hel"), toBytes("lo")]), { transport });
  assertEquals(transport.responded, 1);
  assertEquals(transport.events.list, ["head 200", "write hello", "end"]);
});

Deno.test("runApplication() returns nothing for a sync application that throws", () => {
  const failing = new Run(() => {
    throw new Error("broken");
  });
  assertStrictEquals(failing.done, undefined);
  assertEquals(failing.transport.head?.code, 500);
});

Deno.test("runApplication() awaits any object with a then() method", async () => {
  const { transport } = await run(answering(() => ({
    then: (take: (body: unknown) => void) => take([toBytes("later")]),
  })));
  assertEquals(transport.body, "later");
});

Deno.test("runApplication() answers 500 when reading the result throws", async () => {
  const { proxy, revoke } = Proxy.revocable([], {});
  revoke();
  const results = {
    "a then getter": {
      get then(): never {
        throw new Error("no then");
      },
    },
    "a revoked proxy": proxy,
  };
  for (const [name, result] of Object.entries(results)) {
    const { transport } = await run(answering(() => result));
    assertEquals(transport.head?.code, 500, name);
  }
});

// It is the method of the request that counts, whatever becomes of environ.
Deno.test("runApplication() takes method and wsgi.errors before the call", async () => {
  const { transport, written } = await run((environ, startResponse) => {
    environ.REQUEST_METHOD = "HEAD";
    environ["wsgi.errors"] = new StderrStream(() => {});
    startResponse("200 OK", PLAIN);
    const body = [toBytes("hello")];
    return Object.assign(body, {
      close(): never {
        throw new Error("still logged");
      },
    });
  });
  assertEquals(transport.body, "hello");
  assert(written.join("").includes("still logged"));
});

Deno.test.each([
  [undefined, "undefined"],
  [{ fetch(): void {} }, "an object"],
  ["app", '"app"'],
])("runApplication() throws for %s as an application", (app, got) => {
  const { environ } = testEnviron();
  const transport = new RecordingTransport();
  assertThrows(
    () => runApplication(app as unknown as Application, environ, transport),
    TypeError,
    `Cannot run the application: it must be a function (environ, startResponse), got ${got}`,
  );
  assertEquals(transport.events.list, []);
});
