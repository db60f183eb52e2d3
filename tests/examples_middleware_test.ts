import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { app as auth, basicAuth } from "../examples/basic_auth.ts";
import { conditionalGet } from "../examples/conditional_get.ts";
import { errorCatcher } from "../examples/error_catcher.ts";
import { gzip } from "../examples/gzip.ts";
import {
  type Application,
  decodeUtf8,
  encodeUtf8,
  type HeaderTuple,
  type Middleware,
  setupTestingDefaults,
  validator,
} from "../mod.ts";
import { TestClient } from "../util/test_client.ts";
import { assertNoComplaint, commandOf, Program } from "./example_program.ts";

const encoder = new TextEncoder();
const GZIP = { headers: { "Accept-Encoding": "gzip" } };
const TEXT: HeaderTuple = ["Content-Type", "text/plain"];

/** "abc" in every way in which an application can say it. */
function appsOf(...headers: HeaderTuple[]): [kind: string, Application][] {
  return [
    ["an array", (_environ, startResponse) => {
      startResponse("200 OK", [TEXT, ["Content-Length", "3"], ...headers]);
      return [encoder.encode("ab"), encoder.encode("c")];
    }],
    [
      "a generator",
      function* (_environ, startResponse): Generator<Uint8Array, void> {
        startResponse("200 OK", [TEXT, ...headers]);
        yield encoder.encode("ab");
        yield encoder.encode("");
        yield encoder.encode("c");
      },
    ],
    [
      "an async generator",
      async function* (
        _environ,
        startResponse,
      ): AsyncGenerator<Uint8Array, void> {
        startResponse("200 OK", [TEXT, ["Content-Length", "3"], ...headers]);
        yield await Promise.resolve(encoder.encode("ab"));
        yield encoder.encode("c");
      },
    ],
    ["write()", async (_environ, startResponse) => {
      const write = startResponse("200 OK", [TEXT, ...headers]);
      await write(encoder.encode("ab"));
      return [encoder.encode("c")];
    }],
    ["a second start", (_environ, startResponse) => {
      startResponse("404 Not Found", [["Content-Type", "image/png"]]);
      startResponse("200 OK", [TEXT, ...headers], new Error("once more"));
      return [encoder.encode("abc")];
    }],
  ];
}

/** Strict on both sides of a middleware: TestClient has the outer validator. */
function clientOf(middleware: Middleware, app: Application): TestClient {
  return new TestClient(middleware(app));
}

async function unzip(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const stream = new Blob([bytes]).stream();
  const unzipped = stream.pipeThrough(new DecompressionStream("gzip"));
  return await new Response(unzipped).text();
}

// gzip.ts -------------------------------------------------------------------------

for (const [kind, app] of appsOf(["ETag", '"1"'], ["Vary", "Cookie"])) {
  Deno.test(`gzip() compresses ${kind}`, async () => {
    const response = await clientOf(gzip, app).get("/", GZIP);
    assertEquals(response.statusLine, "200 OK");
    assertEquals(response.header("Content-Encoding"), "gzip");
    assertEquals(response.header("Content-Length"), undefined);
    assertEquals(response.header("ETag"), 'W/"1"');
    assertEquals(
      response.headers.filter(([name]) => name === "Vary"),
      [["Vary", "Cookie"], ["Vary", "Accept-Encoding"]],
    );
    const bytes = response.chunks.flatMap((chunk) => [...chunk]);
    assertEquals(await unzip(Uint8Array.from(bytes)), "abc");
    assertEquals(response.complete, true);
  });

  Deno.test(`gzip() leaves ${kind} as it is for who cannot unpack`, async () => {
    const client = clientOf(gzip, app);
    for (const accept of ["", "br", "gzip;q=0", "gzip ; q=0.000", "xgzip"]) {
      const headers = { "Accept-Encoding": accept };
      const response = await client.get("/", { headers });
      assertEquals(response.text(), "abc");
      assertEquals(response.header("Content-Encoding"), undefined);
      assertEquals(response.header("ETag"), '"1"');
      // A cache must know that others get something else.
      assert(response.headers.some(([, value]) => value === "Accept-Encoding"));
    }
  });
}

