import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { ClientDisconnected } from "../../../gateway/cancellation.ts";
import { runCgi } from "../../../gateway/cgi/cgi.ts";
import { CgiTransport } from "../../../gateway/cgi/transport.ts";
import { demoApp } from "../../../server/demo_app.ts";
import type { Application, HeaderTuple } from "../../../wsgi/types.ts";
import { bodyOf, endless } from "../recording_body.ts";
import {
  answering,
  Events,
  fail,
  type LooseApplication,
  sending,
} from "../recording_transport.ts";
import { cgi, GET, Sink, stdinOf } from "./run_cgi.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

const HEAD = "Status: 200 OK\r\nContent-Type: text/plain\r\n";

const failing: LooseApplication = () => fail();

Deno.test("runCgi() writes status, headers, an empty line and the body", async () => {
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

Deno.test("runCgi() drops a Status header, because CGI has its own", async () => {
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

Deno.test("runCgi() answers an error as its options say, but not a 500 of the application", async () => {
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
  const errorBody = encode("abc");
  const head = await cgi(failing, { REQUEST_METHOD: "HEAD" }, [], {
    errorBody,
  });
  assertMatch(head.output, /^Status: 500 [^]*\r\nContent-Length: 3\r\n\r\n$/);
  const app = sending("mine", [], "500 Internal Server Error");
  const own = await cgi(app, {}, [], { errorBody: "theirs" });
  assertMatch(own.output, /\r\n\r\nmine$/);
});

Deno.test.each<[Record<string, unknown>]>([
  [{ errorStatus: "99 Low" }],
  [{ errorStatus: "500 a\nb" }],
  [{ errorHeaders: [["a", "b\n"]] }],
  [{ errorHeaders: { a: "b" } }],
])("runCgi() rejects the options %j without a call", async (options) => {
  let called = false;
  const call = () => cgi(() => called = true, {}, [], options);
  await assertRejects(call, Error, "Cannot start the response: ");
  assertEquals(called, false);
});

Deno.test("runCgi() breaks off the response at an error after the first byte", async () => {
  const body = function* (): Generator<Uint8Array, void> {
    yield encode("a");
    fail("too late");
  };
  const { output, errors, end } = await cgi(answering(body));
  assertEquals([output, end], [`${HEAD}\r\na`, "aborted"]);
  assertStringIncludes(errors, "too late");
});

/** An output that fails at the second write. */
function breaking(error: unknown): WritableStream<Uint8Array> {
  let writes = 0;
  return new WritableStream({
    write(): void {
      if (++writes === 2) throw error;
    },
  });
}

Deno.test.each<[string, unknown]>([
  ["BrokenPipe", new Deno.errors.BrokenPipe("Broken pipe (os error 32)")],
  ["ConnectionReset", new Deno.errors.ConnectionReset("reset")],
  ["ECONNABORTED", Object.assign(new Error("a"), { code: "ECONNABORTED" })],
  ["a reader that left", undefined],
])(
  "runCgi() does not log %s, closes the body and aborts the signal",
  async (_name, error) => {
    const events = new Events();
    const app = answering((environ) => {
      const signal = environ["wsgiref.signal"]?.();
      signal?.addEventListener("abort", () => events.add("abort"));
      return bodyOf("generator", endless("x"), events);
    });
    const stdout = breaking(error);
    const { errors } = await cgi(app, {}, [], { stdout });
    assertEquals([errors, stdout.locked], ["", false]);
    const ends = events.list.filter((event) => event !== "next");
    assertEquals(ends.toSorted(), ["abort", "close", "return"]);
  },
);

Deno.test("runCgi() logs why an array cannot be written, unless the reader left", async () => {
  for (
    const [error, log] of [
      [new Deno.errors.BrokenPipe(), ""],
      [
        new Error("disk full"),
        "The response could not be written: Error: disk full\n",
      ],
    ] as const
  ) {
    const stdout = breaking(error);
    const app = demoApp as LooseApplication;
    assertEquals((await cgi(app, {}, [], { stdout })).errors, log);
  }
});

Deno.test("runCgi() leaves stdin and stderr unlocked and stderr open", async () => {
  const [stdout, stderr] = [new Sink(), new Sink()];
  const stdin = stdinOf("abc");
  await runCgi(failing as Application, {
    env: { ...GET, REQUEST_METHOD: "POST", CONTENT_LENGTH: "3" },
    stdin: stdin.stream,
    stdout: stdout.stream,
    stderr: stderr.stream,
  });
  for (const { stream } of [stdin, stdout, stderr]) assert(!stream.locked);
  assertEquals(stderr.end, "open");
});

Deno.test("runCgi() resolves when its log is written, even if that is slow", async () => {
  let written = 0;
  const stderr = new WritableStream<Uint8Array>({
    async write(): Promise<void> {
      for (let turn = 0; turn < 100; turn++) await Promise.resolve();
      written++;
    },
  });
  const app = answering((environ) => {
    for (let i = 0; i < 3; i++) environ["wsgi.errors"].write("line\n");
    return [];
  });
  await cgi(app, {}, [], { stderr });
  assertEquals(written, 3);
});

Deno.test("runCgi() answers although its log is closed", async () => {
  const stderr = new WritableStream<Uint8Array>({
    write: () => fail("closed"),
  });
  const { output } = await cgi(failing, {}, [], { stderr });
  assertMatch(output, /^Status: 500 /);
});

const echo = answering(async (environ) => [await environ["wsgi.input"].read()]);

const ignoring = answering(() => []);

function post(length?: string): Record<string, string> {
  const env = { REQUEST_METHOD: "POST" };
  return length === undefined ? env : { ...env, CONTENT_LENGTH: length };
}

Deno.test.each<[Record<string, string>, string]>([
  [post("6"), "abcdef"],
  [post("4"), "abcd"],
  [post("0"), ""],
  [post(""), "abcdef"],
  [post(), "abcdef"],
  [{ ...post(), HTTP_TRANSFER_ENCODING: "chunked" }, "abcdef"],
])("runCgi() with %j reads the input %j", async (env, body) => {
  const { output, errors } = await cgi(echo, env, ["abc", "def"]);
  assertEquals(errors, "");
  assert(output.endsWith(`\r\n\r\n${body}`), output);
});

/** A standard input that calls a function when it is read, and ends. */
function watched(onPull: () => void): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    pull(controller): void {
      onPull();
      controller.close();
    },
  }, { highWaterMark: 0 });
}

Deno.test("runCgi() reads its input only when the application does", async () => {
  let unread = -1;
  let pulls = 0;
  const stdin = watched(() => void pulls++);
  const app = answering(() => (unread = pulls, []));
  await cgi(app, post("3"), [], { stdin });
  assertEquals([unread, pulls], [0, 1]);
});

Deno.test("runCgi() answers 400 to a body that was cut short, despite its options", async () => {
  const options = { errorStatus: "503 Soon", errorBody: "mine" };
  const { output, errors } = await cgi(echo, post("9"), ["abc"], options);
  assertMatch(output, /^Status: 400 Bad Request\r\n[^]*\n400 Bad Request\n$/);
  assertStringIncludes(errors, "it must have 9 bytes as Content-Length says");
});

Deno.test("runCgi() answers 413 to a body that turns out too large", async () => {
  const options = { maxRequestBodySize: 5 };
  const { output, unread } = await cgi(echo, post(), ["abc", "def"], options);
  assertMatch(output, /^Status: 413 /);
  assertEquals(unread, 0);
});

Deno.test.each<[string, Record<string, string>, number]>([
  ["the whole body with a length", post("9"), 0],
  ["no more than the length", post("6"), 3],
  ["nothing from an empty body", post("0"), 9],
  ["the whole body of unknown length", post(), 0],
  ["nothing from a GET without a length", {}, 9],
  ["the whole body of a chunked GET", { HTTP_TRANSFER_ENCODING: "chunked" }, 0],
])("runCgi() drains %s that was not read", async (_what, env, left) => {
  const { unread, errors } = await cgi(ignoring, env, ["abc", "def", "ghi"]);
  assertEquals([unread, errors], [left, ""]);
});

Deno.test("runCgi() drains the input after a failure and after a rejection", async () => {
  const app: LooseApplication = async (environ) => {
    await environ["wsgi.input"].read(1);
    throw new Error("enough");
  };
  const input = ["abc", "def", "ghi"];
  const failed = await cgi(app, post("9"), input);
  assertMatch(failed.output, /^Status: 500 /);
  const options = { maxRequestBodySize: 1 };
  const rejected = await cgi(ignoring, post("9"), input, options);
  assertMatch(rejected.output, /^Status: 413 /);
  assertEquals([failed.unread, rejected.unread], [0, 0]);
});

Deno.test("runCgi() ends the response before it drains the input", async () => {
  const sink = new Sink();
  let ended = "";
  const stdin = watched(() => void (ended = sink.end));
  await cgi(ignoring, post("6"), [], { stdin, stdout: sink.stream });
  assertEquals(ended, "closed");
});

Deno.test("runCgi() ignores an input that cannot be drained", async () => {
  const stdin = new ReadableStream<Uint8Array>({
    pull(): void {
      throw new Error("EIO");
    },
  });
  const { output, errors } = await cgi(ignoring, post("6"), [], { stdin });
  assertMatch(output, /^Status: 200 OK\r\n/);
  assertEquals(errors, "");
});

Deno.test("CgiTransport.write() resolves for a chunk that was written before SIGTERM was noticed", async () => {
  const written: number[] = [];
  const transport: CgiTransport = new CgiTransport({
    // lighttpd sends SIGTERM as soon as it has the whole Content-Length.
    stream: new WritableStream({
      write(chunk): void {
        written.push(chunk.byteLength);
        transport.terminate();
      },
    }),
    closes: false,
    log: () => {},
  });
  assertEquals(await transport.write(new Uint8Array(4)), undefined);
  await assertRejects(
    () => transport.write(new Uint8Array(5)),
    ClientDisconnected,
  );
  assertEquals([written, transport.cancellation.signal.aborted], [[4], true]);
});
