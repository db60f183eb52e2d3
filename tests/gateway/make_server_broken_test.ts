import {
  assertEquals,
  assertNotMatch,
  assertStringIncludes,
} from "@std/assert";
import { toBytes } from "../../gateway/byte_string.ts";
import type { Application, HeaderTuple } from "../../gateway/types.ts";
import { RawClient, type RawResponse } from "../raw_client.ts";
import { get, serve } from "./serving.ts";

/** What no type would let through. */
// deno-lint-ignore no-explicit-any
type Anything = any;

interface Outcome extends RawResponse {
  /** What went to `wsgi.errors`. */
  log: string;
  /** Whether the connection was kept for the next request. */
  kept: boolean;
}

/** Gets a response, and makes sure that the server then answers another. */
async function outcomeOf(app: Application): Promise<Outcome> {
  await using serving = serve((environ, startResponse) => {
    if (environ.PATH_INFO !== "/next") return app(environ, startResponse);
    startResponse("200 OK", []);
    return [toBytes("next")];
  });
  using client = await RawClient.connect(serving);
  await client.send(get());
  const response = await client.response();
  const log = serving.log.join("");
  using other = response.complete
    ? undefined
    : await RawClient.connect(serving);
  if (other !== undefined) assertEquals(await client.rest(), "");
  const next = other ?? client;
  await next.send(get("/next"));
  assertEquals((await next.response()).body, "next");
  return { ...response, log, kept: other === undefined };
}

/** The server's own page, and nothing of what went wrong in it. */
async function assertFails(app: Application): Promise<string> {
  const { head, body, log, kept } = await outcomeOf(app);
  assertEquals([head.status, body], [500, "500 Internal Server Error\n"]);
  assertEquals(
    head.headers.map(([name]) => name.toLowerCase()).toSorted(),
    ["content-length", "content-type", "date"],
  );
  assertEquals(kept, true);
  return log;
}

/** An application with these headers. */
function withHeaders(headers: HeaderTuple[]): Application {
  return (_environ, startResponse) => {
    startResponse("200 OK", headers);
    return [toBytes("abc")];
  };
}

const CONTROLS = [..."\x00\x01\x07\x08\n\v\f\r\x0e\x1b\x1f\x7f"];

Deno.test("makeServer() survives every control character in a header value", async () => {
  for (const control of CONTROLS) {
    const log = await assertFails(withHeaders([["X-A", `a${control}b`]]));
    assertStringIncludes(log, 'value of header "X-A" must have no control');
    // deno-lint-ignore no-control-regex -- they must not be there
    assertNotMatch(log, /[\x00-\x08\x0b-\x1f\x7f]/);
  }
});

Deno.test("makeServer() survives every control character in a status or name", async () => {
  for (const control of [...CONTROLS, "\t"]) {
    await assertFails((_environ, startResponse) => {
      startResponse(`200 O${control}K`, []);
      return [];
    });
    await assertFails(withHeaders([[`X${control}A`, "1"]]));
  }
});

Deno.test.each([
  ["Connection"],
  ["keep-alive"],
  ["Proxy-Connection"],
  ["TE"],
  ["Trailer"],
  ["Transfer-Encoding"],
  ["UPGRADE"],
])("makeServer() refuses the hop-by-hop header %s", async (name) => {
  const log = await assertFails(withHeaders([["X-A", "1"], [name, "close"]]));
  assertStringIncludes(log, `hop-by-hop headers belong to the server`);
});

Deno.test("makeServer() lets Proxy-Authenticate through", async () => {
  const { head } = await outcomeOf(withHeaders([["Proxy-Authenticate", "a"]]));
  assertEquals(head.get("proxy-authenticate"), "a");
});

