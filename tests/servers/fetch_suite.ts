/**
 * What holds of `toFetchHandler()` in every runtime: the tests of `deno serve`,
 * of Bun and of workerd.
 *
 * @module
 */

import { assert, assertEquals, assertFalse } from "@std/assert";
import type { Subject } from "../../tools/matrix/fetch_server.ts";
import type { ServerProcess } from "../../tools/matrix/server_process.ts";
import { ask, RawClient, within } from "../raw_client.ts";
import { fromUtf8, pick, type Shown, to } from "./shown.ts";

/** The application of the tests. */
export const SUBJECT: Subject = {
  module: new URL("shown_app.ts", import.meta.url),
  name: "app",
};

/** In what the runtimes differ. */
export interface Runtime {
  /** Its name, in the names of the tests. */
  readonly name: string;
  /** Why its tests are ignored, if they are. */
  readonly missing: string | undefined;
  /** Starts it. */
  readonly start: () => Promise<ServerProcess>;
  /** What it makes of the status line `404 Nowhere to be seen`. */
  readonly statusLine: string;
  /** What it sends for the header value `caf\xe9`. */
  readonly latin: string;
  /** What it tells of the client. */
  readonly client: string | undefined;
  /** The Content-Length that it keeps when a response is streamed. */
  readonly streamedLength: string | undefined;
  /** The Content-Length of an answer to HEAD. */
  readonly headLength: string | undefined;
  /** Whether it tells of a client that leaves before there is an answer. */
  readonly tellsEarly: boolean;
}

/** What all runtimes tell of that request. */
const EXPECTED: Shown = {
  REQUEST_METHOD: "GET",
  SCRIPT_NAME: "",
  PATH_INFO: "/a/b//caf\xe9",
  QUERY_STRING: "x=%20y",
  REQUEST_URI: "/a%2Fb//caf%E9?x=%20y",
  SERVER_NAME: "example.com",
  SERVER_PORT: "8080",
  SERVER_PROTOCOL: "HTTP/1.1",
  HTTP_HOST: "example.com:8080",
  HTTP_X_TEXT: "1, 2",
  "wsgi.version": [1, 0],
  "wsgi.url_scheme": "http",
  "wsgi.multithread": false,
  "wsgi.multiprocess": false,
  "wsgi.run_once": false,
  "wsgi.input_terminated": true,
};

/** The tests of one runtime. */
export class FetchSuite {
  readonly #runtime: Runtime;

  /** @param runtime Which one. */
  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** Registers a test that gets the server, running. */
  test(name: string, fn: (server: ServerProcess) => Promise<void>): void {
    const { missing, start, name: runtime } = this.#runtime;
    const ignore = missing !== undefined;
    const why = ignore ? ` (ignored: ${missing})` : "";
    Deno.test({
      name: `toFetchHandler() under ${runtime} ${name}${why}`,
      ignore,
      fn: async () => {
        await using server = await start();
        await fn(server);
      },
    });
  }

  /** Registers what all runtimes do alike, or as they are said to. */
  common(): void {
    const { statusLine, latin, client, ...lengths } = this.#runtime;

    this.test("gives the application its environ", async (server) => {
      const { head, body } = await ask(
        server,
        to(
          "show",
          "GET",
          "/a%2Fb//caf%E9?x=%20y",
          "X-Text: 1\r\nX-Text: 2\r\n",
        ),
      );
      assertEquals(head.status, 200);
      assertEquals(head.get("content-type"), "application/json");
      const environ = fromUtf8(body);
      assertEquals(pick(environ, Object.keys(EXPECTED)), EXPECTED);
      assertEquals(environ["REMOTE_ADDR"], client);
      assertFalse("CONTENT_TYPE" in environ || "CONTENT_LENGTH" in environ);
    });

    this.test(
      "reads a body with a length and sends it back",
      async (server) => {
        const data = "0123456789".repeat(200_000);
        using connection = await RawClient.connect(server);
        const request = to(
          "echo",
          "POST",
          "/",
          `Content-Length: ${data.length}\r\n`,
        );
        const sending = connection.send(request + data);
        const { head, body } = await connection.response();
        await sending;
        assertEquals([head.status, body.length], [200, data.length]);
        assert(body === data);
      },
    );

    this.test("reads a chunked body", async (server) => {
      const { head, body } = await ask(
        server,
        to("echo", "POST", "/", "Transfer-Encoding: chunked\r\n") +
          "3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n",
      );
      assertEquals([head.status, body], [200, "abcdefg"]);
    });

    this.test("answers though nobody has read the body", async (server) => {
      const data = "x".repeat(60_000);
      const { head, body } = await ask(
        server,
        to("headers", "POST", "/", `Content-Length: ${data.length}\r\n`) + data,
      );
      assertEquals([head.status, body], [404, "none"]);
    });

    this.test(
      "sends the status and headers as far as it can",
      async (server) => {
        const { head, body } = await ask(server, to("headers"));
        assertEquals(head.line, statusLine);
        assertEquals(head.all("set-cookie"), ["a=1", "b=2"]);
        assertEquals(head.get("x-latin"), latin);
        assertEquals([head.get("content-length"), body], ["4", "none"]);
      },
    );

    this.test("sends a streamed body of known length", async (server) => {
      const { head, body, complete } = await ask(server, to("length"));
      assertEquals(head.get("content-length"), lengths.streamedLength);
      assertEquals([body, complete], ["abcdef", true]);
    });

    this.test("sends no body to HEAD", async (server) => {
      using client = await RawClient.connect(server);
      await client.send(to("length", "HEAD"));
      const head = await client.head();
      assertEquals(head.get("content-length"), lengths.headLength);
      // What comes next belongs to the next request.
      await client.send(to("headers"));
      assertEquals((await client.response()).body, "none");
    });

    this.test(
      "answers what was thrown with 500 and logs it",
      async (server) => {
        const { head, body } = await ask(server, to("throws"));
        assertEquals(head.status, 500);
        assertFalse(body.includes("thrown by"));
        await server.logged(/thrown by the application/);
      },
    );

    this.test("has wsgi.errors on its standard error", async (server) => {
      await ask(server, to("errors"));
      await server.logged(/half a line, café\n/);
    });

    this.test("sends a file and closes it", async (server) => {
      const { body, complete } = await ask(server, to("file"));
      assertEquals([body.length, complete], [200_000, true]);
      await server.logged(/file closed/);
    });

    this.test("closes a body when its client leaves", async (server) => {
      using client = await RawClient.connect(server);
      await client.send(to("endless"));
      await client.head();
      await client.bytes(200_000);
      assertFalse(server.log.includes("closed"));
      client.close();
      await server.logged(/closed/);
    });

    if (this.#runtime.tellsEarly) this.#early();

    this.test("answers several that wait", async (server) => {
      const all = await Promise.all(
        Array.from({ length: 5 }, () => ask(server, to("wait"))),
      );
      assertEquals(all.map(({ body }) => body), Array(5).fill("waited"));
      assertFalse(/error|hung/i.test(server.log), server.log);
    });
  }

  #early(): void {
    this.test(
      "tells when the client leaves before there is an answer",
      async (server) => {
        using client = await RawClient.connect(server);
        await client.send(to("leave"));
        await server.logged(/waiting/);
        client.close();
        await server.logged(/left: /);
      },
    );

    this.test("serves requests at the same time", async (server) => {
      const waiting = await RawClient.connect(server);
      await waiting.send(to("leave"));
      await server.logged(/waiting/);
      const { head } = await within(ask(server, to("show")), "an answer");
      waiting.close();
      assertEquals(head.status, 200);
    });
  }
}
