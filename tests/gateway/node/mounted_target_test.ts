import { assertEquals } from "@std/assert";
import { ask } from "../../raw_client.ts";
import { answering } from "../recording_transport.ts";
import { serveNode } from "./node_serving.ts";

/** Target; `url` and `baseUrl` then; SCRIPT_NAME, PATH_INFO and the query. */
type Mounting = readonly [
  target: string,
  url: string,
  baseUrl: string | undefined,
  expected: readonly [script: string, path: string, query?: string],
];

Deno.test.each<Mounting>([
  ["/a/b?q", "/b?q", "/a", ["/a", "/b", "q"]],
  ["/a/b?q", "/b?q", undefined, ["/a", "/b", "q"]],
  ["/a/b", "/a/b", "", ["", "/a/b"]],
  ["/a/b/c", "/c", "/a/b", ["/a/b", "/c"]],
  ["/a/", "/", "/a", ["/a", "/"]],
  // The client did not send the slash.
  ["/a", "/", "/a", ["/a", ""]],
  ["/a?q", "/?q", "/a", ["/a", "", "q"]],
  ["/a?q", "/?q", undefined, ["/a", "", "q"]],
  ["/a?q", "?q", undefined, ["/a", "", "q"]],
  ["/a", "", undefined, ["/a", ""]],
  ["//b", "/b", "/", ["", "//b"]],
  ["/a//b", "/b", "/a", ["/a", "//b"]],
  ["/caf%C3%A9/%2F%zz", "/%2F%zz", "/caf%C3%A9", ["/caf\xc3\xa9", "//%zz"]],
  ["http://o.example/a/b?q", "http://o.example/b?q", "/a", ["/a", "/b", "q"]],
  // Something has rewritten the path.
  ["/a/b?q", "/other?r", "/a", ["/a", "/other", "r"]],
  ["/b", "/", "", ["", "/"]],
  ["/a/b", "/other", undefined, ["", "/other"]],
])("toNodeListener() finds where it is mounted: %s as %s", async (
  target,
  url,
  baseUrl,
  [script, path, query = ""],
) => {
  let seen: unknown[] = [];
  const app = answering((environ) => {
    const { SCRIPT_NAME, PATH_INFO, QUERY_STRING, REQUEST_URI } = environ;
    seen = [SCRIPT_NAME, PATH_INFO, QUERY_STRING, REQUEST_URI];
    return [];
  });
  await using serving = await serveNode(app, {}, {}, (request) => {
    Object.assign(request, { url, baseUrl, originalUrl: target });
  });
  await ask(serving, `GET ${target} HTTP/1.1\r\nHost: h\r\n\r\n`);
  const sent = target.replace(/^http:..[^/]*/, "");
  assertEquals(seen, [script, path, query, sent]);
});
