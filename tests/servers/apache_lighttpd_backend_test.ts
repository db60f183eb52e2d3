import { assertEquals, assertStringIncludes } from "@std/assert";
import { StderrStream } from "../../wsgi/error_stream.ts";
import type { Application } from "../../wsgi/types.ts";
import {
  apache,
  lighttpd,
  type Protocol,
  serveBehind,
  type Way,
} from "../../tools/matrix/backend_front.ts";
import { findProgram } from "../../tools/matrix/server_process.ts";
import { validator } from "../../validator.ts";
import { show, shown } from "../server/backend_gateway.ts";
import { echo } from "../server/serving.ts";
import { ask } from "../raw_client.ts";

const encoder = new TextEncoder();

interface Behind {
  readonly port: number;
  readonly protocol: Protocol;
  /** What the application and the server have logged. */
  readonly log: readonly string[];
}

/** Registers a test of both servers, over both protocols. */
function test(
  name: string,
  app: Application,
  fn: (behind: Behind) => Promise<void>,
  way: Way = "tcp",
): void {
  for (const front of [apache, lighttpd]) {
    const ignore = findProgram(front.program) === undefined;
    const why = ignore ? ` (ignored: ${front.program} is not installed)` : "";
    for (const protocol of ["scgi", "uwsgi"] as const) {
      Deno.test({
        name: `${front.program} over ${protocol} ${name}${why}`,
        ignore,
        async fn(): Promise<void> {
          const log: string[] = [];
          const errors = new StderrStream((text) => void log.push(text));
          await using fronted = await serveBehind(front, protocol, app, {
            way,
            backend: { environ: { "wsgi.errors": errors } },
          });
          await fn({ port: fronted.port, protocol, log });
        },
      });
    }
  }
}

for (const way of ["tcp", "unix"] as const) {
  test(
    `tells of the request what the client said (${way})`,
    validator(show),
    async (behind) => {
      const { head, body, complete } = await ask(
        behind,
        "GET /caf%C3%A9/b?x=%20y HTTP/1.1\r\nHost: example.com:8080\r\n" +
          "X-Foo: 1\r\nX-Foo: 2\r\nProxy: evil\r\n\r\n",
      );
      const environ = shown({ head, body, complete });
      assertEquals(
        [head.status, environ.PATH_INFO, environ.SCRIPT_NAME],
        [200, "/caf\xc3\xa9/b", ""],
      );
      assertEquals(
        [environ.REQUEST_URI, environ.QUERY_STRING, environ.HTTP_HOST],
        ["/caf%C3%A9/b?x=%20y", "x=%20y", "example.com:8080"],
      );
      assertEquals(
        [environ.HTTP_X_FOO, environ.REMOTE_ADDR],
        ["1, 2", "127.0.0.1"],
      );
      // lighttpd looks at its start whether somebody is there.
      assertEquals(behind.log, []);
    },
    way,
  );
}

test("hands on an upload", validator(echo), async (behind) => {
  const body = "x".repeat(300_000);
  const answer = await ask(
    behind,
    `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  assertEquals([answer.head.status, answer.body.length], [200, body.length]);
});

test("hands on the answer to an unread upload", show, async (behind) => {
  const body = "x".repeat(3_000_000);
  const answer = await ask(
    behind,
    `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  assertEquals(answer.head.status, 200);
});

test(
  "hands on status, cookies and a streamed body",
  (_environ, startResponse) => {
    startResponse("404 Not Found", [["Set-Cookie", "a"], ["Set-Cookie", "b"]]);
    return (function* (): Generator<Uint8Array, void> {
      yield encoder.encode("one ");
      yield encoder.encode("two");
    })();
  },
  async (behind) => {
    const { head, body, complete } = await ask(
      behind,
      "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    );
    assertEquals(head.line, "HTTP/1.1 404 Not Found");
    assertEquals(head.all("set-cookie"), ["a", "b"]);
    assertEquals([body, complete], ["one two", true]);
  },
);

test("hands on the page of an error", () => {
  throw new Error("on purpose");
}, async (behind) => {
  const { head, body } = await ask(behind, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  assertEquals([head.status, body], [500, "500 Internal Server Error\n"]);
  assertStringIncludes(behind.log.join(""), "on purpose");
});
