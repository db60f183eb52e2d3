// The middleware among the examples, and applications that need no program.

import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { app as auth, basicAuth } from "../../examples/basic_auth.ts";
import { conditionalGet } from "../../examples/conditional_get.ts";
import { app as download } from "../../examples/download.ts";
import { app as echo } from "../../examples/echo.ts";
import { errorCatcher } from "../../examples/error_catcher.ts";
import { app as events } from "../../examples/events.ts";
import { gzip } from "../../examples/gzip.ts";
import { app as hono } from "../../examples/hono.ts";
import { addHeader, upperCase } from "../../examples/middleware.ts";
import { app as streaming } from "../../examples/streaming.ts";
import { app as upload } from "../../examples/upload.ts";
import {
  type Application,
  decodeUtf8,
  encodeUtf8,
  type HeaderTuple,
  type Middleware,
  type ResponseBody,
  setupTestingDefaults,
  validator,
} from "../../mod.ts";
import {
  TestClient,
  type TestResponse,
} from "../../test_client/test_client.ts";
import { answer } from "../server/serving.ts";

const encoder = new TextEncoder();
const TEXT: HeaderTuple = ["Content-Type", "text/plain"];
const GZIP = { "Accept-Encoding": "gzip" };

/** Sends "abc" in every way that the interface allows. */
function appsOf(...headers: HeaderTuple[]): Record<string, Application> {
  const [ab, c] = [encoder.encode("ab"), encoder.encode("c")];
  const all = [TEXT, ...headers];
  const known = [...all, ["Content-Length", "3"] as const];
  return {
    "an array": answer(() => [ab, c], "200 OK", known),
    "a generator": answer(
      function* (): Generator<Uint8Array, void> {
        yield* [ab, new Uint8Array(), c];
      },
      "200 OK",
      all,
    ),
    "an async generator": answer(
      async function* (): AsyncGenerator<Uint8Array, void> {
        yield await Promise.resolve(ab);
        yield c;
      },
      "200 OK",
      known,
    ),
    "a stream": answer(() => new Blob(["ab", "c"]).stream(), "200 OK", all),
    "write()": async (_environ, startResponse) => {
      const write = startResponse("200 OK", all);
      await write(ab);
      return [c];
    },
    "a second start": (_environ, startResponse) => {
      startResponse("404 Not Found", [["Content-Type", "image/png"]]);
      startResponse("200 OK", all, new Error("once more"));
      return [encoder.encode("abc")];
    },
  };
}

const kindsOf = (...headers: HeaderTuple[]) =>
  Object.entries(appsOf(...headers));
const page = answer("abc", "200 OK", [TEXT, ["ETag", '"1"']]);

/** TestClient has a validator outside the middleware; this one is inside. */
function clientOf(middleware: Middleware, app: Application): TestClient {
  return new TestClient(middleware(validator(app)));
}

// gzip.ts ------------------------------------------------------------------------

async function unzip({ chunks }: TestResponse): Promise<string> {
  const bytes = Uint8Array.from(chunks.flatMap((chunk) => [...chunk]));
  const zipped = new Blob([bytes]).stream();
  const stream = zipped.pipeThrough(new DecompressionStream("gzip"));
  return await new Response(stream).text();
}

Deno.test.each(kindsOf(["ETag", '"1"'], ["Vary", "Cookie"]))(
  "gzip() compresses %s, if the client can decode it",
  async (_, app) => {
    const client = clientOf(gzip, app);
    const response = await client.get("/", { headers: GZIP });
    assertEquals([response.statusLine, response.complete], ["200 OK", true]);
    assertEquals(response.header("Content-Encoding"), "gzip");
    assertEquals(response.header("Content-Length"), undefined);
    assertEquals(response.header("ETag"), 'W/"1"');
    assertEquals(
      response.headers.filter(([name]) => name === "Vary"),
      [["Vary", "Cookie"], ["Vary", "Accept-Encoding"]],
    );
    assertEquals(await unzip(response), "abc");
    for (const accept of ["", "br", "gzip;q=0", "gzip ; q=0.000", "xgzip"]) {
      const headers = { "Accept-Encoding": accept };
      const plain = await client.get("/", { headers });
      assertEquals(plain.text(), "abc");
      assertEquals(plain.header("Content-Encoding"), undefined);
      assertEquals(plain.header("ETag"), '"1"');
      // A cache must know that other clients get another response.
      assert(plain.headers.some(([, value]) => value === "Accept-Encoding"));
    }
  },
);

