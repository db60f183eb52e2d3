// What is nginx's own: its parameters and its buffers. conformance_test.ts runs
// the kit through it.

import { assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { StderrStream } from "../../wsgi/error_stream.ts";
import type { Application } from "../../wsgi/types.ts";
import {
  type Edits,
  type Fronted,
  type FrontedOptions,
  nginx,
  type Protocol,
  serveBehind,
} from "../../tools/matrix/backend_front.ts";
import { findProgram } from "../../tools/matrix/server_process.ts";
import { validator } from "../../validator.ts";
import { show, shown } from "../server/backend_gateway.ts";
import { echo } from "../server/serving.ts";
import { ask } from "../raw_client.ts";

const MIB = 1024 * 1024;
const missing = findProgram("nginx") === undefined;

interface Behind extends Fronted {
  readonly log: readonly string[];
  readonly protocol: Protocol;
}

/** Registers a test of both protocols. */
function test(
  name: string,
  app: Application,
  fn: (behind: Behind) => Promise<void>,
  options: (protocol: Protocol) => FrontedOptions = () => ({}),
): void {
  const why = missing ? " (ignored: nginx is not installed)" : "";
  for (const protocol of ["scgi", "uwsgi"] as const) {
    Deno.test({
      name: `nginx ${protocol}_pass ${name}${why}`,
      ignore: missing,
      async fn(): Promise<void> {
        const log: string[] = [];
        const errors = new StderrStream((text) => void log.push(text));
        await using fronted = await serveBehind(nginx, protocol, app, {
          ...options(protocol),
          backend: { environ: { "wsgi.errors": errors } },
        });
        await fn(Object.assign(fronted, { log, protocol }));
      },
    });
  }
}

/** The edits that put something in the place of all parameters. */
function params(protocol: Protocol, instead: string): Edits {
  const config = Deno.readTextFileSync(
    new URL(`../../examples/deploy/nginx_${protocol}.conf`, import.meta.url),
  );
  const lines = config.split("\n").filter((line) =>
    line.startsWith(`      ${protocol}_param `)
  );
  return lines.map((line, i) => [line, i === 0 ? `      ${instead}` : ""]);
}

const GET = "GET /caf%C3%A9%2Fb?x=%20y HTTP/1.1\r\nHost: example.com:8080\r\n";

test(
  "tells of the request what the client said",
  validator(show),
  async (behind) => {
    const response = await ask(
      behind,
      `${GET}X-Foo: 1\r\nx-foo: 2\r\nCookie: a=1\r\nCookie: b=2\r\n` +
        "X-Text: \xe9\r\nProxy: evil\r\n\r\n",
    );
    const environ = shown(response);
    assertEquals(response.head.status, 200);
    assertEquals(
      [environ.PATH_INFO, environ.SCRIPT_NAME, environ.REQUEST_URI],
      ["/caf\xc3\xa9/b", "", "/caf%C3%A9%2Fb?x=%20y"],
    );
    assertEquals(
      [environ.HTTP_X_FOO, environ.HTTP_COOKIE, environ.HTTP_X_TEXT],
      ["1, 2", "a=1; b=2", "\xe9"],
    );
    assertEquals(
      [environ.HTTP_HOST, environ.SERVER_NAME, environ.REMOTE_ADDR],
      ["example.com:8080", "localhost", "127.0.0.1"],
    );
    assertStringIncludes(environ.SERVER_SOFTWARE ?? "", "nginx/");
    assertFalse("HTTP_PROXY" in environ || "CONTENT_LENGTH" in environ);
    assertEquals(behind.log, []);
  },
);

test(
  "works with the file of parameters that nginx brings",
  validator(show),
  async (behind) => {
    const { head, body } = await ask(behind, `${GET}\r\n`);
    const environ = shown({ head, body, complete: true });
    assertEquals(
      [head.status, environ.PATH_INFO, environ.SCRIPT_NAME],
      [200, "/caf\xc3\xa9/b", ""],
    );
  },
  (protocol) => ({
    edits: params(protocol, `include /etc/nginx/${protocol}_params;`),
  }),
);

test(
  "gets 500 and a line in the log without parameters",
  show,
  async (behind) => {
    const { head } = await ask(behind, `${GET}\r\n`);
    assertEquals(head.status, 500);
    assertStringIncludes(
      behind.log.join(""),
      `nginx needs "include ${behind.protocol}_params;"`,
    );
  },
  (protocol) => ({ edits: params(protocol, "") }),
);

for (const request of ["on", "off"] as const) {
  for (const response of ["on", "off"] as const) {
    const mode = `with buffering ${response}, of requests ${request}`;
    const options = (protocol: Protocol): FrontedOptions => ({
      way: request === "on" ? "unix" : "tcp",
      edits: [
        [`${protocol}_buffering off;`, `${protocol}_buffering ${response};`],
        [
          `${protocol}_request_buffering off;`,
          `${protocol}_request_buffering ${request};`,
        ],
      ],
    });
    const upload =
      `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${5 * MIB}\r\n\r\n` +
      "x".repeat(5 * MIB);

    test(`hands on uploads ${mode}`, validator(echo), async (behind) => {
      const { head, body } = await ask(behind, upload);
      assertEquals([head.status, body.length], [200, 5 * MIB]);
      assertEquals(behind.log, []);
    }, options);

    test(
      `hands on an answer to an unread upload ${mode}`,
      show,
      async (behind) => {
        assertEquals((await ask(behind, upload)).head.status, 200);
      },
      options,
    );
  }
}
