// The middleware among the examples.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { app as auth, basicAuth } from "../../examples/basic_auth.ts";
import { conditionalGet } from "../../examples/conditional_get.ts";
import { errorCatcher } from "../../examples/error_catcher.ts";
import { gzip } from "../../examples/gzip.ts";
import { addHeader, upperCase } from "../../examples/middleware.ts";
import {
  type Application,
  encodeUtf8,
  type Environ,
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
import { toBytes } from "../../wsgi/byte_string.ts";
import { generate, generateAsync } from "../middleware/between.ts";
import { answer, never, WatchedBody } from "../server/serving.ts";

const TEXT: HeaderTuple = ["Content-Type", "text/plain"];
const GZIP = { "Accept-Encoding": "gzip" };

/** Sends "abc" in every way that the interface allows. */
function appsOf(...headers: HeaderTuple[]): Record<string, Application> {
  const all = [TEXT, ...headers];
  const known = [...all, ["Content-Length", "3"] as const];
  const ok = "200 OK";
  return {
    "an array": answer(() => ["ab", "c"].map(toBytes), ok, known),
    "a generator": answer(() => generate("ab", "", "c"), ok, all),
    "an async generator": answer(() => generateAsync("ab", "c"), ok, known),
    "a stream": answer(() => new Blob(["ab", "c"]).stream(), ok, all),
    "write()": async (_environ, startResponse) => {
      await startResponse(ok, all)(toBytes("ab"));
      return [toBytes("c")];
    },
    "a second start": (_environ, startResponse) => {
      startResponse("404 Not Found", [["Content-Type", "image/png"]]);
      startResponse(ok, all, new Error("once more"));
      return [toBytes("abc")];
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
    const vary = response.headers.filter(([name]) => name === "Vary");
    assertEquals(vary.join(), "Vary,Cookie,Vary,Accept-Encoding");
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
    return [toBytes("abc")];
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
  const kept = [["Vary", "Accept-Encoding"], ["ETag", 'W/"1"']];
  assertEquals<unknown>([compressed.status, compressed.headers], [304, kept]);
  const plain = await client.get("/", { headers: { "If-None-Match": '"1"' } });
  assertEquals([plain.status, plain.headers], [304, [["ETag", '"1"']]]);
});

Deno.test("gzip() releases everything when a body fails", async () => {
  const app = answer(
    function* (): Generator<Uint8Array, void> {
      yield toBytes("ab");
      throw new Error("broken");
    },
    "200 OK",
    [TEXT],
  );
  // The sanitizer finds resources that are left open.
  const asking = () => clientOf(gzip, app).get("/", { headers: GZIP });
  await assertRejects(asking, Error, "broken");
});

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
    const start = (watched: WatchedBody) =>
      begin(
        middleware(answer(() => watched.body, "200 OK", [TEXT])),
        variables,
      );
    const watched = new WatchedBody((i) => i === 0 ? toBytes("a") : never());
    const [body, iterator] = await start(watched);
    assertEquals((await iterator.next()).done, false);
    iterator.next();
    await iterator.return?.();
    await body.close?.();
    assertEquals(watched.events, ["return", "close"]);
    // A body that was never begun is also closed.
    const other = new WatchedBody(never);
    const [unread] = await start(other);
    await unread.close?.();
    assertEquals(other.events.at(-1), "close");
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
      const expected = isKnown ? [304, ""] : [200, "abc"];
      assertEquals([response.status, response.text()], expected);
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
  const challenge = 'Basic realm="example", charset="UTF-8"';
  assertEquals(response.header("WWW-Authenticate"), challenge);
});

Deno.test("basicAuth() passes on a name that is not ASCII as a ByteString", async () => {
  const name = ({ REMOTE_USER = "" }: Environ) => [toBytes(REMOTE_USER)];
  const app = answer(name, "200 OK", [TEXT]);
  const guard = basicAuth(new Map([["žoë", "à:b"]]));
  const headers = { Authorization: `Basic ${btoa(encodeUtf8("žoë:à:b"))}` };
  const response = await clientOf(guard, app).get("/", { headers });
  assertEquals([response.status, response.text()], [200, "žoë"]);
});

// middleware.ts ------------------------------------------------------------------

Deno.test("upperCase() yields one chunk for each chunk, empty ones too", async () => {
  const watched = new WatchedBody((i) => ["a", "", "bc"].map(toBytes)[i]);
  const [, iterator] = await begin(upperCase(watched.app));
  assertEquals(watched.calls, 0);
  for (const [index, length] of [1, 0, 2].entries()) {
    assertEquals((await iterator.next()).value?.length, length);
    assertEquals(watched.calls, index + 1);
  }
  assertEquals((await iterator.next()).done, true);
});
