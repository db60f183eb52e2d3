// A slow model agrees for any request: environ_property_test.ts.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { createFetchEnviron } from "../../../gateway/fetch/environ.ts";
import { toFetchHandler } from "../../../gateway/fetch/fetch.ts";
import { RequestError } from "../../../http1/request_error.ts";
import { StderrStream } from "../../../wsgi/error_stream.ts";
import { answering } from "../recording_transport.ts";

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
    const pairs = values.map((value): [string, string] => [name, value]);
    const headers = new Headers([["Host", "h"], ...pairs]);
    // As Deno.serve, not the constructor, creates it.
    const request = { method: "GET", url: "http://h/", headers, body: null };
    const signal = () => new AbortController().signal;
    const create = () =>
      createFetchEnviron(request as Request, undefined, signal, {});
    assertEquals(assertThrows(create, RequestError).status, status);
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
