// SPEC.md 5.15: errors of the application, and the page that answers them.

import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import { RequestBodyError } from "../../gateway/input/request_body_error.ts";
import { createHead } from "../../gateway/response_head.ts";
import { runApplication } from "../../gateway/run_application.ts";
import { toBytes } from "../../wsgi/byte_string.ts";
import type { Environ } from "../../wsgi/types.ts";
import {
  type AsyncChunks,
  bodyOf,
  type Chunks,
  KINDS,
} from "./recording_body.ts";
import {
  answering,
  ended,
  type LooseApplication,
  PLAIN,
  RecordingTransport,
  RespondingTransport,
  run,
  runBoth,
  sending,
  testEnviron,
} from "./recording_transport.ts";

const SECRET = "password=hunter2";

function fail(): never {
  throw new Error(SECRET);
}

// error-500: every place in which an application can fail before the headers.
const EARLY: Record<string, LooseApplication> = {
  "before startResponse": fail,
  "after startResponse": (_environ, start) => {
    start("200 OK", [["Set-Cookie", "a=1"], ["Content-Length", "999"]]);
    fail();
  },
  "in a promise": async (_environ, start) => {
    start("200 OK", PLAIN);
    await Promise.resolve();
    fail();
  },
  "when its iterator is taken": answering(() => ({ [Symbol.iterator]: fail })),
  "in the first next()": function* (_environ, start): Chunks {
    start("200 OK", PLAIN);
    yield fail();
  },
  "after an empty chunk": async function* (_environ, start): AsyncChunks {
    start("200 OK", PLAIN);
    yield await Promise.resolve(new Uint8Array());
    fail();
  },
};

