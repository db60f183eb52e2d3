// Transports that can do only what they must: no cancellation, no respond().

import { assertEquals, assertThrows } from "@std/assert";
import { setupTestingDefaults } from "../../gateway/environ/setup_testing_defaults.ts";
import { runApplication } from "../../gateway/run_application.ts";
import { PLAIN } from "./recording_transport.ts";
import type { Transport } from "../../gateway/transport.ts";
import { fromBytes, toBytes } from "../../wsgi/byte_string.ts";
import type { Application, StartResponse, Write } from "../../wsgi/types.ts";

const ONE = [toBytes("a")];

function failing(): never {
  throw new Error("on purpose");
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
    next(startResponse("200 OK", PLAIN), startResponse)) as Application;
}

Deno.test.each<[string, Application]>([
  ["an array", starting(() => ONE)],
  ["a promise", starting(() => Promise.resolve(ONE))],
  ["an async body", starting(() => ReadableStream.from(ONE))],
  ["write()", starting((write) => (write(ONE[0]!), []))],
])(
  "runApplication() needs no cancellation of a transport: %s",
  async (_what, app) => {
    const { events, errors } = await run(app);
    assertEquals(events[0]?.slice(0, 6), "200 OK");
    assertEquals(events.slice(1), ["a", "end"]);
    assertEquals(errors, "");
  },
);

Deno.test.each<[string, () => unknown]>([
  ["at once", failing],
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
      yield toBytes("a");
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
    const environ = { "wsgi.errors": undefined };
    const { events } = await run(failing, { environ });
    assertEquals(events.at(-1), "end");
  } finally {
    Reflect.deleteProperty(Deno.stderr, "writeSync");
  }
  assertEquals(text.includes("on purpose"), true);
});

Deno.test("write() says that no status is set after one was refused", async () => {
  const late = new Error("late");
  const { events } = await run(starting((write, start) => {
    assertThrows(() => start("no status", PLAIN, late), Error);
    const { message } = assertThrows(() => write(ONE[0]!), Error);
    assertEquals(message, "Cannot write: no status is set");
    start("503 Service Unavailable", PLAIN, late);
    return [toBytes("b")];
  }));
  assertEquals(events.map((event) => event.slice(0, 3)), ["503", "b", "end"]);
});

Deno.test("startResponse and write() throw when the application has failed", async () => {
  let start: StartResponse | undefined;
  let write: Write | undefined;
  await run((_environ, startResponse) => {
    start = startResponse;
    return failing();
  });
  await run(starting((given) => {
    write = given;
    return failing();
  }));
  const over = "the request is over";
  const again = () => start!("200 OK", PLAIN);
  assertThrows(again, Error, `Cannot start the response: ${over}`);
  assertThrows(() => void write!(ONE[0]!), Error, `Cannot write: ${over}`);
});