Deno.test("gzip() parses a list of codings, and compresses once if applied twice", async () => {
  for (const accept of ["br, gzip", "GZIP;q=0.5,*;q=0", "gzip ;q=1.0"]) {
    const headers = { "Accept-Encoding": accept };
    const response = await clientOf(gzip, page).get("/", { headers });
    assertEquals(response.header("Content-Encoding"), "gzip");
  }
  const twice = clientOf((app) => gzip(gzip(app)), page);
  assertEquals(await unzip(await twice.get("/", { headers: GZIP })), "abc");
});

Deno.test.each<[string, readonly HeaderTuple[]]>([
  ["200 OK", [TEXT, ["Content-Encoding", "br"]]],
  ["200 OK", [["Content-Type", "image/png"]]],
  ["200 OK", [["Content-Type", "text/event-stream"]]],
  ["200 OK", [TEXT, ["Cache-Control", "public, no-transform"]]],
  ["404 Not Found", [TEXT]],
  ["206 Partial Content", [TEXT, ["Content-Range", "bytes 0-2/9"]]],
  ["500 Internal Server Error", [TEXT]],
])("gzip() does not compress %s with %j", async (status, headers) => {
  const app: Application = (_environ, startResponse) => {
    startResponse("200 OK", [TEXT]);
    startResponse(status, headers, new Error("replaced"));
    return [encoder.encode("abc")];
  };
  const response = await clientOf(gzip, app).get("/", { headers: GZIP });
  assertEquals([response.statusLine, response.text()], [status, "abc"]);
  assertEquals(response.header("Vary"), undefined);
});

Deno.test("gzip() sends the same ETag for a compressed page in a 304 as in the 200", async () => {
  const client = new TestClient(gzip(conditionalGet(page)));
  const etag = (await client.get("/", { headers: GZIP })).header("ETag")!;
  const headers = { ...GZIP, "If-None-Match": etag };
  const compressed = await client.get("/", { headers });
  assertEquals([compressed.status, compressed.headers], [304, [
    ["Vary", "Accept-Encoding"],
    ["ETag", 'W/"1"'],
  ]]);
  const plain = await client.get("/", { headers: { "If-None-Match": '"1"' } });
  assertEquals([plain.status, plain.headers], [304, [["ETag", '"1"']]]);
});

Deno.test("gzip() releases everything when a body fails", async () => {
  const app = answer(
    function* (): Generator<Uint8Array, void> {
      yield encoder.encode("ab");
      throw new Error("broken");
    },
    "200 OK",
    [TEXT],
  );
  // The sanitizer finds resources that are left open.
  const headers = GZIP;
  const asking = () => clientOf(gzip, app).get("/", { headers });
  await assertRejects(asking, Error, "broken");
});

/** A body that records how it ends, and whose second chunk never comes. */
class Recording {
  readonly calls: string[] = [];
  readonly app: Application = answer(
    () => ({
      [Symbol.asyncIterator]: () => ({
        next: (): Promise<IteratorResult<Uint8Array, void>> => {
          this.calls.push("next");
          return this.calls.length === 1
            ? Promise.resolve({ value: encoder.encode("a") })
            : Promise.withResolvers<never>().promise;
        },
        return: () => {
          this.calls.push("return");
          return Promise.resolve({ done: true, value: undefined });
        },
      }),
      close: () => void this.calls.push("close"),
    }),
    "200 OK",
    [TEXT],
  );
}

/** Calls an application, and returns its body and the iterator. */
async function begin(
  app: Application,
  variables: Record<string, string> = {},
): Promise<[ResponseBody, AsyncIterator<Uint8Array, void>]> {
  const environ = setupTestingDefaults(variables);
  const body = await app(environ, () => () => Promise.resolve());
  const source = body as AsyncIterable<Uint8Array, void>;
  return [body, source[Symbol.asyncIterator]()];
}

