import { assert, assertEquals } from "@std/assert";
import { toBytes } from "../../../wsgi/byte_string.ts";
import { RequestInput } from "../../../gateway/input/input_stream.ts";
import { RequestBodyError } from "../../../gateway/input/request_body_error.ts";
import { ask } from "../../raw_client.ts";
import { check, open, play, rejectsWith, text } from "./input_sources.ts";

const ABC = ["abc"];
const TO_3 = { contentLength: 3 };
const TO_4 = { contentLength: 4 };
const TO_9 = { contentLength: 9 };
const MAX_5 = { maxSize: 5 };

Deno.test("RequestInput does not read beyond contentLength", async () => {
  await check(ABC, TO_3, 'read() "abc"; read() ""', [1, 1, []]);
  await check(["ab", "cdef", "gh"], TO_4, 'read() "abcd"', [1, 2, []]);
  await check(ABC, { contentLength: 0 }, 'read() ""', [0, 0, []]);
});

Deno.test("RequestInput rejects with 400 when the source ends before contentLength", async () => {
  const script =
    'read(3) "abc"; read(3) 400; read(1) 400; read() 400; readline() 400; readlines() 400; next() 400';
  const error = await check(["abc", "de"], TO_9, script, [1, 3, []]);
  assertEquals(
    error?.message,
    "Cannot read the request body: it must have 9 bytes as Content-Length says, got 5",
  );
  await rejectsWith(400, new RequestInput(() => null, TO_3).read());
});

Deno.test("RequestInput rejects with 400 and the cause when the source fails", async () => {
  const failure = new Error("connection reset");
  const { input, source } = open(ABC, {}, failure);
  const errors = await play(input, 'read(1) "a"; read(5) 400; read(1) 400');
  assertEquals(
    errors[0]?.message,
    "Cannot read the request body: its stream failed after 3 bytes",
  );
  assert(errors[0]?.cause === failure);
  assert(errors[1] === errors[0]);
  assert(!source.stream.locked);
});

Deno.test("RequestInput rejects with a RequestBodyError of the source", async () => {
  const failure = new RequestBodyError("Cannot read the chunk", 413);
  const { input } = open([], {}, failure);
  assert(await rejectsWith(413, input.read()) === failure);
});

Deno.test("RequestInput rejects with 413 without opening the source when contentLength is over maxSize", async () => {
  const limits = { contentLength: 6, maxSize: 5 };
  const script = 'read(0) ""; read(1) 413; readlines() 413';
  const error = await check(["abcdef"], limits, script, [0, 0, []]);
  assertEquals(
    error?.message,
    "Cannot read the request body: it must be at most 5 bytes, got 6",
  );
});

Deno.test("RequestInput rejects with 413 and cancels the source when it has more than maxSize", async () => {
  const { input, source } = open(["abc", "def", "ghi"], MAX_5);
  const script = 'read(4) "abcd"; read() 413; read(1) 413';
  const [error, again] = await play(input, script);
  assertEquals(
    error?.message,
    "Cannot read the request body: it must be at most 5 bytes, got at least 6",
  );
  assert(again === error);
  assert(source.cancelled[0] === error);
  assertEquals([source.cancelled.length, source.pulls], [1, 2]);
  assert(!source.stream.locked);
});

Deno.test("RequestInput survives a source whose cancel() fails", async () => {
  const stream = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(toBytes("abc")),
    cancel: () => Promise.reject(new Error("no")),
  });
  await rejectsWith(413, new RequestInput(() => stream, { maxSize: 1 }).read());
});

Deno.test("abort() rejects pending and later reads with 400 and the reason", async () => {
  const reason = new Error("client left");
  const cancelled: unknown[] = [];
  const stream = new ReadableStream<Uint8Array>({
    cancel: (why) => void cancelled.push(why),
  });
  const input = new RequestInput(() => stream);
  const pending = [input.read(), input.readline(), input.readlines()];
  input.abort(reason);
  for (const promise of [...pending, input.read(1)]) {
    assert((await rejectsWith(400, promise)).cause === reason);
  }
  assertEquals(cancelled, [reason]);
  assert(!stream.locked);
});

