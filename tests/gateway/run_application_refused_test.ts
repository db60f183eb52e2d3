// What a server refuses by itself, with a validator or without. Nothing of it
// reaches the wire: the client gets a complete 500.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import type { HeaderTuple, StartResponse } from "../../wsgi/types.ts";
import type { Chunks } from "./recording_body.ts";
import {
  answering,
  type LooseApplication,
  runBoth,
} from "./recording_transport.ts";

const PLAIN = [["Content-Type", "text/plain"]] as const;

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

/** Makes an application that starts with these and answers with an array. */
function starting(status: unknown, headers: unknown): LooseApplication {
  return (_environ, startResponse) => {
    (startResponse as (...args: unknown[]) => void)(status, headers);
    return [toBytes("hello")];
  };
}

/** Makes an application that starts well and returns a value. */
function returning(value: unknown): LooseApplication {
  return answering(() => value);
}

// server-refuses-result, server-start-checks
const BROKEN: [what: string, app: LooseApplication, message: string][] = [
  ["never starts", () => [toBytes("a")], "must call startResponse"],
  ["never starts an empty array", () => [], "must call startResponse"],
  [
    "starts twice",
    (_environ, start) => {
      start("200 OK", PLAIN);
      start("200 OK", PLAIN);
      return [];
    },
    "it was started before",
  ],
  [
    "returns undefined",
    returning(undefined),
    "got undefined: is a return missing?",
  ],
  ["returns null", returning(null), "got null"],
  ["returns a number", returning(200), "got 200"],
  ["returns a string", returning("hello"), 'got "hello"'],
  [
    "returns a Uint8Array",
    returning(toBytes("hello")),
    "got a Uint8Array of 5 bytes: wrap it in an array",
  ],
  [
    "returns an empty Uint16Array",
    returning(new Uint16Array()),
    "a Uint16Array",
  ],
  ["returns a Response", returning(new Response()), "got a Response"],
  [
    "returns a generator function",
    returning(function* (): Chunks {}),
    "got a function",
  ],
  [
    "returns an iterator alone",
    returning({ next(): void {} }),
    "got an object",
  ],
  ["returns an array of strings", returning(["hello"]), 'got "hello"'],
  ["rejects", () => Promise.reject(new Error("no luck")), "no luck"],
  ["resolves to undefined", async (_environ, start) => {
    await Promise.resolve();
    start("200 OK", PLAIN);
  }, "got undefined: is a return missing?"],
  ["has an empty status", starting("", PLAIN), 'got ""'],
  ["has a status without reason", starting("200", PLAIN), 'got "200"'],
  ["has a status of 100", starting("100 Continue", PLAIN), "from 200 to 599"],
  ["has a status of 600", starting("600 More", PLAIN), "from 200 to 599"],
  ["has a number as status", starting(200, PLAIN), "got 200"],
  ["has no headers", starting("200 OK", undefined), "got undefined"],
  ["has an object as headers", starting("200 OK", { A: "b" }), "got an object"],
  ["has a Headers object", starting("200 OK", new Headers()), "got a Headers"],
  ["has a Map as headers", starting("200 OK", new Map()), "got a Map"],
  ["has a flat list as headers", starting("200 OK", ["A", "b"]), 'got "A"'],
  [
    "has a header of three parts",
    starting("200 OK", [["A", "b", ""]]),
    "headers[0]",
  ],
  ["has a number as value", starting("200 OK", [["A", 1]]), "got 1"],
  ["has text as value", starting("200 OK", [["A", "€"]]), "above U+00FF"],
  ["has a space in a name", starting("200 OK", [["A b", ""]]), 'got "A b"'],
  ["has an empty name", starting("200 OK", [["", ""]]), 'got ""'],
];

Deno.test.each(BROKEN)(
  "runApplication() refuses an application that %s",
  async (_what, app, message) => await assertRefused(app, message),
);

// Found with GET only: under HEAD no chunk is asked for.
Deno.test.each([
  ["a string", "hello", 'got "hello"'],
  ["a number", 104, "got 104"],
  ["an ArrayBuffer", new ArrayBuffer(1), "got an ArrayBuffer"],
  ["undefined", undefined, "got undefined"],
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
  for (const { transport, written } of await runBoth(returning(body))) {
    assertEquals(transport.head?.code, 500);
    assertStringIncludes(written.join(""), "must not give a promise");
  }
});

// header-no-control, status-no-control: Deno 2.9.6 ends the process on these.
Deno.test("runApplication() refuses every control character but a tab in a value", async () => {
  for (let code = 0; code <= 0x7f; code++) {
    if (code >= 0x20 && code < 0x7f) continue;
    const control = String.fromCharCode(code);
    const message = "Cannot start the response:";
    await assertRefused(starting(`200 O${control}K`, PLAIN), message);
    await assertRefused(starting("200 OK", [[`X${control}`, "a"]]), message);
    if (control === "\t") continue;
    await assertRefused(starting("200 OK", [["X", `a${control}b`]]), message);
    await assertRefused(starting("200 OK", [["X", control]]), message);
  }
  for (
    const { transport } of await runBoth(starting("200 OK", [["X", "a\tb"]]))
  ) {
    assertEquals(transport.headers[0], ["X", "a\tb"]);
  }
});

// header-hop-by-hop
Deno.test.each([
  "Connection",
  "keep-alive",
  "Proxy-Connection",
  "TE",
  "Trailer",
  "Trailers",
  "TRANSFER-ENCODING",
  "Upgrade",
])("runApplication() refuses the hop-by-hop header %s", async (name) => {
  await assertRefused(
    starting("200 OK", [...PLAIN, [name, "x"]]),
    `hop-by-hop headers belong to the server, got "${name}"`,
  );
});

Deno.test("runApplication() passes Proxy-Authenticate and Proxy-Authorization on", async () => {
  const headers: HeaderTuple[] = [
    ["Proxy-Authenticate", "Basic"],
    ["Proxy-Authorization", "Basic eDp5"],
  ];
  for (const { transport } of await runBoth(starting("407 Who?", headers))) {
    assertEquals(transport.headers.slice(0, 2), headers);
  }
});

// At once, not when the headers leave.
Deno.test("startResponse() throws at once for what it refuses", async () => {
  let thrown: unknown;
  await runBoth((_environ, startResponse: StartResponse) => {
    try {
      startResponse("200 OK", [["X", "a\r\nSet-Cookie: evil=1"]]);
    } catch (error) {
      thrown = error;
    }
    return [];
  });
  assert(thrown instanceof TypeError);
  assertStringIncludes(thrown.message, 'got "a\\r\\nSet-Cookie: evil=1"');
});
