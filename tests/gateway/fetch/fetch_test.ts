import {
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { toBytes } from "../../../wsgi/byte_string.ts";
import { toFetchHandler } from "../../../gateway/fetch/fetch.ts";
import type { Application, HeaderTuple } from "../../../wsgi/types.ts";
import { run } from "./run_fetch.ts";
import { answering, PLAIN, sending } from "../recording_transport.ts";

Deno.test("toFetchHandler() refuses what is no application", () => {
  for (const app of [undefined, null, "app", {}, Promise.resolve()]) {
    assertThrows(
      () => toFetchHandler(app as unknown as Application),
      TypeError,
      "Cannot run the application: it must be a function",
    );
  }
});

Deno.test("toFetchHandler() answers an array at once, with a length and the reason", () => {
  const headers: HeaderTuple[] = [
    ["X-A", "\xe9"],
    ["Set-Cookie", "a=1"],
    ["Set-Cookie", "b=2"],
  ];
  const app = answering(() => [toBytes("abc")], headers, "299 Fair Enough");
  const response = toFetchHandler(app)(new Request("http://h/"));
  assertInstanceOf(response, Response);
  assertEquals(response.status, 299);
  assertEquals(response.statusText, "Fair Enough");
  assertEquals(response.headers.get("x-a"), "\xe9");
  assertEquals(response.headers.getSetCookie(), ["a=1", "b=2"]);
});

const CHUNKS = ["a", "", "b", "c"].map(toBytes);

Deno.test.each<[string, Application]>([
  ["an array", answering(() => CHUNKS)],
  ["a promise of an array", answering(() => Promise.resolve(CHUNKS))],
  ["an iterator", answering(() => CHUNKS.values())],
  ["a stream", answering(() => ReadableStream.from(CHUNKS))],
  ["write()", (_environ, startResponse) => {
    const write = startResponse("200 OK", PLAIN);
    write(toBytes("a"));
    write(toBytes("b"));
    return [toBytes("c")];
  }],
])("toFetchHandler() gives the body of %s", async (_kind, app) => {
  const { response, log } = await run(app);
  assertEquals(response.headers.get("content-type"), "text/plain");
  assertEquals([await response.text(), log], ["abc", []]);
});

Deno.test("toFetchHandler() hands the request body to wsgi.input", async () => {
  const app = answering(async (environ) => {
    const body = await environ["wsgi.input"].read();
    return [body, toBytes(environ.CONTENT_TYPE ?? "")];
  });
  const { response } = await run(app, { method: "POST", body: "häh" });
  assertEquals(await response.text(), "hähtext/plain;charset=UTF-8");
});

Deno.test.each<[unknown[], HeaderTuple[], string | null]>([
  [["abc"], [], "3"],
  [[], [], null],
  [[], [["Content-Length", "7"]], "7"],
])(
  "toFetchHandler() answers HEAD for %j and %j with the length %s",
  async (texts, headers, length) => {
    const app = answering(
      () => texts.map((text) => toBytes(`${text}`)),
      headers,
    );
    const { response } = await run(app, { method: "HEAD" });
    assertEquals(await response.text(), "");
    assertEquals(response.headers.get("content-length"), length);
  },
);

Deno.test("toFetchHandler() answers HEAD without all of an endless body", async () => {
  const body = () => ReadableStream.from(endless());
  const { response } = await run(answering(body), { method: "HEAD" });
  assertEquals(await response.text(), "");
  assertEquals(response.headers.get("content-length"), null);
});

function* endless(): Generator<Uint8Array, void> {
  for (;;) yield toBytes("x");
}

Deno.test.each([
  ["204 No Content", null],
  ["205 Reset Content", "0"],
  ["304 Not Modified", null],
])("toFetchHandler() drops the body of %s", async (status, length) => {
  const { response } = await run(sending("abc", [["X-A", "1"]], status));
  assertStrictEquals(response.body, null);
  assertEquals(response.headers.get("content-length"), length);
  assertEquals(response.headers.get("x-a"), "1");
});

Deno.test("toFetchHandler() asks for a chunk only when the one before was read", async () => {
  let made = 0;
  const { response } = await run(
    answering(function* (): Generator<Uint8Array, void> {
      while (made < 5) yield toBytes(`${++made}`);
    }),
  );
  const reader = response.body!.getReader();
  for (const digit of ["1", "2", "3"]) {
    assertEquals((await reader.read()).value, toBytes(digit));
    assertEquals(made, Number(digit));
  }
  await reader.cancel();
  assertEquals(made, 3);
});

// SPEC: input-in-order
Deno.test("toFetchHandler() serves several reads at once", async () => {
  const { response } = await run(
    answering(async function* (): AsyncGenerator<Uint8Array, void> {
      for (const digit of "1234") {
        yield toBytes(digit);
        // Until the reads that wait have asked for more.
        for (let turn = 0; turn < 10; turn++) await Promise.resolve();
      }
    }),
  );
  const reader = response.body!.getReader();
  const results = await Promise.all([1, 2, 3, 4, 5].map(() => reader.read()));
  const bytes = results.map(({ done, value }) => done ? "end" : value?.[0]);
  assertEquals(bytes, [0x31, 0x32, 0x33, 0x34, "end"]);
});

Deno.test("toFetchHandler() sends a chunk that lies in shared memory", async () => {
  const shared = new Uint8Array(new SharedArrayBuffer(3));
  shared.set(toBytes("abc"));
  const { response } = await run(answering(() => [shared]));
  assertEquals(await response.text(), "abc");
});

Deno.test("toFetchHandler() never changes the headers it was given", async () => {
  const header = Object.freeze(["Content-Type", "text/plain"] as const);
  const headers = Object.freeze([header]);
  for (const method of ["GET", "HEAD", "GET"]) {
    const { response } = await run(sending("a", headers), { method });
    assertEquals(response.status, 200);
    assertEquals((await response.text()).length, method === "GET" ? 1 : 0);
  }
  assertEquals(headers.length, 1);
});
