import { assert, assertEquals, assertRejects } from "@std/assert";
import { conditionalGet } from "../../examples/conditional_get.ts";
import { gzip } from "../../examples/gzip.ts";
import {
  type Application,
  type HeaderTuple,
  setupTestingDefaults,
} from "../../mod.ts";
import { TestClient } from "../../test_client/test_client.ts";
import { appsOf, clientOf, TEXT } from "./apps.ts";

const encoder = new TextEncoder();
const GZIP = { headers: { "Accept-Encoding": "gzip" } };

async function unzip(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const stream = new Blob([bytes]).stream();
  const unzipped = stream.pipeThrough(new DecompressionStream("gzip"));
  return await new Response(unzipped).text();
}

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
