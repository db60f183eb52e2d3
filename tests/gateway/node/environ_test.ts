import { assert, assertEquals, assertMatch } from "@std/assert";
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
import { validator } from "../../../validator.ts";
import { ask, within } from "../../raw_client.ts";
import { serveNode } from "./node_serving.ts";

type Http2Listener = (
  request: Http2ServerRequest,
  response: Http2ServerResponse,
) => void;

interface Seen {
  readonly line: string;
  /** None if no application was called. */
  readonly environ: Environ | undefined;
}

/** Sends a request; the validator looks at the environ too. */
async function see(
  request: string,
  options: NodeListenerOptions = {},
): Promise<Seen> {
  let environ: Environ | undefined;
  const violations: string[] = [];
  const app = validator((seen, startResponse) => {
    environ = { ...seen };
    startResponse("200 OK", [["Content-Type", "text/plain"]]);
    return [new Uint8Array(1)];
  }, { onViolation: ({ message }) => void violations.push(message) });
  await using serving = await serveNode(app, options);
  const { head } = await ask(serving, request);
  assertEquals(violations, []);
  return { line: head.line, environ };
}

function get(target: string, ...headers: string[]): string {
  const lines = [`GET ${target} HTTP/1.1`, "Host: h:81", ...headers];
  return `${lines.join("\r\n")}\r\n\r\n`;
}

/** Expects some variables of an environ. */
function assertVariables(
  environ: Environ | undefined,
  expected: Record<string, unknown>,
): void {
  const found = Object.keys(expected).map((name) => [name, environ?.[name]]);
  assertEquals(Object.fromEntries(found), expected);
}

Deno.test("toNodeListener() makes environ of the request as it was sent", async () => {
  const { environ } = await see(
    get("/a%2Fb//../caf%C3%A9%zz;x?q=%41&?x", "X-Latin: caf\xe9"),
  );
  assert(environ !== undefined);
  assertVariables(environ, {
    REQUEST_METHOD: "GET",
    SCRIPT_NAME: "",
    PATH_INFO: "/a/b//../caf\xc3\xa9%zz;x",
    QUERY_STRING: "q=%41&?x",
    REQUEST_URI: "/a%2Fb//../caf%C3%A9%zz;x?q=%41&?x",
    SERVER_NAME: "h",
    SERVER_PORT: "81",
    SERVER_PROTOCOL: "HTTP/1.1",
    HTTP_HOST: "h:81",
    HTTP_X_LATIN: "caf\xe9",
    REMOTE_ADDR: "127.0.0.1",
    "wsgi.url_scheme": "http",
    "wsgi.multithread": false,
    "wsgi.run_once": false,
  });
  assertMatch(String(environ.REMOTE_PORT), /^[0-9]+$/);
  assertEquals("HTTPS" in environ, false);
});

Deno.test("toNodeListener() tells HTTP/1.0, and its own address where there is no Host", async () => {
  const { environ } = await see("GET / HTTP/1.0\r\n\r\n");
  assertEquals(environ?.SERVER_PROTOCOL, "HTTP/1.0");
  assertEquals(environ?.SERVER_NAME, "127.0.0.1");
  assertMatch(String(environ?.SERVER_PORT), /^[1-9][0-9]+$/);
  assertEquals(environ?.HTTP_HOST, undefined);
});

Deno.test.each([
  ["no Host", "GET / HTTP/1.1\r\n\r\n"],
  ["port 0", "GET / HTTP/1.1\r\nHost: a:0\r\n\r\n"],
  ["a fragment", get("/a#b")],
  ["a target that is none", get("*")],
  ["Content-Types in one line", get("/", "Content-Type: a/b, c/d")],
])("toNodeListener() answers %s with 400", async (_what, request) => {
  const { line, environ } = await see(request);
  assertEquals(line, "HTTP/1.1 400 Bad Request");
  assertEquals(environ, undefined);
});

Deno.test("toNodeListener() takes from its options what the request cannot tell", async () => {
  const { environ } = await see(get("/"), {
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
  // Its types differ, but it has all that the listener asks for.
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
