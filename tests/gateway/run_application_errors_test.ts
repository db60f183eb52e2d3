// SPEC.md 5.15: errors of the application and of the transport, and the page
// that the client gets.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { assertStringIncludes } from "@std/assert";
import { RequestBodyError } from "../../gateway/input/request_body_error.ts";
import { createHead } from "../../gateway/response_head.ts";
import { toBytes } from "../../wsgi/byte_string.ts";
import type { Environ, HeaderTuple } from "../../wsgi/types.ts";
import {
  type AsyncChunks,
  bodyOf,
  type Chunks,
  KINDS,
} from "./recording_body.ts";
import {
  answering,
  ended,
  Events,
  fail,
  RecordingTransport,
  RespondingTransport,
  Run,
  run,
  runAll,
  sending,
  turn,
} from "./recording_transport.ts";

const PAGE = "500 Internal Server Error\n";

Deno.test("runApplication() calls onError with the error and the environ, after the log", async () => {
  const calls: [unknown, Environ][] = [];
  const error = new Error("broken");
  const onError = (...call: [unknown, Environ]): void => {
    calls.push(call);
    call[1]["wsgi.errors"].write("seen");
  };
  const failing = await run(() => Promise.reject(error), { onError });
  assertEquals(calls.length, 1);
  assert(calls[0]![0] === error && calls[0]![1] === failing.environ);
  assertEquals([failing.written.length, failing.written[1]], [2, "seen"]);
});

Deno.test("runApplication() answers although the log or onError throws", async () => {
  const broken = () => fail();
  const errors = { write: broken, writelines: broken, flush: broken };
  const noLog = await run(() => fail(), { environ: { "wsgi.errors": errors } });
  const noHandler = await run(() => fail(), { onError: broken });
  for (const one of [noLog, noHandler]) {
    assertEquals(ended(one).slice(0, 3), [500, PAGE, "ended"]);
  }
});

Deno.test("runApplication() writes errors to stderr if there is no wsgi.errors", async () => {
  let text = "";
  const settings = { environ: { "wsgi.errors": undefined as never } };
  Deno.stderr.writeSync = (chunk) => {
    text += new TextDecoder().decode(chunk);
    return chunk.byteLength;
  };
  try {
    assertEquals((await run(sending("a"), settings)).transport.body, "a");
    assertEquals(text, "");
    assertEquals((await run(() => fail(), settings)).transport.body, PAGE);
  } finally {
    Reflect.deleteProperty(Deno.stderr, "writeSync");
  }
  assertStringIncludes(text, "on purpose");
});

Deno.test("runApplication() waits for the error page and for close()", async () => {
  const transport = new RecordingTransport();
  let closed = false;
  const close = async (): Promise<void> => {
    await transport.events.seen("end");
    closed = true;
  };
  await run(() => Object.assign([toBytes("a")], { close }), { transport });
  assertEquals([transport.body, closed], [PAGE, true]);
});

// error-500, error-own-answers, error-logged, error-request-body. If no line of
// the program is at fault, there is no stack. The kit has other places.
Deno.test.each<[unknown, string, RegExp]>([
  [new Error("broken"), "500 Internal Server Error", /^Error: broken\n +at /],
  [new RequestBodyError("cut", 400), "400 Bad Request", /^cut\n$/],
  [new RequestBodyError("large", 413), "413 Content Too Large", /^large\n$/],
])(
  "runApplication() answers %s with %s, or with what errorPage returns",
  async (error, line, log) => {
    const code = line.slice(0, 3);
    const failed = (): Promise<never> => Promise.reject(error);
    const app = answering(failed, [["Set-Cookie", "a"], [
      "Content-Length",
      "9",
    ]]);
    const page = `${line}\n`;
    const length: HeaderTuple = ["Content-Length", `${page.length}`];
    for (const method of ["GET", "HEAD"]) {
      for (const { transport, written } of await runAll(app, { method })) {
        const { status, body, headers } = transport;
        assertEquals([status, body], [line, method === "GET" ? page : ""]);
        const type = "text/plain; charset=utf-8";
        assertEquals(headers, [["Content-Type", type], length]);
        assertMatch(written.join(), log);
      }
    }
    const own = await run(app, {
      errorPage: (code) => [
        createHead("502 Bad", [["X", `${code}`]]),
        toBytes("sorry"),
      ],
    });
    assertEquals(ended(own), [502, "sorry", "ended", 1]);
    const ownHeaders = [["X", code], ["Content-Length", "5"]];
    assertEquals<unknown>(own.transport.headers, ownHeaders);
    assertMatch(own.written.join(), log);
  },
);

