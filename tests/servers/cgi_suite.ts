/**
 * What holds of CGI programs under every server: the tests of Apache and of
 * lighttpd.
 */

import {
  assert,
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
import { fromUtf8, pick, type Shown, to } from "./shown.ts";

const PROGRAM = cgiProgram(new URL("shown_app.ts", import.meta.url), "app");

const EXAMPLE = new URL("../../examples/deploy/cgi.ts", import.meta.url);

type Step = (server: ServerProcess) => Promise<void>;

/** The tests of one server. */
export class CgiSuite {
  readonly server: CgiServer;
  readonly #missing: string | undefined;

  /** @param server Which one. */
  constructor(server: CgiServer) {
    this.server = server;
    this.#missing = missingCgiServer(server);
  }

  /** Registers a test that gets a server of its own. */
  test(
    name: string,
    fn: (t: Deno.TestContext, server: ServerProcess) => Promise<void>,
    options: CgiServerOptions = {},
    program: string = PROGRAM,
  ): void {
    const ignore = this.#missing !== undefined;
    const why = ignore ? ` (ignored: ${this.#missing})` : "";
    Deno.test({
      name: `runCgi() under ${this.server} ${name}${why}`,
      ignore,
      fn: async (t) => {
        await using server = await startCgiServer(
          this.server,
          program,
          options,
        );
        await fn(t, server);
      },
    });
  }

  /** Registers what both servers do alike. */
  common(): void {
    // They share a server: Apache needs a second to stop.
    const steps: [name: string, fn: Step][] = [];
    const register = (name: string, fn: Step): void =>
      void steps.push([name, fn]);

    register("gives the application its environ", async (server) => {
      const { head, body } = await ask(
        server,
        to("show", "GET", "/caf%C3%A9/a%20b?x=%20y", "X-Text: caf\xc3\xa9\r\n"),
      );
      assertEquals(head.status, 200);
      assertEquals(head.get("content-type"), "application/json");
      const environ = fromUtf8(body);
      assertEquals(pick(environ, Object.keys(EXPECTED)), EXPECTED);
      assertEquals(
        environ["SERVER_PORT"],
        // Apache goes by the Host header, lighttpd by the socket.
        this.server === "apache2" ? "8080" : String(server.port),
      );
      assertEquals(environ["HTTP_X_TEXT"], "caf\xc3\xa9");
      assertFalse("CONTENT_TYPE" in environ);
      assertMatch(String(environ["SERVER_SOFTWARE"]), /^(?:Apache|lighttpd)\//);
    });

    register("rebuilds a path that is not UTF-8", async (server) => {
      const { body } = await ask(server, to("show", "GET", "/caf%E9"));
      assertEquals(fromUtf8(body)["PATH_INFO"], "/caf\xe9");
    });

    register(
      "drops a header that is not UTF-8, without --allow-all",
      async (server) => {
        const { head, body } = await ask(
          server,
          to("show", "GET", "/", "X-Text: caf\xe9\r\nX-Other: 1\r\n"),
        );
        assertEquals(head.status, 200);
        const { HTTP_X_TEXT, HTTP_X_OTHER } = fromUtf8(body);
        assertEquals([HTTP_X_TEXT, HTTP_X_OTHER], [undefined, "1"]);
      },
    );

    this.test(
      "passes on every byte of path and headers with --allow-all",
      async (_t, server) => {
        const { body } = await ask(
          server,
          to("show", "GET", "/caf%E9/%FF", "X-Text: caf\xe9 \xff\r\n"),
        );
        const { PATH_INFO, HTTP_X_TEXT } = fromUtf8(body);
        assertEquals([PATH_INFO, HTTP_X_TEXT], [
          "/caf\xe9/\xff",
          "caf\xe9 \xff",
        ]);
      },
      { script: [["--allow-env", "--allow-all"]] },
    );

    register("reads a body with a length", async (server) => {
      const data = "0123456789".repeat(6000);
      const { head, body } = await ask(
        server,
        to("echo", "POST", "/", `Content-Length: ${data.length}\r\n`) + data,
      );
      assertEquals([head.status, body.length], [200, data.length]);
      assert(body === data);
    });

    register("reads a chunked body", async (server) => {
      const { head, body } = await ask(
        server,
        to("echo", "POST", "/", "Transfer-Encoding: chunked\r\n") +
          "3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n",
      );
      assertEquals([head.status, body], [200, "abcdefg"]);
    });

    register("answers though nobody has read the body", async (server) => {
      const data = "x".repeat(1_000_000);
      const { head, body, complete } = await ask(
        server,
        to("headers", "POST", "/", `Content-Length: ${data.length}\r\n`) + data,
      );
      assertEquals([head.status, body, complete], [404, "none", true]);
    });

    register(
      "sends the status, headers and their repetition",
      async (server) => {
        const { head, body } = await ask(server, to("headers"));
        assertEquals(head.line, "HTTP/1.1 404 " + this.reason);
        assertEquals(head.all("set-cookie"), ["a=1", "b=2"]);
        assertEquals(head.get("x-latin"), "caf\xe9");
        assertEquals([head.get("content-length"), body], ["4", "none"]);
      },
    );

    register("sends no body to HEAD", async (server) => {
      using client = await RawClient.connect(server);
      await client.send(to("length", "HEAD", "/", "Connection: close\r\n"));
      const head = await client.head();
      assertEquals([head.status, head.get("content-length")], [200, "6"]);
      assertEquals(await client.rest(), "");
    });

    register("answers what was thrown with 500 and logs it", async (server) => {
      const { head, body } = await ask(server, to("throws"));
      assertEquals(head.status, 500);
      assertFalse(body.includes("thrown by"));
      const log = await server.logged(/thrown by the application/);
      assertStringIncludes(log, "shown_app.ts");
      assertFalse(log.includes("\x1b"), "colours in a log");
    });

    register("has wsgi.errors in the server's log", async (server) => {
      await ask(server, to("errors"));
      await server.logged(/half a line, caf/);
    });

    register("closes the file of wsgi.file_wrapper", async (server) => {
      const { body, complete } = await ask(server, to("file"));
      assertEquals([body.length, complete], [200_000, true]);
      await server.logged(/file closed/);
    });

    register("sends a body while it is made", async (server) => {
      using client = await RawClient.connect(server);
      await client.send(to("endless"));
      assertEquals((await client.head()).status, 200);
      await client.bytes(200_000);
    });

    register("closes the body when the client leaves", async (server) => {
      using client = await RawClient.connect(server);
      await client.send(to("endless"));
      await client.head();
      await client.bytes(200_000);
      client.close();
      await server.logged(/endless closed/);
    });

    register(
      "closes the body after all of its length was sent",
      async (server) => {
        const { body, complete } = await ask(server, to("late"));
        assertEquals([body, complete], ["abc", true]);
        await server.logged(/closed late/);
      },
    );

    register("ends a response that breaks off too short", async (server) => {
      // Otherwise the server waits for the next request before it closes.
      const { body, complete } = await ask(
        server,
        to("short", "GET", "/", "Connection: close\r\n"),
      );
      assertEquals([body, complete], ["abc", false]);
    });

    this.test(
      "runs the application of examples/deploy/cgi.ts",
      async (_t, server) => {
        const { body } = await ask(server, to("", "GET", "/caf%C3%A9"));
        assertEquals(body, "Hello world from /caf\xc3\xa9\n");
      },
      {},
      cgiProgram(EXAMPLE, "app"),
    );

    register("serves requests at the same time", async (server) => {
      const all = await Promise.all(
        Array.from(
          { length: 8 },
          (_, i) => ask(server, to("show", "GET", `/${i}`)),
        ),
      );
      assertEquals(
        all.map(({ body }) => fromUtf8(body)["PATH_INFO"]),
        Array.from({ length: 8 }, (_, i) => `/${i}`),
      );
    });

    this.test("works as everywhere", async (t, server) => {
      for (const [name, fn] of steps) await t.step(name, () => fn(server));
    });
  }

  /** What the server makes of the reason phrase "Nowhere to be seen". */
  get reason(): string {
    return this.server === "apache2" ? "Nowhere to be seen" : "Not Found";
  }
}

/** What both servers tell of that request. */
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