Deno.test("gzip() understands a list of codings", async () => {
  const client = clientOf(gzip, appsOf()[0]![1]);
  for (const accept of ["br, gzip", "GZIP;q=0.5,*;q=0", "gzip ;q=1.0"]) {
    const headers = { "Accept-Encoding": accept };
    const response = await client.get("/", { headers });
    assertEquals(response.header("Content-Encoding"), "gzip");
  }
});

Deno.test.each<{ what: string; status?: string; headers: HeaderTuple[] }>([
  {
    what: "what is encoded already",
    headers: [TEXT, ["Content-Encoding", "br"]],
  },
  { what: "an image", headers: [["Content-Type", "image/png"]] },
  { what: "events", headers: [["Content-Type", "text/event-stream"]] },
  {
    what: "what must not be changed",
    headers: [TEXT, ["Cache-Control", "public, no-transform"]],
  },
  { what: "an error", status: "404 Not Found", headers: [TEXT] },
  {
    what: "a part",
    status: "206 Partial Content",
    headers: [TEXT, ["Content-Range", "bytes 0-2/9"]],
  },
])("gzip() does not compress $what", async ({ status = "200 OK", headers }) => {
  const app: Application = (_environ, startResponse) => {
    startResponse(status, headers);
    return [encoder.encode("abc")];
  };
  const response = await clientOf(gzip, app).get("/", GZIP);
  assertEquals([response.text(), response.header("Vary")], ["abc", undefined]);
});

Deno.test("gzip() does not compress an error in the place of a page", async () => {
  const app: Application = (_environ, startResponse) => {
    startResponse("200 OK", [TEXT]);
    startResponse("500 Internal Server Error", [TEXT], new Error("broken"));
    return [encoder.encode("abc")];
  };
  const response = await clientOf(gzip, app).get("/", GZIP);
  assertEquals(
    [response.status, response.header("Content-Encoding"), response.text()],
    [500, undefined, "abc"],
  );
});

Deno.test("gzip() within gzip() compresses once", async () => {
  const client = new TestClient(gzip(gzip(appsOf()[0]![1])));
  const response = await client.get("/", GZIP);
  const bytes = response.chunks.flatMap((chunk) => [...chunk]);
  assertEquals(await unzip(Uint8Array.from(bytes)), "abc");
});

Deno.test("gzip() names a compressed page in a 304 as it did in the 200", async () => {
  const [, page] = appsOf(["ETag", '"1"'])[0]!;
  const client = new TestClient(gzip(conditionalGet(page)));
  const etag = (await client.get("/", GZIP)).header("ETag")!;
  const compressed = await client.get("/", {
    headers: { ...GZIP.headers, "If-None-Match": etag },
  });
  assertEquals([compressed.status, compressed.headers], [304, [
    ["Vary", "Accept-Encoding"],
    ["ETag", 'W/"1"'],
  ]]);
  const plain = await client.get("/", { headers: { "If-None-Match": '"1"' } });
  assertEquals([plain.status, plain.headers], [304, [["ETag", '"1"']]]);
});

Deno.test("gzip() lets go of everything when a body fails", async () => {
  const app: Application = function* (
    _environ,
    startResponse,
  ): Generator<Uint8Array, void> {
    startResponse("200 OK", [TEXT]);
    yield encoder.encode("ab");
    throw new Error("broken");
  };
  // What is left open, the sanitizer finds.
  await assertRejects(
    () => clientOf(gzip, app).get("/", GZIP),
    Error,
    "broken",
  );
});

