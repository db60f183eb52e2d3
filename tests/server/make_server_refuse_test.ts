import { assertEquals } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import { RawClient } from "../raw_client.ts";
import { get, serve } from "./serving.ts";

/** Sends a bad request, and a good one after it. */
async function statusesOf(request: string): Promise<number[]> {
  const paths: string[] = [];
  await using serving = serve((environ, startResponse) => {
    paths.push(environ.PATH_INFO);
    startResponse("200 OK", [["Content-Type", "text/plain"]]);
    return [toBytes("good")];
  });
  using client = await RawClient.connect(serving);
  await client.send(request);
  const bad = await client.response();
  // What the runtime refuses ends the connection; what we refuse does not.
  using other = bad.head.get("connection") === "close"
    ? await RawClient.connect(serving)
    : undefined;
  const next = other ?? client;
  await next.send(get("/good"));
  const good = await next.response();
  assertEquals([good.body, paths], ["good", ["/good"]]);
  assertEquals(serving.log, []);
  return [bad.head.status, good.head.status];
}

// SPEC: server-bad-host, server-path-from-target
Deno.test.each([
  ["a path in it", "Host: a/evil?x#y"],
  ["a query in it", "Host: a?x"],
  ["a user in it", "Host: me@a"],
  ["a space in it", "Host: a b"],
  ["bytes above 0x7F", "Host: \xc3\xa9"],
  ["a port that is none", "Host: a:b"],
  ["a port out of range", "Host: a:99999"],
  ["another one beside it", "Host: a\r\nHost: b"],
])("makeServer() answers 400 to a Host with %s", async (_what, host) => {
  const request = `GET /evil HTTP/1.1\r\n${host}\r\n\r\n`;
  assertEquals(await statusesOf(request), [400, 200]);
});

Deno.test.each([
  ["two equal Content-Lengths", "Content-Length: 1\r\nContent-Length: 1"],
  ["two Content-Lengths", "Content-Length: 1\r\nContent-Length: 2"],
  ["a list of Content-Lengths", "Content-Length: 1, 1"],
  ["a signed Content-Length", "Content-Length: +1"],
  ["a hexadecimal Content-Length", "Content-Length: 0x1"],
  ["an empty Content-Length", "Content-Length: "],
  [
    "a Content-Length beside a Transfer-Encoding",
    "Content-Length: 1\r\nTransfer-Encoding: chunked",
  ],
  ["two Content-Types", "Content-Type: a/b\r\nContent-Type: a/b"],
  ["a list of Content-Types", 'Content-Type: a/b;c="d", e/f'],
])("makeServer() answers 400 to %s", async (_what, headers) => {
  const request = `POST /evil HTTP/1.1\r\nHost: h\r\n${headers}\r\n\r\n`;
  assertEquals(await statusesOf(request), [400, 200]);
});

Deno.test("makeServer() answers 400 to a Content-Length that no number can hold", async () => {
  const request = "POST /evil HTTP/1.1\r\nHost: h\r\n" +
    "Content-Length: 9007199254740992\r\n\r\n";
  assertEquals(await statusesOf(request), [400, 200]);
});

Deno.test.each([
  ["a fragment", "/a#b"],
  ["a bad authority", "http://a b/"],
  ["an authority with a bad port", "http://a:99999/"],
  ["a byte that is not UTF-8", "/\xe9"],
  ["no slash at its start", "a/b"],
])("makeServer() answers 400 to a target with %s", async (_what, target) => {
  assertEquals(await statusesOf(get(target)), [400, 200]);
});
