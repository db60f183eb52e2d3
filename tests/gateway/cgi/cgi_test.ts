import {
  assertEquals,
  assertFalse,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { runCgi } from "../../../gateway/cgi/cgi.ts";
import type { Application, HeaderTuple } from "../../../wsgi/types.ts";
import {
  answering,
  type LooseApplication,
  sending,
} from "../recording_transport.ts";
import { cgi, GET, Sink } from "./run_cgi.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

const HEAD = "Status: 200 OK\r\nContent-Type: text/plain\r\n";

Deno.test("runCgi() writes the status line, the headers, an empty line and the body", async () => {
  const headers: HeaderTuple[] = [
    ["X-b", "1"],
    ["x-A", "\xff"],
    ["Set-Cookie", "a"],
    ["Set-Cookie", "b"],
  ];
  const body = [encode("ab"), new Uint8Array([0, 255])];
  const app = answering(() => body, headers, "418 I'm a te\xe1pot");
  const { output, errors, end } = await cgi(app);
  assertEquals(
    output,
    "Status: 418 I'm a te\xe1pot\r\nX-b: 1\r\nx-A: \xff\r\nSet-Cookie: a\r\n" +
      "Set-Cookie: b\r\nContent-Length: 4\r\n\r\nab\x00\xff",
  );
  assertEquals([errors, end], ["", "closed"]);
});

const AB = ["a", "", "b"].map(encode);

Deno.test.each<[string, () => unknown, string]>([
  ["an array", () => [encode("abc")], "Content-Length: 3\r\n\r\nabc"],
  ["an empty array", () => [], "Content-Length: 0\r\n\r\n"],
  ["an iterator", () => AB.values(), "\r\nab"],
  ["a stream", () => ReadableStream.from(AB), "\r\nab"],
  ["an empty iterator", () => [].values(), "Content-Length: 0\r\n\r\n"],
])(
  "runCgi() says the length of %s if it knows it",
  async (_kind, body, rest) => {
    const { output, errors } = await cgi(answering(body));
    assertEquals([output, errors], [HEAD + rest, ""]);
  },
);

Deno.test.each<[string, string, string]>([
  ["HEAD", "200 OK", "Content-Length: 3\r\n"],
  ["GET", "204 No Content", ""],
  ["GET", "304 Not Modified", ""],
])(
  "runCgi() sends no body to %s with status %s",
  async (REQUEST_METHOD, status, length) => {
    const { output } = await cgi(sending("abc", [], status), {
      REQUEST_METHOD,
    });
    assertEquals(output, `Status: ${status}\r\n${length}\r\n`);
  },
);

Deno.test("runCgi() drops a header Status, which to CGI is the status", async () => {
  const headers: HeaderTuple[] = [["Status", "404 Not Found"], ["sTATUS", "1"]];
  const { output, errors } = await cgi(answering(() => [], headers));
  assertEquals(output, "Status: 200 OK\r\nContent-Length: 0\r\n\r\n");
  const line = "The header Status was dropped: CGI has its own\n";
  assertEquals(errors, line.repeat(2));
});

Deno.test("runCgi() writes a chunk before the next one is made", async () => {
  const sink = new Sink();
  const seen: string[] = [];
  const body = function* (): Generator<Uint8Array, void> {
    for (const text of ["a", "b"]) {
      yield encode(text);
      seen.push(sink.text);
    }
  };
  await cgi(answering(body), {}, [], { stdout: sink.stream });
  assertEquals(seen, [`${HEAD}\r\na`, `${HEAD}\r\nab`]);
});

const failing: LooseApplication = () => {
  throw new Error("secret reason");
};

Deno.test("runCgi() answers an error with 500, and logs it", async () => {
  const { output, errors, end } = await cgi(failing);
  assertEquals(
    output,
    "Status: 500 Internal Server Error\r\nContent-Type: text/plain; charset=utf-8\r\n" +
      "Content-Length: 26\r\n\r\n500 Internal Server Error\n",
  );
  assertMatch(errors, /^Error: secret reason\n {4}at /);
  assertEquals(end, "closed");
});

Deno.test("runCgi() answers an error as its options say", async () => {
  const errorHeaders: HeaderTuple[] = [["X", "y"], ["Content-Length", "99"]];
  const { output } = await cgi(failing, {}, [], {
    errorStatus: "503 Soon",
    errorHeaders: Object.freeze(errorHeaders),
    errorBody: "zurück",
  });
  assertEquals(
    output,
    "Status: 503 Soon\r\nX: y\r\nContent-Length: 7\r\n\r\nzur\xc3\xbcck",
  );
  const head = await cgi(failing, { REQUEST_METHOD: "HEAD" }, [], {
    errorBody: encode("abc"),
  });
  assertMatch(head.output, /^Status: 500 [^]*\r\nContent-Length: 3\r\n\r\n$/);
});

Deno.test("runCgi() does not take the application's own 500 for an error", async () => {
  const app = sending("mine", [], "500 Internal Server Error");
  const { output } = await cgi(app, {}, [], { errorBody: "theirs" });
  assertMatch(output, /\r\n\r\nmine$/);
});

Deno.test.each<[Record<string, unknown>]>([
  [{ errorStatus: "99 Low" }],
  [{ errorStatus: "500 a\nb" }],
  [{ errorHeaders: [["a", "b\n"]] }],
  [{ errorHeaders: { a: "b" } }],
])("runCgi() rejects the options %j at once", async (options) => {
  let called = false;
  await assertRejects(
    () => cgi(() => called = true, {}, [], options),
    Error,
    "Cannot start the response: ",
  );
  assertFalse(called);
});

Deno.test("runCgi() rejects what is no application", async () => {
  await assertRejects(
    () => runCgi("app" as unknown as Application, { env: GET }),
    TypeError,
    "Cannot run the application: it must be a function",
  );
});

Deno.test("runCgi() breaks off when an error comes after the first byte", async () => {
  const { output, errors, end } = await cgi(
    answering(function* (): Generator<Uint8Array, void> {
      yield encode("a");
      throw new Error("too late");
    }),
  );
  assertEquals([output, end], [`${HEAD}\r\na`, "aborted"]);
  assertStringIncludes(errors, "too late");
});