Deno.test.each<[string, (startResponse: Anything) => Anything]>([
  ["throws", () => {
    throw new Error("on purpose");
  }],
  ["throws what is no error", () => {
    throw undefined;
  }],
  ["rejects", () => Promise.reject(new Error("on purpose"))],
  ["never calls startResponse", () => [toBytes("abc")]],
  ["never calls startResponse and has no body", () => []],
  ["calls startResponse twice", (startResponse) => {
    startResponse("200 OK", []);
    startResponse("200 OK", []);
    return [];
  }],
  ["catches that it called startResponse twice", (startResponse) => {
    startResponse("200 OK", []);
    try {
      startResponse("200 OK", []);
    } catch {
      // Swallowed, but not mended.
    }
    return [];
  }],
  ["returns nothing", (startResponse) => void startResponse("200 OK", [])],
  ["returns a string", (startResponse) => {
    startResponse("200 OK", []);
    return "abc";
  }],
  ["returns bytes", (startResponse) => {
    startResponse("200 OK", []);
    return toBytes("abc");
  }],
  ["returns an array with a string", (startResponse) => {
    startResponse("200 OK", []);
    return [toBytes("a"), "b"];
  }],
  ["yields a string", function* (startResponse) {
    startResponse("200 OK", []);
    yield "abc";
  }],
  ["yields promises", function* (startResponse) {
    startResponse("200 OK", []);
    yield Promise.resolve(toBytes("a"));
  }],
  ["gives no headers", (startResponse) => {
    startResponse("200 OK");
    return [];
  }],
  ["gives a Headers object", (startResponse) => {
    startResponse("200 OK", new Headers());
    return [];
  }],
  ["gives a number as value", (startResponse) => {
    startResponse("200 OK", [["Content-Length", 3]]);
    return [];
  }],
  ["gives a value above U+00FF", (startResponse) => {
    startResponse("200 OK", [["X-A", "\u0100"]]);
    return [];
  }],
  ["gives a name that is no token", (startResponse) => {
    startResponse("200 OK", [["X A", "1"]]);
    return [];
  }],
  ["gives two Content-Lengths", (startResponse) => {
    startResponse("200 OK", [["Content-Length", "3"], ["content-length", "3"]]);
    return [toBytes("abc")];
  }],
  ["writes a string", (startResponse) => {
    startResponse("200 OK", [])("abc");
    return [];
  }],
])("makeServer() answers 500 when the application %s", async (_what, app) => {
  const log = await assertFails((_environ, startResponse) =>
    app(startResponse)
  );
  assertEquals(log.length > 0, true);
});

Deno.test.each([
  ["200"],
  ["200OK"],
  ["20 OK"],
  ["100 Continue"],
  ["101 Switching Protocols"],
  ["199 Low"],
  ["600 High"],
  ["OK 200"],
  [""],
])("makeServer() refuses the status %s", async (status) => {
  await assertFails((_environ, startResponse) => {
    startResponse(status, []);
    return [];
  });
});

Deno.test.each<[string, (startResponse: Anything) => Anything]>([
  ["an error after a chunk", function* (startResponse) {
    startResponse("200 OK", []);
    yield toBytes("abc");
    throw new Error("too late");
  }],
  ["a rejection after a chunk", async function* (startResponse) {
    startResponse("200 OK", []);
    yield toBytes("abc");
    await Promise.reject(new Error("too late"));
  }],
  ["an error after write()", async (startResponse) => {
    await startResponse("200 OK", [])(toBytes("abc"));
    throw new Error("too late");
  }],
  ["a string after a chunk", function* (startResponse) {
    startResponse("200 OK", []);
    yield toBytes("abc");
    yield "too late";
  }],
  ["a body shorter than its length", function* (startResponse) {
    startResponse("200 OK", [["Content-Length", "9"]]);
    yield toBytes("abc");
  }],
  ["an array shorter than its length", (startResponse) => {
    startResponse("200 OK", [["Content-Length", "9"]]);
    return [toBytes("abc")];
  }],
  ["nothing instead of its length", (startResponse) => {
    startResponse("200 OK", [["Content-Length", "9"]]);
    return [];
  }],
])("makeServer() never ends a response well after %s", async (_what, app) => {
  const { head, body, complete, kept, log } = await outcomeOf(
    (_environ, startResponse) => app(startResponse),
  );
  assertEquals([head.status, complete, kept], [200, false, false]);
  // Deno may drop what it has not sent when the response breaks.
  assertStringIncludes("abc", body);
  assertEquals(log.length > 0, true);
});

Deno.test.each<[string, (startResponse: Anything) => Anything]>([
  ["an array", (startResponse) => {
    startResponse("200 OK", [["Content-Length", "3"]]);
    return [toBytes("ab"), toBytes("cde")];
  }],
  ["a generator", function* (startResponse) {
    startResponse("200 OK", [["Content-Length", "3"]]);
    yield toBytes("ab");
    yield toBytes("cde");
  }],
  ["a body without end", function* (startResponse) {
    startResponse("200 OK", [["Content-Length", "3"]]);
    for (const bytes = toBytes("abc");;) yield bytes;
  }],
])(
  "makeServer() sends no byte more of %s than its Content-Length says",
  async (_what, app) => {
    const { body, complete, kept, log } = await outcomeOf(
      (_environ, startResponse) => app(startResponse),
    );
    assertEquals([body, complete, kept], ["abc", true, true]);
    assertStringIncludes(log, "it is longer than its Content-Length of 3");
  },
);