Deno.test("gzip() closes the body when the client leaves", async () => {
  const calls: string[] = [];
  const app: Application = (_environ, startResponse) => {
    startResponse("200 OK", [TEXT]);
    return {
      [Symbol.iterator]: () => ({
        next: () => ({ done: false, value: encoder.encode("ab") }),
        return: () => {
          calls.push("return");
          return { done: true, value: undefined };
        },
      }),
      close: () => void calls.push("close"),
    };
  };
  const environ = setupTestingDefaults({ HTTP_ACCEPT_ENCODING: "gzip" });
  const body = await gzip(app)(environ, () => () => Promise.resolve());
  const iterator = (body as AsyncIterable<Uint8Array, void>)
    [Symbol.asyncIterator]();
  assertEquals((await iterator.next()).done, false);
  await iterator.return?.();
  await body.close?.();
  assertEquals(calls, ["return", "close"]);
});

Deno.test("gzip.ts sends fewer bytes than its page has", async () => {
  await using program = await Program.start(await commandOf("gzip.ts"));
  const { hostname, port } = new URL(program.url);
  // fetch() would hide the encoding.
  using connection = await Deno.connect({ hostname, port: Number(port) });
  await connection.write(encoder.encode(
    "GET / HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n",
  ));
  const answer = await new Response(connection.readable).bytes();
  const head = new TextDecoder().decode(answer).toLowerCase();
  assertStringIncludes(head, "\r\ncontent-encoding: gzip\r\n");
  assert(answer.length < 500, `got ${answer.length} bytes`);
  assertEquals(
    await (await fetch(program.url)).text(),
    "Hello world!\n".repeat(100),
  );
  assertNoComplaint(await program.end());
});

// basic_auth.ts ---------------------------------------------------------------------

Deno.test("basic_auth.ts greets who knows the password", async () => {
  await using program = await Program.start(await commandOf("basic_auth.ts"));
  const headers = { Authorization: `Basic ${btoa("ada:lovelace")}` };
  const response = await fetch(program.url, { headers });
  assertEquals([response.status, await response.text()], [200, "Hello ada!\n"]);
  assertNoComplaint(await program.end());
});

Deno.test.each([
  { what: "nothing", value: undefined },
  { what: "a wrong password", value: `Basic ${btoa("ada:Lovelace")}` },
  { what: "a wrong name", value: `Basic ${btoa("eva:lovelace")}` },
  { what: "an unknown name without password", value: `Basic ${btoa("eva:")}` },
  { what: "no name", value: `Basic ${btoa(":lovelace")}` },
  { what: "no colon", value: `Basic ${btoa("adalovelace")}` },
  { what: "an empty value", value: "Basic " },
  { what: "what is no base64", value: "Basic a" },
  { what: "another scheme", value: `Bearer ${btoa("ada:lovelace")}` },
  { what: "bytes that are no text", value: `Basic ${btoa("\xff\xfe:\xff")}` },
  { what: "a name of the prototype", value: `Basic ${btoa("__proto__:")}` },
])("basic_auth.ts refuses $what", async ({ value }) => {
  const headers = value === undefined ? {} : { Authorization: value };
  const response = await new TestClient(auth).get("/", { headers });
  assertEquals([response.status, response.text()], [401, "Who are you?\n"]);
  assertEquals(
    response.header("WWW-Authenticate"),
    'Basic realm="example", charset="UTF-8"',
  );
});

Deno.test("basicAuth() hands on a name that is no ASCII as a ByteString", async () => {
  const app: Application = ({ REMOTE_USER = "" }, startResponse) => {
    startResponse("200 OK", [TEXT]);
    return [encoder.encode(decodeUtf8(REMOTE_USER))];
  };
  const headers = { Authorization: `Basic ${btoa(encodeUtf8("žoë:à:b"))}` };
  const guard = basicAuth(new Map([["žoë", "à:b"]]));
  const response = await new TestClient(guard(validator(app))).get("/", {
    headers,
  });
  assertEquals([response.status, response.text()], [200, "žoë"]);
});

// conditional_get.ts ----------------------------------------------------------------

