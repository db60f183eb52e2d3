import { assert, assertEquals } from "@std/assert";
import fc from "npm:fast-check@^4";
import { EnvironTemplate } from "../../../gateway/environ/environ_template.ts";
import {
  createHttpEnviron,
  type HttpFacts,
} from "../../../gateway/environ/http_environ.ts";
import { RequestInput } from "../../../gateway/input/input_stream.ts";
import { RequestParser } from "../../../http1/request_parser.ts";
import { toBytes } from "../../../wsgi/byte_string.ts";

function factsOf(remotePort: string): HttpFacts {
  const { signal } = new AbortController();
  return {
    scheme: "http",
    serverName: "h",
    serverPort: "80",
    remoteAddress: "192.0.2.1",
    remotePort,
    isUnixSocket: false,
    input: new RequestInput(() => null),
    limits: {},
    signal: () => signal,
  };
}

/** The parser and the template of a connection, which may resemble another. */
class Connection {
  readonly parser: RequestParser;
  readonly template: EnvironTemplate;

  constructor(like?: Connection) {
    this.parser = new RequestParser({ like: like?.parser });
    this.template = new EnvironTemplate(like?.template);
  }
}

Deno.test("createHttpEnviron() keeps nothing of other requests in its template", () => {
  let repeated = 0;
  const anyText = fc.tuple(
    fc.constantFrom("GET / HTTP/1.1", "PUT /%41?b HTTP/1.1", "GET / HTTP/1.0"),
    fc.constantFrom("Host: a", "Host: b:1", "Host: b:1\r\nCookie: c"),
    fc.constantFrom("", "X: y", "X: z", "Content-Length: 0", "X: y\r\nX: z"),
  ).map((lines) => [...lines.filter((line) => line !== ""), "", ""]);
  const requests = fc.array(
    fc.tuple(anyText, fc.nat(3), fc.boolean()),
    { maxLength: 6 },
  );
  const property = fc.property(requests, (requests) => {
    let connection = new Connection();
    for (const [lines, times, isNew] of requests) {
      if (isNew) connection = new Connection(connection);
      const { parser, template } = connection;
      for (let turn = 0; turn <= times; turn++) {
        const bytes = toBytes(lines.join("\r\n"));
        parser.receive(bytes, bytes.length);
        const event = parser.next();
        assert(event?.type === "head");
        assertEquals(parser.next()?.type, "end");
        const { head } = event;
        const facts = factsOf(String(turn));
        if (template.repeat(head, facts) !== undefined) repeated++;
        const environ = createHttpEnviron(head, facts, {}, template);
        assertEquals(environ, createHttpEnviron(head, facts, {}));
        assert(environ["wsgi.input"] === facts.input);
        environ.HTTP_HOST = environ.PATH_INFO = "changed by the application";
      }
    }
  });
  fc.assert(property, { numRuns: 500 });
  assert(repeated > 100, `${repeated} were copies of the same head`);
});
