import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { toBytes } from "../../../wsgi/byte_string.ts";
import { toFetchHandler } from "../../../gateway/fetch/fetch.ts";
import type { Application, HeaderTuple } from "../../../wsgi/types.ts";
import { run, TEXT } from "./run_fetch.ts";
import { answering } from "../recording_transport.ts";

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
  const handler = toFetchHandler(
    answering(() => [toBytes("abc"), new Uint8Array(), toBytes("de")], [
      ["X-A", "\xe9"],
      ["Set-Cookie", "a=1"],
      ["Set-Cookie", "b=2"],
    ], "299 Fair Enough"),
  );
  const response = handler(new Request("http://h/"));
  assertInstanceOf(response, Response);
  assertEquals(response.status, 299);
  assertEquals(response.statusText, "Fair Enough");
  assertEquals(response.headers.get("x-a"), "\xe9");
  assertEquals(response.headers.getSetCookie(), ["a=1", "b=2"]);
});

Deno.test("toFetchHandler() gives the body of every kind of application", async () => {
  const chunks = ["a", "", "b", "c"].map(toBytes);
  const apps: Record<string, Application> = {
    array: answering(() => chunks),
    "array of an async function": async (_environ, startResponse) => {
      await Promise.resolve();
      startResponse("200 OK", TEXT);
      return chunks;
    },
    generator: function* (
      _environ,
      startResponse,
    ): Generator<Uint8Array, void> {
      startResponse("200 OK", TEXT);
      yield* chunks;
    },
    "async generator": async function* (
      _environ,
      startResponse,
    ): AsyncGenerator<Uint8Array, void> {
      await Promise.resolve();
      startResponse("200 OK", TEXT);
      yield* chunks;
    },
    stream: answering(() => ReadableStream.from(chunks)),
    "write()": (_environ, startResponse) => {
      const write = startResponse("200 OK", TEXT);
      write(toBytes("a"));
      write(toBytes("b"));
      return [toBytes("c")];
    },
  };
  for (const [name, app] of Object.entries(apps)) {
    const { response, log } = await run(app);
    assertEquals(response.headers.get("content-type"), "text/plain", name);
    assertEquals(await response.text(), "abc", name);
    assertEquals(log, [], name);
  }
});

Deno.test("toFetchHandler() hands the request body to wsgi.input", async () => {
  const { response } = await run(async (environ, startResponse) => {
    const body = await environ["wsgi.input"].read();
    startResponse("200 OK", TEXT);
    return [body, toBytes(environ.CONTENT_TYPE ?? "")];
  }, { method: "POST", body: "häh" });
  assertEquals(
    await response.text(),
    "hähtext/plain;charset=UTF-8",
  );
});

Deno.test("toFetchHandler() answers HEAD without a body, and with a length it knows", async () => {
  const headOf = async (app: Application): Promise<string | null> => {
    const { response } = await run(app, { method: "HEAD" });
    assertEquals(await response.text(), "");
    return response.headers.get("content-length");
  };
  const lengthOf = (body: Uint8Array[], headers: HeaderTuple[] = []) =>
    headOf((_environ, startResponse) => {
      startResponse("200 OK", headers);
      return body;
    });
  assertEquals(await lengthOf([toBytes("abc")]), "3");
  assertEquals(await lengthOf([]), null);
  assertEquals(await lengthOf([], [["Content-Length", "7"]]), "7");
  assertEquals(
    await headOf(
      function* (_environ, startResponse): Generator<Uint8Array, void> {
        startResponse("200 OK", []);
        for (;;) yield toBytes("x");
      },
    ),
    null,
  );
});

Deno.test.each([
  ["204 No Content", null],
  ["205 Reset Content", "0"],
  ["304 Not Modified", null],
])("toFetchHandler() drops the body of %s", async (status, length) => {
  const { response } = await run((_environ, startResponse) => {
    startResponse(status, [["X-A", "1"]]);
    return [toBytes("abc")];
  });
  assertStrictEquals(response.body, null);
  assertEquals(response.headers.get("content-length"), length);
  assertEquals(response.headers.get("x-a"), "1");
});

Deno.test("toFetchHandler() asks for a chunk only when the one before was read", async () => {
  let made = 0;
  const { response } = await run(
    function* (_environ, startResponse): Generator<Uint8Array, void> {
      startResponse("200 OK", TEXT);
      while (made < 5) yield toBytes(`${++made}`);
    },
  );
  assert(response.body !== null);
  const reader = response.body.getReader();
  for (const digit of ["1", "2", "3"]) {
    const { value } = await reader.read();
    assertEquals(value, toBytes(digit));
    assertEquals(made, Number(digit));
  }
  await reader.cancel();
  assertEquals(made, 3);
});

// SPEC: input-in-order
Deno.test("toFetchHandler() serves several reads at once", async () => {
  const { response } = await run(
    async function* (
      _environ,
      startResponse,
    ): AsyncGenerator<Uint8Array, void> {
      startResponse("200 OK", TEXT);
      for (const digit of "1234") {
        yield toBytes(digit);
        // Until the reads that wait have asked for more.
        for (let turn = 0; turn < 10; turn++) await Promise.resolve();
      }
    },
  );
  assert(response.body !== null);
  const reader = response.body.getReader();
  const results = await Promise.all([1, 2, 3, 4, 5].map(() => reader.read()));
  assertEquals(
    results.map(({ done, value }) => done ? "end" : value?.[0]),
    [0x31, 0x32, 0x33, 0x34, "end"],
  );
});

Deno.test("toFetchHandler() sends a chunk that lies in shared memory", async () => {
  const shared = new Uint8Array(new SharedArrayBuffer(3));
  shared.set(toBytes("abc"));
  const { response } = await run(answering(() => [shared]));
  assertEquals(await response.text(), "abc");
});

Deno.test("toFetchHandler() never changes the headers it was given", async () => {
  const headers = Object.freeze([
    Object.freeze(["Content-Type", "text/plain"] as const),
  ]);
  const app: Application = (_environ, startResponse) => {
    startResponse("200 OK", headers);
    return [toBytes("a")];
  };
  for (const method of ["GET", "HEAD", "GET"]) {
    const { response } = await run(app, { method });
    assertEquals(response.status, 200);
    assertEquals((await response.text()).length, method === "GET" ? 1 : 0);
  }
  assertEquals(headers.length, 1);
});