Deno.test.each([["gzip()", gzip], ["upperCase()", upperCase]])(
  "%s passes on return() and close() when the client leaves",
  async (_, middleware) => {
    const variables = { HTTP_ACCEPT_ENCODING: "gzip" };
    const recording = new Recording();
    const [body, iterator] = await begin(middleware(recording.app), variables);
    assertEquals((await iterator.next()).done, false);
    iterator.next();
    await iterator.return?.();
    await body.close?.();
    const ends = recording.calls.filter((call) => call !== "next");
    assertEquals(ends, ["return", "close"]);
    // A body that was never begun is also closed.
    const other = new Recording();
    const [unread] = await begin(middleware(other.app), variables);
    await unread.close?.();
    assertEquals(other.calls.at(-1), "close");
  },
);

// conditional_get.ts, error_catcher.ts and basic_auth.ts -------------------------

Deno.test.each(kindsOf(["ETag", '"1"'], ["Cache-Control", "no-cache"]))(
  "conditionalGet() answers 304 to a client that has the page, from %s",
  async (_, app) => {
    const client = clientOf(conditionalGet, app);
    for (const tag of ['"1"', 'W/"1"', '"0", "1"', "*", '"2"', "1", ""]) {
      const headers = { "If-None-Match": tag };
      const response = await client.get("/", { headers });
      const isKnown = /"1"|\*/.test(tag);
      assertEquals(
        [response.status, response.text()],
        isKnown ? [304, ""] : [200, "abc"],
      );
      const tags = [["ETag", '"1"'], ["Cache-Control", "no-cache"]];
      if (isKnown) assertEquals<unknown>(response.headers, tags);
    }
    const headers = { "If-None-Match": '"1"' };
    assertEquals((await client.post("/", { headers })).status, 200);
  },
);

Deno.test.each([[new Error("broken")], ["text"], [undefined], [null]])(
  "errorCatcher() catches %s before the start and after it",
  async (error) => {
    const direct: Application = () => {
      throw error;
    };
    const rejecting = answer(() => Promise.reject(error), "200 OK", [TEXT]);
    for (const app of [direct, rejecting]) {
      const client = new TestClient(errorCatcher(app));
      const response = await client.get("/");
      assertEquals(response.status, 500);
      assertEquals(response.text().length, 44);
      assertEquals(response.errors, `Caught: ${error}\n`);
    }
  },
);

Deno.test.each(kindsOf())(
  "errorCatcher() and upperCase() pass on %s",
  async (_, app) => {
    const caught = await clientOf(errorCatcher, app).get("/");
    assertEquals([caught.status, caught.text()], [200, "abc"]);
    const both: Middleware = (app) =>
      addHeader("X-Served-By", "Deno")(validator(upperCase(app)));
    const response = await clientOf(both, app).get("/");
    assertEquals([response.status, response.text()], [200, "ABC"]);
    assertEquals(response.header("X-Served-By"), "Deno");
    assertEquals(response.violations, []);
  },
);

Deno.test.each<[string | undefined, string?]>([
  [undefined],
  ["Basic ", "ada:Lovelace"],
  ["Basic ", "eva:lovelace"],
  ["Basic ", "eva:"],
  ["Basic ", ":lovelace"],
  ["Basic ", "adalovelace"],
  ["Basic "],
  ["Basic a"],
  ["Bearer ", "ada:lovelace"],
  ["Basic ", "\xff\xfe:\xff"],
  ["Basic ", "__proto__:"],
])("basic_auth.ts refuses %s%s", async (scheme, credentials = "") => {
  const Authorization = `${scheme}${btoa(credentials)}`;
  const headers = scheme === undefined ? {} : { Authorization };
  const response = await new TestClient(auth).get("/", { headers });
  assertEquals([response.status, response.text()], [401, "Who are you?\n"]);
  assertEquals(
    response.header("WWW-Authenticate"),
    'Basic realm="example", charset="UTF-8"',
  );
});

Deno.test("basicAuth() passes on a name that is not ASCII as a ByteString", async () => {
  const app = answer(
    ({ REMOTE_USER = "" }) => [encoder.encode(decodeUtf8(REMOTE_USER))],
    "200 OK",
    [TEXT],
  );
  const guard = basicAuth(new Map([["žoë", "à:b"]]));
  const headers = { Authorization: `Basic ${btoa(encodeUtf8("žoë:à:b"))}` };
  const response = await clientOf(guard, app).get("/", { headers });
  assertEquals([response.status, response.text()], [200, "žoë"]);
});

