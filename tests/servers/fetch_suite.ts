/**
 * Behavior of `toFetchHandler()` in every runtime: the tests of `deno serve`,
 * of Bun and of workerd.
 */

import { assertEquals, assertFalse } from "@std/assert";
import type { Subject } from "../../tools/matrix/fetch_server.ts";
import type { ServerProcess } from "../../tools/matrix/server_process.ts";
import { ask } from "../raw_client.ts";
import { testsWith } from "../tool.ts";
import { fromUtf8, pick, type Shown, to } from "./shown.ts";

/** The application of the tests. */
export const SUBJECT: Subject = {
  module: new URL("shown_app.ts", import.meta.url),
  name: "app",
};

/** The differences between the runtimes. */
export interface Runtime {
  /** Its name, in the names of the tests. */
  readonly name: string;
  /** Why its tests are ignored, if they are. */
  readonly missing: string | undefined;
  /** Starts it. */
  readonly start: () => Promise<ServerProcess>;
  /** Its form of the status line `404 Nowhere to be seen`. */
  readonly statusLine: string;
  /** Its form of the header value `caf\xe9`. */
  readonly latin: string;
  /** The variables that it sets about the client. */
  readonly client: string | undefined;
}

/** The variables of that request in all runtimes. */
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

/** A part of the test of a runtime. */
type Step = (server: ServerProcess, runtime: Runtime) => Promise<void>;

const STEPS: Readonly<Record<string, Step>> = {
  "passes the application its environ": async (server, { client }) => {
    const more = "X-Text: 1\r\nX-Text: 2\r\n";
    const request = to("show", "GET", "/a%2Fb//caf%E9?x=%20y", more);
    const { head, body } = await ask(server, request);
    assertEquals(head.status, 200);
    assertEquals(head.get("content-type"), "application/json");
    const environ = fromUtf8(body);
    assertEquals(pick(environ, Object.keys(EXPECTED)), EXPECTED);
    assertEquals(environ["REMOTE_ADDR"], client);
    assertFalse("CONTENT_TYPE" in environ || "CONTENT_LENGTH" in environ);
  },

  "sends the status and headers as far as it can": async (server, runtime) => {
    const { head, body } = await ask(server, to("headers"));
    assertEquals(head.line, runtime.statusLine);
    assertEquals(head.all("set-cookie"), ["a=1", "b=2"]);
    assertEquals(head.get("x-latin"), runtime.latin);
    assertEquals([head.get("content-length"), body], ["4", "none"]);
  },

  "answers several concurrent requests": async (server) => {
    const all = await Promise.all(
      Array.from({ length: 5 }, () => ask(server, to("wait"))),
    );
    assertEquals(all.map(({ body }) => body), Array(5).fill("waited"));
    assertFalse(/error|hung/i.test(server.log), server.log);
  },

  "has wsgi.errors on its standard error": async (server) => {
    await ask(server, to("errors"));
    await server.logged(/half a line, café\n/);
  },

  "answers 500 to an error and logs it": async (server) => {
    const { head, body } = await ask(server, to("throws"));
    assertEquals(head.status, 500);
    assertFalse(body.includes("thrown by"));
    await server.logged(/thrown by the application/);
  },

  "closes a file that was sent": async (server) => {
    const { body, complete } = await ask(server, to("file"));
    assertEquals([body.length, complete], [200_000, true]);
    await server.logged(/file closed/);
  },
};

/**
 * Registers the test of a runtime: facts that the kit, which also runs there,
 * does not test, or reports as a deviation. One server serves all steps.
 */
export function testRuntime(runtime: Runtime): void {
  const { name, missing, start } = runtime;
  const test = testsWith(missing === undefined ? "" : ` (${missing})`);
  test(`toFetchHandler() under ${name} works as in every runtime`, async (t) => {
    await using server = await start();
    for (const [what, step] of Object.entries(STEPS)) {
      await t.step(what, () => step(server, runtime));
    }
  });
}
