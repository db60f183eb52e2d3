// SCGI and uwsgi behind real web servers: their parameters and their buffers.
// conformance_test.ts runs the kit through nginx.

import { assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import type { RawResponse } from "../../conformance/raw_response.ts";
import {
  apache,
  type Edits,
  type Front,
  type FrontedOptions,
  lighttpd,
  nginx,
  type Protocol,
  serveBehind,
} from "../../tools/matrix/backend_front.ts";
import { findProgram } from "../../tools/matrix/server_process.ts";
import { validator } from "../../validator.ts";
import { StderrStream } from "../../wsgi/error_stream.ts";
import type { Application } from "../../wsgi/types.ts";
import { ask } from "../raw_client.ts";
import { show, shown } from "../server/backend_gateway.ts";
import { answer, echo, get, post, untilNext } from "../server/serving.ts";
import { testsWith } from "../tool.ts";

const MIB = 1024 * 1024;

interface Behind {
  readonly protocol: Protocol;
  /** The text that the application and the server have logged. */
  readonly log: readonly string[];
  ask(request: string): Promise<RawResponse>;
}

/** Registers a test of some web servers, over both protocols. */
function test(
  fronts: readonly Front[],
  name: string,
  app: Application,
  fn: (behind: Behind) => Promise<void>,
  options: (protocol: Protocol) => FrontedOptions = () => ({}),
): void {
  for (const front of fronts) {
    const isMissing = findProgram(front.program) === undefined;
    const test = testsWith(isMissing ? " (it is not installed)" : "");
    for (const protocol of ["scgi", "uwsgi"] as const) {
      test(`${front.program} over ${protocol} ${name}`, async () => {
        const log: string[] = [];
        const errors = new StderrStream((text) => void log.push(text));
        await using fronted = await serveBehind(front, protocol, app, {
          ...options(protocol),
          backend: { environ: { "wsgi.errors": errors } },
        });
        await fn({ protocol, log, ask: (request) => ask(fronted, request) });
      });
    }
  }
}

const OTHERS = [apache, lighttpd];
const ALL = [nginx, ...OTHERS];

/** The edits that replace all parameters of nginx. */
function params(protocol: Protocol, instead: string): Edits {
  const path = `../../examples/deploy/nginx_${protocol}.conf`;
  const config = Deno.readTextFileSync(new URL(path, import.meta.url));
  const lines = config.match(new RegExp(`^ +${protocol}_param .*`, "gm")) ?? [];
  return lines.map((line, i) => [line, i === 0 ? `      ${instead}` : ""]);
}

const HEAD = "GET /caf%C3%A9/b?x=%20y HTTP/1.1\r\nHost: example.com:8080\r\n";

for (const way of ["tcp", "unix"] as const) {
  test(
    ALL,
    `passes on what the client has sent (${way})`,
    validator(show),
    async (behind) => {
      const response = await behind.ask(
        `${HEAD}X-Foo: 1\r\nX-Foo: 2\r\nProxy: evil\r\nX-Text: a\r\n\r\n`,
      );
      const environ = shown(response);
      assertEquals(response.head.status, 200);
      const { PATH_INFO, SCRIPT_NAME, REQUEST_URI, QUERY_STRING } = environ;
      assertEquals<unknown>(
        [PATH_INFO, SCRIPT_NAME, REQUEST_URI, QUERY_STRING],
        ["/caf\xc3\xa9/b", "", "/caf%C3%A9/b?x=%20y", "x=%20y"],
      );
      assertEquals(
        [environ.HTTP_HOST, environ.HTTP_X_FOO, environ.REMOTE_ADDR],
        ["example.com:8080", "1, 2", "127.0.0.1"],
      );
      assertFalse("HTTP_PROXY" in environ);
      // lighttpd looks at its start whether a backend is there.
      assertEquals(behind.log, []);
    },
    () => ({ way }),
  );
}

test(
  [nginx],
  "keeps %2F, cookies and bytes",
  validator(show),
  async (behind) => {
    const head = HEAD.replace("9/b", "9%2Fb");
    const more = "Cookie: a=1\r\nCookie: b=2\r\nX-Text: \xe9\r\n\r\n";
    const environ = shown(await behind.ask(head + more));
    const { PATH_INFO, REQUEST_URI, HTTP_COOKIE, HTTP_X_TEXT } = environ;
    const uri = "/caf%C3%A9%2Fb?x=%20y";
    assertEquals<unknown>(
      [PATH_INFO, REQUEST_URI, HTTP_COOKIE, HTTP_X_TEXT, environ.SERVER_NAME],
      ["/caf\xc3\xa9/b", uri, "a=1; b=2", "\xe9", "localhost"],
    );
    assertStringIncludes(environ.SERVER_SOFTWARE ?? "", "nginx/");
    assertFalse("CONTENT_LENGTH" in environ);
  },
);

test(
  [nginx],
  "works with the file of parameters that nginx includes",
  validator(show),
  async (behind) => {
    const response = await behind.ask(`${HEAD}\r\n`);
    const { PATH_INFO, SCRIPT_NAME } = shown(response);
    assertEquals<unknown>(
      [response.head.status, PATH_INFO, SCRIPT_NAME],
      [200, "/caf\xc3\xa9/b", ""],
    );
  },
  (protocol) => ({
    edits: params(protocol, `include /etc/nginx/${protocol}_params;`),
  }),
);

test(
  [nginx],
  "gets 500 and a line in the log without parameters",
  show,
  async (behind) => {
    assertEquals((await behind.ask(`${HEAD}\r\n`)).head.status, 500);
    assertStringIncludes(
      behind.log.join(""),
      `nginx needs "include ${behind.protocol}_params;"`,
    );
  },
  (protocol) => ({ edits: params(protocol, "") }),
);

const UPLOAD = post("x".repeat(5 * MIB));

/** Answers an upload with itself, and one to /next without reading it. */
const both = validator(untilNext(echo, answer("no")));

async function upload(behind: Behind): Promise<void> {
  const { head, body } = await behind.ask(UPLOAD);
  assertEquals([head.status, body.length], [200, 5 * MIB]);
  const unread = await behind.ask(UPLOAD.replace("/", "/next"));
  assertEquals(unread.head.status, 200);
}

test(OTHERS, "passes on uploads, unread ones too", both, upload);

for (const request of ["on", "off"] as const) {
  for (const response of ["on", "off"] as const) {
    test(
      [nginx],
      `passes on uploads, unread ones too, with buffering ${response}, of requests ${request}`,
      both,
      async (behind) => {
        await upload(behind);
        assertEquals(behind.log, []);
      },
      (protocol) => ({
        way: request === "on" ? "unix" : "tcp",
        edits: [
          [`${protocol}_buffering off;`, `${protocol}_buffering ${response};`],
          [
            `${protocol}_request_buffering off;`,
            `${protocol}_request_buffering ${request};`,
          ],
        ],
      }),
    );
  }
}

const streamed = answer(
  () => new Blob(["one ", "two"]).stream(),
  "404 Not Found",
  [["Set-Cookie", "a"], ["Set-Cookie", "b"]],
);

test(
  OTHERS,
  "passes on status, cookies and a streamed body, and the page of an error",
  untilNext(streamed, () => {
    throw new Error("on purpose");
  }),
  async (behind) => {
    const { head, body, complete } = await behind.ask(get());
    assertEquals(head.line, "HTTP/1.1 404 Not Found");
    assertEquals(head.all("set-cookie"), ["a", "b"]);
    assertEquals([body, complete], ["one two", true]);
    const failed = await behind.ask(get("/next"));
    assertEquals(failed.head.status, 500);
    assertEquals(failed.body, "500 Internal Server Error\n");
    assertStringIncludes(behind.log.join(""), "on purpose");
  },
);
