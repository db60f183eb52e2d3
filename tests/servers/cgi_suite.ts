/** Tests of CGI programs under Apache and lighttpd. */

import {
  assertEquals,
  assertFalse,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import {
  cgiProgram,
  type CgiServer,
  type CgiServerOptions,
  missingCgiServer,
  startCgiServer,
} from "../../tools/matrix/cgi_server.ts";
import type { ServerProcess } from "../../tools/matrix/server_process.ts";
import { ask, RawClient } from "../raw_client.ts";
import { testsWith } from "../tool.ts";
import { fromUtf8, pick, type Shown, to } from "./shown.ts";

const PROGRAM = cgiProgram(new URL("shown_app.ts", import.meta.url), "app");
const EXAMPLE = new URL("../../examples/deploy/cgi.ts", import.meta.url);

type Step = (server: ServerProcess, name: CgiServer) => Promise<void>;

/** Facts that the kit, which only runs with CI=1, does not test. */
const STEPS: Readonly<Record<string, Step>> = {
  "passes the application its environ": async (server, name) => {
    const header = "X-Text: caf\xc3\xa9\r\n";
    const request = to("show", "GET", "/caf%C3%A9/a%20b?x=%20y", header);
    const { head, body } = await ask(server, request);
    assertEquals(head.status, 200);
    assertEquals(head.get("content-type"), "application/json");
    const environ = fromUtf8(body);
    assertEquals(pick(environ, Object.keys(EXPECTED)), EXPECTED);
    // Apache goes by the Host header, lighttpd by the socket.
    const port = name === "apache2" ? "8080" : String(server.port);
    assertEquals(environ["SERVER_PORT"], port);
    assertEquals(environ["HTTP_X_TEXT"], "caf\xc3\xa9");
    assertFalse("CONTENT_TYPE" in environ);
    assertMatch(String(environ["SERVER_SOFTWARE"]), /^(?:Apache|lighttpd)\//);
  },

  "rebuilds a path that is not UTF-8, and drops such a header without --allow-all":
    async (server) => {
      const headers = "X-Text: caf\xe9\r\nX-Other: 1\r\n";
      const request = to("show", "GET", "/caf%E9", headers);
      const { body } = await ask(server, request);
      const { PATH_INFO, HTTP_X_TEXT, HTTP_X_OTHER } = fromUtf8(body);
      const seen = [PATH_INFO, HTTP_X_TEXT, HTTP_X_OTHER];
      assertEquals(seen, ["/caf\xe9", undefined, "1"]);
    },

  "sends the status and headers, even repeated ones": async (server, name) => {
    const { head, body } = await ask(server, to("headers"));
    const reason = name === "apache2" ? "Nowhere to be seen" : "Not Found";
    assertEquals(head.line, `HTTP/1.1 404 ${reason}`);
    assertEquals(head.all("set-cookie"), ["a=1", "b=2"]);
    assertEquals(head.get("x-latin"), "caf\xe9");
    assertEquals([head.get("content-length"), body], ["4", "none"]);
    using client = await RawClient.connect(server);
    await client.send(to("length", "HEAD", "/", "Connection: close\r\n"));
    assertEquals((await client.head()).get("content-length"), "6");
    assertEquals(await client.rest(), "");
  },

  "answers 500 to an error and logs it, without colors": async (server) => {
    const { head, body } = await ask(server, to("throws"));
    assertEquals(head.status, 500);
    assertFalse(body.includes("thrown by"));
    const log = await server.logged(/thrown by the application/);
    assertStringIncludes(log, "shown_app.ts");
    assertFalse(log.includes("\x1b"));
  },

  "has wsgi.errors in the server's log": async (server) => {
    await ask(server, to("errors"));
    await server.logged(/half a line, caf/);
  },

  "closes the file of wsgi.file_wrapper": async (server) => {
    const { body, complete } = await ask(server, to("file"));
    assertEquals([body.length, complete], [200_000, true]);
    await server.logged(/file closed/);
  },

  "streams a body, and closes it when the client leaves": async (server) => {
    using client = await RawClient.connect(server);
    await client.send(to("endless"));
    assertEquals((await client.head()).status, 200);
    await client.bytes(200_000);
    client.close();
    await server.logged(/endless closed/);
  },

  "closes the body after its whole length was sent": async (server) => {
    const { body, complete } = await ask(server, to("late"));
    assertEquals([body, complete], ["abc", true]);
    await server.logged(/closed late/);
  },
};

/** Registers the tests of one server. */
export function testCgi(name: CgiServer): void {
  const missing = missingCgiServer(name);
  const register = testsWith(missing === undefined ? "" : ` (${missing})`);
  const test = (
    what: string,
    fn: (server: ServerProcess, t: Deno.TestContext) => Promise<void>,
    options: CgiServerOptions = {},
    program: string = PROGRAM,
  ): void =>
    register(`runCgi() under ${name} ${what}`, async (t) => {
      await using server = await startCgiServer(name, program, options);
      await fn(server, t);
    });

  // They share a server: Apache needs a second to stop.
  test("works as under every server", async (server, t) => {
    for (const [what, step] of Object.entries(STEPS)) {
      await t.step(what, () => step(server, name));
    }
  });

  test(
    "passes on every byte of path and headers with --allow-all",
    async (server) => {
      const more = "X-Text: caf\xe9 \xff\r\n";
      const request = to("show", "GET", "/caf%E9/%FF", more);
      const { body } = await ask(server, request);
      const { PATH_INFO, HTTP_X_TEXT } = fromUtf8(body);
      assertEquals([PATH_INFO, HTTP_X_TEXT], ["/caf\xe9/\xff", "caf\xe9 \xff"]);
    },
    { script: [["--allow-env", "--allow-all"]] },
  );

  test(
    "runs the application of examples/deploy/cgi.ts",
    async (server) => {
      const { body } = await ask(server, to("", "GET", "/caf%C3%A9"));
      assertEquals(body, "Hello world from /caf\xc3\xa9\n");
    },
    {},
    cgiProgram(EXAMPLE, "app"),
  );
}

/** The variables that both servers pass on for that request. */
const EXPECTED: Shown = {
  REQUEST_METHOD: "GET",
  SCRIPT_NAME: "",
  PATH_INFO: "/caf\xc3\xa9/a b",
  QUERY_STRING: "x=%20y",
  REQUEST_URI: "/caf%C3%A9/a%20b?x=%20y",
  SERVER_PROTOCOL: "HTTP/1.1",
  GATEWAY_INTERFACE: "CGI/1.1",
  REMOTE_ADDR: "127.0.0.1",
  HTTP_HOST: "example.com:8080",
  "wsgi.version": [1, 0],
  "wsgi.url_scheme": "http",
  "wsgi.multithread": false,
  "wsgi.multiprocess": true,
  "wsgi.run_once": true,
  "wsgi.input_terminated": true,
};
