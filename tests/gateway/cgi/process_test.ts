import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { answering, type LooseApplication } from "../recording_transport.ts";
import { cgi, Sink } from "./run_cgi.ts";

/** Responds with the whole input. */
const echo = answering(async (environ) => [await environ["wsgi.input"].read()]);

const ignoring = answering(() => []);

/** The variables of a POST. */
function post(length?: string): Record<string, string> {
  const env = { REQUEST_METHOD: "POST" };
  return length === undefined ? env : { ...env, CONTENT_LENGTH: length };
}

function bodyOf(output: string): string {
  return output.slice(output.indexOf("\r\n\r\n") + 4);
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
  assertEquals([bodyOf(output), errors], [body, ""]);
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
