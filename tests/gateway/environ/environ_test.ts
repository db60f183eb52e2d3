// A slow model agrees for any request: environ_property_test.ts.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { createFetchEnviron } from "../../../gateway/fetch/environ.ts";
import { toFetchHandler } from "../../../gateway/fetch/fetch.ts";
import { RequestError } from "../../../http1/request_error.ts";
import { fromBytes } from "../../../wsgi/byte_string.ts";
import { StderrStream } from "../../../wsgi/error_stream.ts";
import type { Environ } from "../../../wsgi/types.ts";
import { answering } from "../recording_transport.ts";

/** Creates the environ of a request as Deno.serve, not a constructor, does. */
function environOf(
  parts: { method?: string; headers?: HeadersInit; body?: ReadableStream } = {},
): Environ {
  const { method = "GET", headers = { Host: "h" }, body = null } = parts;
  const request = {
    method,
    url: "http://h/",
    headers: new Headers(headers),
    body,
  };
  const signal = () => new AbortController().signal;
  return createFetchEnviron(request as Request, undefined, signal, {});
}

Deno.test("createFetchEnviron() returns a new plain object of plain properties", () => {
  const environ = environOf();
  assert(Object.getPrototypeOf(environ) === Object.prototype);
  assert(Object.isExtensible(environ));
  const descriptors = Object.values(Object.getOwnPropertyDescriptors(environ));
  for (const { writable, enumerable, configurable } of descriptors) {
    assert(writable && enumerable && configurable);
  }
  environ.PATH_INFO = "/changed";
  environ["my.key"] = 1;
  const next = environOf();
  assert(next !== environ);
  assertEquals([next.PATH_INFO, next["my.key"]], ["/", undefined]);
});

// input-lazy
Deno.test("createFetchEnviron() reads the body at the first read", async () => {
  let pulls = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller): void {
      pulls++;
      controller.enqueue(new Uint8Array([97, 98, 99]));
      controller.close();
    },
  }, { highWaterMark: 0 });
  const headers = { host: "h", "content-length": "2" };
  const environ = environOf({ method: "POST", headers, body });
  assertEquals([pulls, body.locked], [0, false]);
  assertEquals(fromBytes(await environ["wsgi.input"].read()), "ab");
  assertEquals(pulls, 1);
});

Deno.test("createFetchEnviron() uses the signal of the request, and only on demand", async () => {
  let reads = 0;
  const request = new Request("http://h/");
  const { signal } = request;
  Object.defineProperty(request, "signal", { get: () => (reads++, signal) });
  const handler = toFetchHandler(answering((environ) => {
    assertEquals(reads, 0);
    const { "wsgiref.signal": ask } = environ;
    assert(ask?.() instanceof AbortSignal && ask() === ask());
    return [];
  }));
  assertEquals((await handler(request)).status, 200);
});

Deno.test("createFetchEnviron() has version 1.0 and a file wrapper that makes a body", async () => {
  const environ = environOf();
  assertEquals(environ["wsgi.version"], [1, 0]);
  const blocks = [new Uint8Array(3), new Uint8Array()];
  const sizes: number[] = [];
  const read = (size: number) => (sizes.push(size), blocks.shift());
  const body = environ["wsgi.file_wrapper"]?.({ read }, 3);
  const chunks = await Array.fromAsync(body ?? []);
  assertEquals([chunks.map(({ length }) => length), sizes], [[3], [3, 3]]);
});

// server-bad-length, server-bad-type. Iterating Deno's Headers drops a first
// value that is empty.
Deno.test.each<[name: string, values: string[], status: number]>([
  ["Transfer-Encoding", [""], 400],
  ["Transfer-Encoding", ["chunked, chunked"], 400],
  ["Transfer-Encoding", ["chunked, gzip"], 400],
  ["Transfer-Encoding", ["gzip"], 501],
  ["Transfer-Encoding", ["gzip, chunked"], 501],
  ["Content-Length", ["", "5"], 400],
  ["Content-Length", ["5", ""], 400],
  ["Content-Length", ["5", "5"], 400],
  ["Content-Type", ["", "text/plain"], 400],
  ["Content-Type", ["text/plain", ""], 400],
  ["Content-Type", ['a/b; c="d"', "e/f"], 400],
])(
  "createFetchEnviron() rejects the header %s with the values %j with %i",
  (name, values, status) => {
    const headers = values.map((value): [string, string] => [name, value]);
    const error = assertThrows(() => environOf({ headers }), RequestError);
    assertEquals(error.status, status);
  },
);

Deno.test.each<[Record<string, string>, string]>([
  [{ host: "a/<b>" }, "400 Bad Request"],
  [{ "content-length": "5, 5" }, "400 Bad Request"],
  [{ "content-length": "11" }, "413 Content Too Large"],
  [{ expect: "100-continue, x" }, "417 Expectation Failed"],
])(
  "toFetchHandler() answers the headers %j without a call with %s",
  async (headers, line) => {
    let calls = 0;
    const lines: string[] = [];
    const errors = new StderrStream((text) => void lines.push(text));
    const handler = toFetchHandler(answering(() => (calls++, [])), {
      maxRequestBodySize: 10,
      environ: { "wsgi.errors": errors },
    });
    const info = { remoteAddr: { hostname: "192.0.2.1" } };
    const request = new Request("http://h/");
    // The constructor would drop Expect.
    Object.defineProperty(request, "headers", { value: new Headers(headers) });
    const response = await handler(request, info);
    assertEquals(await response.text(), `${line}\n`);
    assertEquals([`${response.status}`, calls], [line.slice(0, 3), 0]);
    assertEquals(lines.length, 1);
    const start = `Refused a request from 192.0.2.1 with ${response.status}: `;
    assert(lines[0]?.startsWith(start), lines[0]);
  },
);
