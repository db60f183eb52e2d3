import { assertEquals, assertMatch } from "@std/assert";
import { once } from "node:events";
import {
  connect,
  createServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from "node:http2";
import type { AddressInfo } from "node:net";
import {
  type NodeListenerOptions,
  toNodeListener,
} from "../../../gateway/node/node.ts";
import type { Environ } from "../../../wsgi/types.ts";
import { StderrStream } from "../../../wsgi/error_stream.ts";
import { ask, within } from "../../raw_client.ts";
import { answering } from "../recording_transport.ts";
import { serveNode } from "./node_serving.ts";

type Http2Listener = (
  request: Http2ServerRequest,
  response: Http2ServerResponse,
) => void;

/** Sends a request; returns the environ, unless no application is called. */
async function environOf(
  request: string,
  options: NodeListenerOptions = {},
): Promise<Environ | undefined> {
  let environ: Environ | undefined;
  const app = answering((seen) => (environ = { ...seen }, []));
  await using serving = await serveNode(app, options);
  const { head } = await ask(serving, request);
  assertEquals(head.status, environ === undefined ? 400 : 200);
  return environ;
}

/** Expects some variables of an environ. */
function assertVariables(
  environ: Environ | undefined,
  expected: Record<string, unknown>,
): void {
  const found = Object.keys(expected).map((name) => [name, environ?.[name]]);
  assertEquals(Object.fromEntries(found), expected);
}

// The kit has other variables, and refusal_test.ts other requests.
Deno.test("toNodeListener() uses its own address for HTTP/1.0 without Host", async () => {
  const environ = await environOf("GET / HTTP/1.0\r\n\r\n");
  assertEquals(environ?.SERVER_PROTOCOL, "HTTP/1.0");
  assertEquals(environ?.SERVER_NAME, "127.0.0.1");
  assertEquals([environ?.HTTP_HOST, environ?.HTTPS], [undefined, undefined]);
  assertMatch(String(environ?.SERVER_PORT), /^[1-9][0-9]+$/);
  assertMatch(String(environ?.REMOTE_PORT), /^[0-9]+$/);
});

Deno.test.each([
  ["port 0", "GET / HTTP/1.1\r\nHost: a:0"],
  ["a malformed target", "GET * HTTP/1.1\r\nHost: h"],
  [
    "two Content-Types in one line",
    "GET / HTTP/1.1\r\nHost: h\r\nContent-Type: a/b, c/d",
  ],
])("toNodeListener() answers %s with 400", async (_what, request) => {
  assertEquals(await environOf(`${request}\r\n\r\n`), undefined);
});

Deno.test("toNodeListener() prefers its options to the request", async () => {
  const environ = await environOf("GET / HTTP/1.1\r\nHost: h:81\r\n\r\n", {
    serverName: "name",
    serverPort: 443,
    urlScheme: "https",
    serverSoftware: "soft/1",
    multiprocess: true,
    environ: { "my.key": 5 },
  });
  assertVariables(environ, {
    SERVER_NAME: "name",
    SERVER_PORT: "443",
    HTTPS: "on",
    SERVER_SOFTWARE: "soft/1",
    "wsgi.multiprocess": true,
    "my.key": 5,
  });
});

Deno.test("toNodeListener() serves requests of node:http2", async () => {
  let seen: Environ | undefined;
  const errors = new StderrStream(() => {});
  const listener: unknown = toNodeListener((environ, startResponse) => {
    seen = environ;
    startResponse("200 OK", [["Set-Cookie", "a=1"], ["Set-Cookie", "b=2"]]);
    return (function* (): Generator<Uint8Array, void> {
      yield new Uint8Array(3);
      if (environ.PATH_INFO === "/broken") throw new Error("on purpose");
    })();
  }, { environ: { "wsgi.errors": errors } });
  // Its types differ, but it has everything that the listener needs.
  const server = createServer(listener as Http2Listener).listen(0, "127.0.0.1");
  await within(once(server, "listening"), "the server to listen");
  const { port } = server.address() as AddressInfo;
  const client = connect(`http://127.0.0.1:${port}`);
  try {
    for (const [path, code] of [["/broken", 2], ["/whole", 0]] as const) {
      const names = { ":authority": "a.example:81", host: "b.example" };
      const stream = client.request({ ":path": path, ...names });
      stream.on("error", () => {});
      const closed = once(stream, "close").catch(() => {});
      const [headers] = await within(once(stream, "response"), "the response");
      assertEquals(headers[":status"], 200);
      assertEquals(headers["set-cookie"], ["a=1", "b=2"]);
      assertVariables(seen, {
        HTTP_HOST: "a.example:81",
        SERVER_NAME: "a.example",
        SERVER_PROTOCOL: "HTTP/2.0",
      });
      stream.resume();
      await within(closed, "the end of the stream");
      assertEquals(stream.rstCode, code);
    }
  } finally {
    client.destroy();
    const closed = once(server, "close");
    server.close();
    await within(closed, "the server to close");
  }
});

// Target; `url` and `baseUrl` then; SCRIPT_NAME, PATH_INFO and the query.
Deno.test.each<
  [string, string, string | undefined, [string, string, string?]]
>([
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
