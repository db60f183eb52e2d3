import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fromBytes } from "../../../wsgi/byte_string.ts";
import { toRequest } from "../../../gateway/from_fetch/to_request.ts";
import { answering, type LooseApplication } from "../recording_transport.ts";
import { cgi, Sink } from "./run_cgi.ts";

/** Answers with all of the input. */
const echo = answering(async (environ) => [await environ["wsgi.input"].read()]);

const ignoring = answering(() => []);

function post(length?: string): Record<string, string> {
  const env: Record<string, string> = { REQUEST_METHOD: "POST" };
  if (length !== undefined) env.CONTENT_LENGTH = length;
  return env;
}

function bodyOf(output: string): string {
  return output.slice(output.indexOf("\r\n\r\n") + 4);
}

Deno.test.each<[string | undefined, string]>([
  ["6", "abcdef"],
  ["4", "abcd"],
  ["0", ""],
  ["", "abcdef"],
  [undefined, "abcdef"],
])(
  "runCgi() with CONTENT_LENGTH %j gives the input %j",
  async (length, body) => {
    const { output, errors } = await cgi(echo, post(length), ["abc", "def"]);
    assertEquals([bodyOf(output), errors], [body, ""]);
  },
);

Deno.test("runCgi() gives a chunked body, whose length nobody tells", async () => {
  const env = { ...post(), HTTP_TRANSFER_ENCODING: "chunked" };
  const { output } = await cgi(echo, env, ["abc", "def"]);
  assertEquals(bodyOf(output), "abcdef");
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

Deno.test("runCgi() reads nothing before the application does", async () => {
  let unread = -1;
  let pulls = 0;
  const stdin = watched(() => void pulls++);
  const app = answering(() => (unread = pulls, []));
  await cgi(app, post("3"), [], { stdin });
  assertEquals([unread, pulls], [0, 1]);
});

Deno.test("runCgi() answers 400 to a body that was cut short, whatever its options say", async () => {
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
  ["all of a body with a length", post("9"), 0],
  ["no more than the length", post("6"), 3],
  ["nothing of a body of no length", post("0"), 9],
  ["all of a body of unknown length", post(), 0],
  ["nothing where GET says no length", {}, 9],
  ["all of a chunked GET", { HTTP_TRANSFER_ENCODING: "chunked" }, 0],
])("runCgi() drains %s that was not read", async (_what, env, left) => {
  const { unread, errors } = await cgi(ignoring, env, ["abc", "def", "ghi"]);
  assertEquals([unread, errors], [left, ""]);
});

Deno.test("runCgi() drains what a failed application has left", async () => {
  const app: LooseApplication = async (environ) => {
    await environ["wsgi.input"].read(1);
    throw new Error("enough");
  };
  const { output, unread } = await cgi(app, post("9"), ["abc", "def", "ghi"]);
  assertMatch(output, /^Status: 500 /);
  assertEquals(unread, 0);
});

Deno.test("runCgi() drains what a refused request brings", async () => {
  const options = { maxRequestBodySize: 1 };
  const input = ["abc", "def"];
  const { output, unread } = await cgi(ignoring, post("6"), input, options);
  assertMatch(output, /^Status: 413 /);
  assertEquals(unread, 0);
});

Deno.test("runCgi() ends the response before it drains", async () => {
  const sink = new Sink();
  let ended = "";
  const stdin = watched(() => void (ended = sink.end));
  await cgi(ignoring, post("6"), [], { stdin, stdout: sink.stream });
  assertEquals(ended, "closed");
});

Deno.test("runCgi() is content with an input that cannot be drained", async () => {
  const stdin = new ReadableStream<Uint8Array>({
    pull(): void {
      throw new Error("EIO");
    },
  });
  const { output, errors } = await cgi(ignoring, post("6"), [], { stdin });
  assertMatch(output, /^Status: 200 OK\r\n/);
  assertEquals(errors, "");
});

Deno.test("runCgi() gives lines, and forms through toRequest()", async () => {
  const lines: string[] = [];
  const readLines = answering(async ({ "wsgi.input": input }) => {
    for await (const line of input) lines.push(fromBytes(line));
    return [];
  });
  await cgi(readLines, post("9"), ["a\nbc", "\ndefg"]);
  assertEquals(lines, ["a\n", "bc\n", "defg"]);

  let name: unknown;
  const readForm = answering(async (environ) => {
    name = (await toRequest(environ).formData()).get("name");
    return [];
  });
  const CONTENT_TYPE = "application/x-www-form-urlencoded";
  const env = { ...post("8"), CONTENT_TYPE, PATH_INFO: "/form" };
  await cgi(readForm, env, ["name=", "Ada&more"]);
  assertEquals(name, "Ada");
});