Deno.test.each(Object.keys(EARLY))(
  "runApplication() answers with a complete 500 to an error %s",
  async (place) => {
    for (const one of await runBoth(EARLY[place]!)) {
      const { transport, written } = one;
      // error-own-answers: nothing of the error, nothing of the application.
      assertEquals(ended(one), [
        500,
        "500 Internal Server Error\n",
        "ended",
        1,
      ]);
      assertEquals(transport.status, "500 Internal Server Error");
      assertEquals(transport.headers, [
        ["Content-Type", "text/plain; charset=utf-8"],
        ["Content-Length", "26"],
      ]);
      // error-logged: with its stack.
      assertMatch(
        written[0]!,
        /^Error: password=hunter2\n +at .*fail \(.+\n$/s,
      );
    }
  },
);

// error-breaks
Deno.test.each(KINDS.slice(1))(
  "runApplication() breaks the response by an error after the first byte: %s",
  async (kind) => {
    const chunks = function* (): Generator<string, void> {
      yield "a";
      fail();
    };
    const app = answering(() => bodyOf(kind, chunks()));
    for (const one of await runBoth(app)) {
      assertEquals(ended(one), [200, "a", "aborted", 1]);
      assertEquals((one.transport.reason as Error).message, SECRET);
    }
  },
);

Deno.test("runApplication() breaks the response by an error after a write()", async () => {
  const runs = await runBoth((_environ, startResponse) => {
    startResponse("200 OK", PLAIN)(toBytes("a"));
    fail();
  });
  for (const { transport } of runs) {
    assertEquals(transport.events.list, ["head 200", "write a", "abort"]);
  }
});

// error-request-body
Deno.test.each([
  [400, "400 Bad Request"],
  [413, "413 Content Too Large"],
])(
  "runApplication() answers a RequestBodyError with its status %i",
  async (status, line) => {
    const error = new RequestBodyError("The body was cut short", status as 400);
    const runs = await runBoth(answering(() => Promise.reject(error)));
    for (const { transport: { status, body }, written } of runs) {
      assertEquals([status, body], [line, `${line}\n`]);
      // No line of the program is at fault, so there is no stack.
      assertEquals(written, ["The body was cut short\n"]);
    }
  },
);

Deno.test.each([
  [undefined, "Thrown: undefined"],
  [null, "Thrown: null"],
  ["text", 'Thrown: "text"'],
  [{ code: 7 }, "Thrown: an object"],
])("runApplication() answers 500 when %j is thrown", async (thrown, logged) => {
  const throwing = (): never => {
    throw thrown;
  };
  for (const app of [throwing, () => Promise.reject(thrown)]) {
    const { transport, written } = await run(app);
    assertEquals(transport.head?.code, 500);
    assertEquals(written, [`${logged}\n`]);
  }
});

Deno.test("runApplication() tells onError the error and the environ, after the log", async () => {
  const calls: [unknown, Environ][] = [];
  const error = new Error("broken");
  const failing = await run(() => {
    throw error;
  }, {
    onError: (...call) => {
      calls.push(call);
      call[1]["wsgi.errors"].write("seen");
    },
  });
  assertEquals(calls.length, 1);
  assertStrictEquals(calls[0]![0], error);
  assertStrictEquals(calls[0]![1], failing.environ);
  assertEquals(failing.written.length, 2);
  assertEquals(failing.written[1], "seen");
});

Deno.test("runApplication() answers although the log or onError throws", async () => {
  const errors = { write: fail, writelines: fail, flush: fail };
  const noLog = await run(fail, { environ: { "wsgi.errors": errors } });
  const noHandler = await run(fail, { onError: fail });
  for (const { transport } of [noLog, noHandler]) {
    assertEquals(transport.body, "500 Internal Server Error\n");
    assertEquals(transport.outcome, "ended");
  }
});

Deno.test("runApplication() needs no wsgi.errors in the environ", async () => {
  const { transport, written } = await run(sending("a"), {
    environ: { "wsgi.errors": undefined as never },
  });
  assertEquals(transport.body, "a");
  assertEquals(written, []);
});

Deno.test("runApplication() waits for the error page and for close()", async () => {
  const transport = new RecordingTransport();
  let closed = false;
  const close = async (): Promise<void> => {
    await transport.events.seen("end");
    closed = true;
  };
  await run(() => Object.assign([toBytes("a")], { close }), { transport });
  assertEquals(transport.head?.code, 500);
  assert(closed);
  assertFalse(transport.body.includes("startResponse"));
});

/** Runs an application that throws, and gives what was sent and logged. */
async function failWith(
  error: unknown,
  errorPage: (code: number) => ReturnType<typeof page>,
): Promise<[sent: unknown[], log: string]> {
  const transport = new RespondingTransport();
  const { environ, written } = testEnviron();
  const app = () => {
    throw error;
  };
  await runApplication(app, environ, transport, { errorPage });
  const { status, headers, body, outcome } = transport;
  return [[status, headers, body, outcome], written.join("")];
}

function page(
  status: string,
): [head: ReturnType<typeof createHead>, page: Uint8Array] {
  return [createHead(status, [["X", "y"]]), toBytes("sorry")];
}

Deno.test.each<[unknown, number, string]>([
  [new Error("broken"), 500, "Error: broken\n"],
  [new RequestBodyError("too large", 413), 413, "too large\n"],
])(
  "runApplication() answers %s with what errorPage makes for %i",
  async (error, status, line) => {
    const codes: number[] = [];
    const [sent, log] = await failWith(error, (code) => {
      codes.push(code);
      return page("502 Bad");
    });
    assertEquals(codes, [status]);
    const headers = [["X", "y"], ["Content-Length", "5"]];
    assertEquals(sent, ["502 Bad", headers, "sorry", "ended"]);
    assertStringIncludes(log, line);
  },
);

Deno.test("runApplication() breaks off when errorPage fails", async () => {
  const [sent, log] = await failWith(new Error("first"), () => {
    throw new Error("second");
  });
  assertEquals(sent, [undefined, [], "", "aborted"]);
  assertStringIncludes(log, "Error: first\n");
  assertStringIncludes(log, "Error: second\n");
});
