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
  ended,
  type LooseApplication,
  PLAIN,
  RecordingTransport,
  RespondingTransport,
  Run,
  run,
  testEnviron,
} from "./recording_transport.ts";

// server-sync-path: the shortest path, in code and in time.
Deno.test.each([[["hello"]], [["hel", "lo"]], [[]]])(
  "runApplication() returns nothing for the sync array %j",
  (chunks) => {
    for (const Transport of [RecordingTransport, RespondingTransport]) {
      const transport = new Transport();
      const sync = new Run(answering(() => chunks.map(toBytes)), { transport });
      assertStrictEquals(sync.done, undefined);
      assertEquals(ended(sync), [200, chunks.join(""), "ended", 0]);
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
  const then = (take: (body: unknown) => void) => take([toBytes("later")]);
  const { transport } = await run(answering(() => ({ then })));
  assertEquals(transport.body, "later");
});

Deno.test("runApplication() answers 500 when reading the result throws", async () => {
  const { proxy, revoke } = Proxy.revocable([], {});
  revoke();
  const getter = {
    get then(): never {
      throw new Error("no then");
    },
  };
  for (const result of [getter, proxy]) {
    const app: LooseApplication = answering(() => result);
    assertEquals((await run(app)).transport.head?.code, 500);
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