// middleware.ts ------------------------------------------------------------------

Deno.test("upperCase() yields one chunk for each chunk, empty ones too", async () => {
  const yielded: number[] = [];
  const [body] = await begin(
    upperCase(function* (): Generator<Uint8Array, void> {
      for (const text of ["a", "", "bc"]) {
        yielded.push(text.length);
        yield encoder.encode(text);
      }
    }),
  );
  assertEquals(yielded, []);
  const got: number[] = [];
  for await (const chunk of body) {
    got.push(chunk.length);
    assertEquals(yielded, got);
  }
  assertEquals(got, [1, 0, 2]);
});

Deno.test("upperCase() passes on an error that startResponse rethrows", async () => {
  const late = new Error("too late");
  let caught: unknown;
  const app: Application = function* (
    _environ,
    startResponse,
  ): Generator<Uint8Array, void> {
    startResponse("200 OK", [TEXT]);
    yield encoder.encode("a");
    try {
      startResponse("500 Internal Server Error", [TEXT], late);
    } catch (error) {
      caught = error;
      throw error;
    }
  };
  await assertRejects(() => clientOf(upperCase, app).get("/"));
  assertStrictEquals(caught, late);
});

// Applications -------------------------------------------------------------------

Deno.test("hono.ts breaks no rule", async () => {
  const client = new TestClient(hono, { validate: { profile: "paranoid" } });
  for (const method of ["GET", "HEAD", "OPTIONS"]) {
    const response = await client.request(method, "/hello/Ada");
    assertEquals(response.status, method === "OPTIONS" ? 404 : 200);
    assertEquals(response.violations, []);
  }
});

Deno.test("echo.ts answers 400 to a body that was cut short", async () => {
  const client = new TestClient(echo, { throws: false });
  const headers = { "Content-Length": "10" };
  const response = await client.post("/", { headers, body: "Hello" });
  assertEquals(response.status, 400);
});

Deno.test.each<[string, Application, Record<string, string>]>([
  ["streaming.ts", streaming, {}],
  ["events.ts", events, { SCRIPT_NAME: "", PATH_INFO: "/events" }],
])("%s leaves no timer behind when its client leaves", async (_, app, more) => {
  const [body, iterator] = await begin(app, more);
  await iterator.next();
  // It waits for the next chunk. The sanitizer finds a timer that is left.
  iterator.next();
  await Promise.resolve();
  await body.close?.();
});

Deno.test("events.ts ends after ten events, a second apart", async () => {
  const pauses: (number | undefined)[] = [];
  const { setTimeout } = globalThis;
  const replaced = (run: () => void, pause?: number): unknown => {
    pauses.push(pause);
    return setTimeout(run, 0);
  };
  globalThis.setTimeout = replaced as typeof setTimeout;
  try {
    const response = await new TestClient(events).get("/events");
    assertEquals(response.header("Content-Type"), "text/event-stream");
    assertEquals(response.header("Cache-Control"), "no-store");
    assertEquals(response.chunks.length, 10);
    assertMatch(response.text(), /\n\nid: 10\ndata: 10\n\n$/);
    assertEquals(pauses, Array<number>(10).fill(1000));
  } finally {
    globalThis.setTimeout = setTimeout;
  }
});

// The sanitizer finds a file that is left open.
Deno.test("download.ts closes its file when nobody reads it, and without a wrapper", async () => {
  const client = new TestClient(download);
  const head = await client.head("/");
  assertEquals([head.status, head.text()], [200, ""]);
  const environ = { "wsgi.file_wrapper": undefined };
  const response = await client.get("/", { environ });
  assertMatch(response.text(), /^\/\/ deno run/);
  assertEquals(response.closed, true);
});

Deno.test("upload.ts says so when there is no file, or no form", async () => {
  const client = new TestClient(upload);
  const body = new FormData();
  body.append("file", "text");
  body.append("other", new File(["Hello"], "a"));
  const none = await client.post("/", { body });
  assertEquals([none.status, none.text()], [200, "No file.\n"]);
  const headers = { "Content-Type": "multipart/form-data; boundary=x" };
  const broken = await client.post("/", { headers, body: "--y\r\n" });
  assertEquals(broken.status, 400);
  assertEquals(broken.text(), "The body is not a form.\n");
});