Deno.test("abort() drops the buffer and keeps its first reason", async () => {
  const script =
    'read(1) "a"; abort("first") null; abort("second") null; read(1) 400';
  const error = await check(ABC, {}, script, [1, 1, ["first"]]);
  assertEquals(error?.cause, "first");
  assertEquals(
    error?.message,
    "Cannot read the request body: the request was aborted",
  );
  const late = 'read(1) "a"; abort("late") null; read(1) 400';
  await check(ABC, TO_3, late, [1, 1, ["late"]]);
});

Deno.test("abort() keeps a failure that no read has seen", async () => {
  const { input } = open(["abcdef"], MAX_5);
  await play(input, 'read(1) "a"; abort("late") null; read(1) 413');
});

Deno.test("abort() before the first read never opens the source", async () => {
  await check(ABC, {}, "abort() null; read() 400", [0, 0, []]);
});

Deno.test("abort() after the end or a failure changes nothing", async () => {
  const script = 'read() "abc"; abort("late") null; read() ""';
  await check(ABC, {}, script, [1, 2, []]);
  await check(ABC, TO_3, script, [1, 1, []]);
  const failing = 'read() 400; abort("late") null; read() 400';
  await check(ABC, TO_4, failing, [1, 2, []]);
});

Deno.test("abort() at any moment of a read makes later reads reject", async () => {
  for (let moment = 0; moment < 20; moment++) {
    const input = open(["abc", "def"]).input;
    const pending = text(input.read(2)).catch(() => "rejected");
    for (let turn = 0; turn < moment; turn++) await Promise.resolve();
    input.abort("now");
    const result = await pending;
    assert(result === "ab" || result === "rejected");
    await rejectsWith(400, input.read(1));
  }
});

Deno.test("release() cancels an open source once, and keeps the buffer", async () => {
  const whole = 'read() "abc"; release() null; release() null; read() ""';
  await check(ABC, TO_3, whole, [1, 1, [undefined]]);
  const part = 'read(1) "a"; release() null; read() "bc"';
  await check(ABC, TO_3, part, [1, 1, [undefined]]);
  const { input, source } = open(["abc", "def"]);
  await play(input, 'read(1) "a"; release() null; read(1) 400');
  assertEquals(source.cancelled.length, 1);
  await check(ABC, {}, "release() null", [0, 0, []]);
  await check(ABC, {}, 'read() "abc"; release() null', [1, 2, []]);
  await check([], {}, 'read() ""; release() null; read() ""', [1, 1, []]);
});

// Deno.serve must be able to answer.
Deno.test.each<
  [string, string, string, (body: Request["body"]) => Promise<unknown>]
>([
  [
    "RequestInput over the limit",
    "Transfer-Encoding: chunked\r\n\r\n8\r\none\ntwo\n\r\n",
    "RequestBodyError",
    async (body) => {
      const input = new RequestInput(() => body, { maxSize: 4 });
      return (await rejectsWith(413, input.read())).name;
    },
  ],
  [
    "abort() of a read that waits for the client",
    "Content-Length: 8\r\n\r\none\n",
    "late",
    async (body) => {
      const input = new RequestInput(() => body, { contentLength: 8 });
      await input.readline();
      const pending = input.readline();
      input.abort("late");
      return (await rejectsWith(400, pending)).cause;
    },
  ],
])("%s lets Deno.serve answer", async (_what, request, expected, read) => {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async ({ body }) => new Response(`${await read(body)}`),
  );
  const post = `POST / HTTP/1.1\r\nHost: a\r\n${request}`;
  assertEquals((await ask(server.addr, post)).body, expected);
});
