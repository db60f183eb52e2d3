// Transports that can do only what they must: no cancellation, no respond().

import { assertEquals, assertThrows } from "@std/assert";
import { setupTestingDefaults } from "../../gateway/environ/setup_testing_defaults.ts";
import { runApplication } from "../../gateway/run_application.ts";
import type { Transport } from "../../gateway/transport.ts";
import { fromBytes } from "../../wsgi/byte_string.ts";
import { FileWrapper } from "../../wsgi/file_wrapper.ts";
import type {
  Application,
  HeaderTuple,
  StartResponse,
  Write,
} from "../../wsgi/types.ts";

const TEXT: readonly HeaderTuple[] = [["Content-Type", "text/plain"]];

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** Runs over a transport that can do only what it must: no cancellation. */
async function run(
  app: Application,
  { method = "GET", more = {}, environ = {} }: {
    method?: string;
    more?: Partial<Transport>;
    environ?: Record<string, unknown>;
  } = {},
): Promise<{ events: string[]; errors: string }> {
  const events: string[] = [];
  let errors = "";
  await runApplication(
    app,
    setupTestingDefaults({
      REQUEST_METHOD: method,
      "wsgi.errors": {
        write: (text: string) => void (errors += text),
        writelines: () => {},
        flush: () => {},
      },
      ...environ,
    }),
    {
      sendHead: ({ status, headers }) => {
        const length = headers.find(([name]) => name === "Content-Length");
        events.push(length === undefined ? status : `${status} ${length[1]}`);
      },
      write: (chunk) => void events.push(fromBytes(chunk)),
      end: () => void events.push("end"),
      abort: () => void events.push("abort"),
      ...more,
    },
  );
  return { events, errors };
}

/** An application that begins a response and goes on. */
function starting(
  next: (write: Write, start: StartResponse) => unknown,
): Application {
  return ((_environ, startResponse) =>
    next(startResponse("200 OK", TEXT), startResponse)) as Application;
}

Deno.test.each<[string, Application]>([
  ["an array", starting(() => [bytes("a")])],
  ["a promise", starting(() => Promise.resolve([bytes("a")]))],
  [
    "an async body",
    starting(async function* (): AsyncGenerator<Uint8Array, void> {
      yield await Promise.resolve(bytes("a"));
    }),
  ],
  [
    "a generator and write()",
    starting((write) => {
      write(bytes("a"));
      return [];
    }),
  ],
])(
  "runApplication() needs no cancellation of a transport: %s",
  async (_what, app) => {
    const { events, errors } = await run(app);
    assertEquals(events.map((event) => event.replace(/ \d+$/, "")), [
      "200 OK",
      "a",
      "end",
    ]);
    assertEquals(errors, "");
  },
);

Deno.test.each<[string, () => unknown]>([
  ["at once", () => {
    throw new Error("on purpose");
  }],
  ["later", () => Promise.reject(new Error("on purpose"))],
])(
  "runApplication() answers an error without cancellation: %s",
  async (_what, fail) => {
    const { events, errors } = await run(fail as Application);
    assertEquals(events[0]?.slice(0, 25), "500 Internal Server Error");
    assertEquals(events.at(-1), "end");
    assertEquals(errors.includes("on purpose"), true);
  },
);

Deno.test("runApplication() breaks off without cancellation", async () => {
  const { events, errors } = await run(
    starting(function* (): Generator<Uint8Array, void> {
      yield bytes("a");
      throw new Error("on purpose");
    }),
  );
  assertEquals(events, ["200 OK", "a", "abort"]);
  assertEquals(errors.includes("on purpose"), true);
});

Deno.test("runApplication() runs without wsgi.errors and says errors to stderr", async () => {
  let text = "";
  Object.defineProperty(Deno.stderr, "writeSync", {
    value: (chunk: Uint8Array) => {
      text += new TextDecoder().decode(chunk);
      return chunk.byteLength;
    },
    configurable: true,
  });
  try {
    const { events } = await run(() => {
      throw new Error("on purpose");
    }, { environ: { "wsgi.errors": undefined } });
    assertEquals(events.at(-1), "end");
  } finally {
    Reflect.deleteProperty(Deno.stderr, "writeSync");
  }
  assertEquals(text.includes("on purpose"), true);
});

Deno.test("write() says that no status is set after one was refused", async () => {
  let message = "";
  const { events } = await run(starting((write, startResponse) => {
    assertThrows(
      () => startResponse("no status", TEXT, new Error("late")),
      Error,
    );
    message = assertThrows(() => write(bytes("a")), Error).message;
    startResponse("503 Service Unavailable", TEXT, new Error("late"));
    return [bytes("b")];
  }));
  assertEquals(message, "Cannot write: no status is set");
  assertEquals(events.map((event) => event.slice(0, 3)), ["503", "b", "end"]);
});

Deno.test("startResponse and write() throw when the application has failed", async () => {
  let late: StartResponse | undefined;
  let write: Write | undefined;
  await run((_environ, startResponse) => {
    late = startResponse;
    throw new Error("on purpose");
  });
  const message = "Cannot start the response: the request is over";
  assertThrows(() => late!("200 OK", TEXT), Error, message);
  await run((_environ, startResponse) => {
    write = startResponse("200 OK", TEXT);
    throw new Error("on purpose");
  });
  assertThrows(
    () => void write!(bytes("a")),
    Error,
    "Cannot write: the request is over",
  );
});

Deno.test("runApplication() closes a file when the transport has sent it", async () => {
  const events: string[] = [];
  const sent = Promise.withResolvers<void>();
  const file = {
    read: () => null,
    size: 5,
    close: () => void events.push("close"),
  };
  class Sized extends FileWrapper {
    override get bytesLeft(): number {
      return 5;
    }
  }
  const running = run(starting(() => new Sized(file as never)), {
    more: {
      sendFile: (head) => {
        events.push(`file ${head.contentLength}`);
        return sent.promise;
      },
    },
  });
  assertEquals(events, ["file 5"]);
  sent.resolve();
  await running;
  assertEquals(events, ["file 5", "close"]);
});
