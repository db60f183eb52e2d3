import { assertEquals } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import type { Application } from "../../wsgi/types.ts";
import { ask, RawClient } from "../raw_client.ts";
import { serve } from "./serving.ts";

/** Answers with CONTENT_LENGTH and the number of bytes in wsgi.input. */
const measure: Application = async (environ, startResponse) => {
  const { length } = await environ["wsgi.input"].read();
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  return [toBytes(`${environ.CONTENT_LENGTH ?? "none"} ${length}`)];
};

// SPEC: environ-content-length-true
Deno.test.each([
  ["a length", "Content-Length: 5\r\n\r\nabcde", "5 5"],
  ["a padded length", "Content-Length: 005\r\n\r\nabcde", "5 5"],
  [
    "chunks",
    "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
    "none 5",
  ],
  ["nothing", "\r\n", "none 0"],
])("makeServer() tells no other length than that of the body with %s", async (
  _what,
  rest,
  expected,
) => {
  await using serving = serve(measure);
  const request = `POST / HTTP/1.1\r\nHost: h\r\n${rest}`;
  assertEquals((await ask(serving, request)).body, expected);
});

// SPEC: server-expect
Deno.test("makeServer() lets a client send that waits for 100 Continue", async () => {
  await using serving = serve(measure);
  using client = await RawClient.connect(serving);
  await client.send(
    "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n" +
      "Content-Length: 3\r\n\r\n",
  );
  assertEquals((await client.head()).status, 100);
  await client.send("abc");
  assertEquals((await client.response()).body, "3 3");
});

// SPEC: file-wrapper-not-sent, file-wrapper-body, file-wrapper-same-bytes, file-wrapper-close
Deno.test("makeServer() sends of a wrapped file what it returned, and else nothing", async () => {
  const events: string[] = [];
  /** A file of three bytes. */
  const open = (name: string) => {
    let content = name.repeat(3);
    return {
      read(size: number): Uint8Array {
        events.push(`read ${name}`);
        const block = toBytes(content.slice(0, size));
        content = content.slice(size);
        return block;
      },
      close: () => void events.push(`close ${name}`),
    };
  };
  await using serving = serve((environ, startResponse) => {
    const wrap = environ["wsgi.file_wrapper"]!;
    wrap(open("x"));
    startResponse("200 OK", []);
    return wrap(open("y"), 2);
  });
  const request = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
  assertEquals((await ask(serving, request)).body, "yyy");
  await serving.server.shutdown();
  assertEquals(events, ["read y", "read y", "read y", "close y"]);
});
