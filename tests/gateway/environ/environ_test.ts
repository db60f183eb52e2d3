// That a slow model agrees for any request is in environ_property_test.ts.

import {
  assert,
  assertEquals,
  assertNotStrictEquals,
  assertStrictEquals,
} from "@std/assert";
import { fromBytes } from "../../../wsgi/byte_string.ts";
import { toFetchHandler } from "../../../gateway/fetch/fetch.ts";
import { environOf } from "./environ_of.ts";

Deno.test("createFetchEnviron() gives a fresh plain object of plain properties", () => {
  const environ = environOf();
  assertStrictEquals(Object.getPrototypeOf(environ), Object.prototype);
  assert(Object.isExtensible(environ));
  const descriptors = Object.values(Object.getOwnPropertyDescriptors(environ));
  for (const { writable, enumerable, configurable } of descriptors) {
    assertEquals([writable, enumerable, configurable], [true, true, true]);
  }
  environ.PATH_INFO = "/changed";
  environ["my.key"] = 1;
  const next = environOf();
  assertNotStrictEquals(next, environ);
  assertEquals([next.PATH_INFO, next["my.key"]], ["/", undefined]);
});

// SPEC: input-lazy
Deno.test("createFetchEnviron() reads the body at the first read and not before", async () => {
  let pulls = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller): void {
      pulls++;
      controller.enqueue(new Uint8Array([97, 98, 99]));
      controller.close();
    },
  }, { highWaterMark: 0 });
  const environ = environOf({
    method: "POST",
    headers: { host: "h", "content-length": "2" },
    body,
  });
  assertEquals([pulls, body.locked], [0, false]);
  assertEquals(fromBytes(await environ["wsgi.input"].read()), "ab");
  assertEquals(pulls, 1);
});

Deno.test("createFetchEnviron() offers the signal of the request and makes none by itself", async () => {
  let reads = 0;
  const request = new Request("http://h/");
  const { signal } = request;
  Object.defineProperty(request, "signal", { get: () => (reads++, signal) });
  const signals: unknown[] = [];
  const handler = toFetchHandler((environ, startResponse) => {
    const { "wsgiref.signal": ask } = environ;
    signals.push(reads, ask?.(), ask?.());
    startResponse("200 OK", []);
    return [];
  });
  await handler(request);
  const [before, first, second] = signals;
  assertEquals(before, 0);
  assert(first instanceof AbortSignal);
  assertStrictEquals(second, first);
});

Deno.test("createFetchEnviron() offers version 1.0 and a file wrapper that makes a body", async () => {
  const environ = environOf();
  assertEquals(environ["wsgi.version"], [1, 0]);
  const blocks = [new Uint8Array(3), new Uint8Array()];
  const sizes: number[] = [];
  const read = (size: number) => (sizes.push(size), blocks.shift());
  const body = environ["wsgi.file_wrapper"]?.({ read }, 3);
  const chunks = await Array.fromAsync(body ?? []);
  assertEquals([chunks.map(({ length }) => length), sizes], [[3], [3, 3]]);
});