for (
  const [kind, app] of appsOf(["ETag", '"1"'], ["Cache-Control", "no-cache"])
) {
  Deno.test(`conditionalGet() answers a known page from ${kind} with 304`, async () => {
    const client = clientOf(conditionalGet, app);
    for (const tags of ['"1"', 'W/"1"', '"0", "1"', "*"]) {
      const headers = { "If-None-Match": tags };
      const response = await client.get("/", { headers });
      assertEquals([response.status, response.text()], [304, ""]);
      assertEquals(response.headers, [
        ["ETag", '"1"'],
        ["Cache-Control", "no-cache"],
      ]);
    }
  });

  Deno.test(`conditionalGet() hands on an unknown page from ${kind}`, async () => {
    const client = clientOf(conditionalGet, app);
    for (const tags of ['"2"', "1", ""]) {
      const headers = { "If-None-Match": tags };
      const response = await client.get("/", { headers });
      assertEquals([response.status, response.text()], [200, "abc"]);
    }
    const headers = { "If-None-Match": '"1"' };
    assertEquals((await client.post("/", { headers })).status, 200);
  });
}

Deno.test("conditional_get.ts sends its page once", async () => {
  await using program = await Program.start(
    await commandOf("conditional_get.ts"),
  );
  const first = await fetch(program.url);
  assertEquals(first.headers.get("content-length"), "13");
  await first.text();
  const headers = { "If-None-Match": first.headers.get("etag")! };
  const second = await fetch(program.url, { headers });
  assertEquals([second.status, await second.text()], [304, ""]);
  assertNoComplaint(await program.end());
});

// error_catcher.ts ------------------------------------------------------------------

Deno.test("error_catcher.ts replaces what failed, but not what was sent", async () => {
  await using program = await Program.start(
    await commandOf("error_catcher.ts"),
  );
  const failed = await fetch(`${program.url}fail`);
  assertEquals([failed.status, await failed.text()], [
    500,
    "Something went wrong. We know of it.\n",
  ]);
  const late = await fetch(`${program.url}late`);
  assertEquals(late.status, 200);
  await assertRejects(() => late.text());
  assertEquals(
    (await fetch(`${program.url}fail`).then((r) => r.text())).length,
    37,
  );
  assertMatch(await program.end(), /^Caught: Error: failed on request$/m);
});

for (const error of [new Error("broken"), "text", undefined, null]) {
  Deno.test(`errorCatcher() catches ${error} before the start and after it`, async () => {
    const direct: Application = () => {
      throw error;
    };
    const rejecting: Application = (_environ, startResponse) => {
      startResponse("200 OK", [TEXT]);
      return Promise.reject(error);
    };
    for (const app of [direct, rejecting]) {
      const response = await clientOf(errorCatcher, app).get("/");
      assertEquals(response.status, 500);
      assertEquals(response.text().length, 37);
      assertEquals(response.errors, `Caught: ${error}\n`);
    }
  });
}

for (const [kind, app] of appsOf()) {
  Deno.test(`errorCatcher() hands on ${kind}`, async () => {
    const response = await clientOf(errorCatcher, app).get("/");
    assertEquals([response.status, response.text()], [200, "abc"]);
  });
}

// mounted.ts --------------------------------------------------------------------------

Deno.test("mounted.ts serves three applications, and logs each request once", async () => {
  await using program = await Program.start(await commandOf("mounted.ts"));
  const where = await fetch(`${program.url}where/caf%C3%A9`);
  assertEquals(await where.text(), "application /where\npath /café\n");
  const demo = await fetch(`${program.url}demo?x=1`);
  assertStringIncludes(await demo.text(), 'SCRIPT_NAME = "/demo"');
  const missing = await fetch(`${program.url}missing`);
  assertEquals(await missing.text(), "Try /where/am/I and /demo.\n");
  await program.stderr.until(/\/missing HTTP/);
  const lines = (await program.end()).trim().split("\n");
  const targets = lines.map((line) => /"(\S+ \S+) HTTP/.exec(line)?.[1]);
  assertEquals(targets, [
    "GET /where/caf%C3%A9",
    "GET /demo?x=1",
    "GET /missing",
  ]);
});