Deno.test("runApplication() breaks off when errorPage fails", async () => {
  const errorPage = () => fail("second");
  const one = await run(() => Promise.reject(new Error("first")), {
    errorPage,
  });
  assertEquals(ended(one), [undefined, "", "aborted", 2]);
  assertStringIncludes(one.written[0]!, "Error: first\n");
  assertStringIncludes(one.written[1]!, "Error: second\n");
});

/** Creates a transport that fails in one of its functions. */
function failing(
  at: "sendHead" | "write" | "end" | "respond",
  how: string,
  events?: Events,
): RespondingTransport {
  const transport = new RespondingTransport(events);
  const method = transport[at];
  const value = (...args: unknown[]): Promise<void> => {
    if (at !== "end" && at !== "respond") {
      Reflect.apply(method, transport, args);
    }
    if (how === "throws") fail(`${at} failed`);
    return Promise.try(fail, `${at} failed`);
  };
  // It would call the others.
  transport.respond = () => {};
  return Object.defineProperty(transport, at, { value });
}

Deno.test.each(
  [
    ["sendHead", "throws"],
    ["write", "throws"],
    ["write", "rejects"],
    ["end", "throws"],
    ["end", "rejects"],
    ["respond", "throws"],
    ["respond", "rejects"],
  ] as const,
)("runApplication() survives a transport whose %s() %s", async (at, how) => {
  let failures = 0;
  for (const kind of KINDS) {
    for (const method of ["GET", "HEAD"]) {
      const events = new Events();
      const transport = failing(at, how, events);
      const app = answering(() => bodyOf(kind, ["a", "b"], events));
      const { written } = await run(app, { method, transport });
      assertEquals(events.count("close"), 1);
      // Not every kind of response makes this call.
      const hasFailed = written.join("").includes(`${at} failed`);
      const isBroken = hasFailed && (how === "throws" || at === "write");
      assertEquals(transport.outcome === "aborted", isBroken);
      failures += hasFailed ? 1 : 0;
    }
  }
  assert(failures > 0);
});

Deno.test.each(["throws", "rejects"])(
  "runApplication() logs that respond() %s for an error page, and after an async close()",
  async (how) => {
    const transport = failing("respond", how);
    const app = () => Promise.reject("no luck");
    const { written } = await run(app, { transport });
    if (how === "throws") {
      const { outcome, reason } = transport;
      assertEquals([outcome, reason], ["aborted", "no luck"]);
    }
    assertEquals(written.length, 2);
    assertStringIncludes(written[0]!, "no luck");
    assertStringIncludes(written[1]!, "respond failed");
    const close = (): Promise<void> => Promise.resolve();
    const body = Object.assign([toBytes("a")], { close });
    const closing = await run(answering(() => body), {
      transport: failing("respond", how),
    });
    assertStringIncludes(closing.written[0]!, "respond failed");
  },
);

Deno.test("runApplication() logs errors of a body that come after Content-Length is reached", async () => {
  const chunk = { done: false, value: toBytes("a") };
  const results: unknown[] = [chunk, Promise.resolve(chunk)];
  const promising = {
    [Symbol.iterator]: () => ({ next: () => results.shift() }),
  };
  const throwing = function* (): Chunks {
    yield toBytes("a");
    fail();
  };
  const headers = [["Content-Length", "1"]] as const;
  for (
    const [body, message] of [
      [() => promising, "must not return a promise"],
      [throwing, "on purpose"],
    ] as const
  ) {
    const one = await run(answering<unknown>(body, headers));
    assertEquals(ended(one), [200, "a", "ended", 1]);
    assertStringIncludes(one.written[0]!, message);
  }
});

Deno.test("runApplication() survives a transport that fails after Content-Length is reached", async () => {
  const ending = Promise.withResolvers<void>();
  const transport = new RespondingTransport();
  transport.ending = ending.promise;
  transport.isBusy = true;
  const gate = Promise.withResolvers<void>();
  const body = async function* (): AsyncChunks {
    yield toBytes("a");
    await gate.promise;
  };
  const app = answering(body, [["Content-Length", "1"]]);
  const waiting = new Run(app, { transport });
  await transport.events.seen("end");
  transport.release(new Error("write failed"));
  ending.reject(new Error("end failed"));
  await turn();
  gate.resolve();
  await waiting.finish();
  assertStringIncludes(waiting.written.join(""), "end failed");
});
