import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { fromBytes, toBytes } from "../../../wsgi/byte_string.ts";
import { RequestInput } from "../../../gateway/input/input_stream.ts";
import { RequestBodyError } from "../../../gateway/input/request_body_error.ts";
import { inputOf, rejectsWith, sourceOf, text } from "./input_sources.ts";

Deno.test("RequestInput gives nothing beyond contentLength", async () => {
  const source = sourceOf(["ab", "cdef", "gh"]);
  const input = new RequestInput(source.open, { contentLength: 4 });
  assertEquals(await text(input.read()), "abcd");
  assertEquals(await text(input.read()), "");
  assertEquals(source.pulls, 2);
  assertEquals(source.cancelled, []);
});

Deno.test("RequestInput asks the source for nothing once contentLength is reached", async () => {
  const source = sourceOf(["abc"], new Error("never seen"));
  const input = new RequestInput(source.open, { contentLength: 3 });
  assertEquals(await text(input.read()), "abc");
  assertEquals(await text(input.read()), "");
  assertEquals(source.pulls, 1);
});

Deno.test("RequestInput leaves the source alone when contentLength is 0", async () => {
  const source = sourceOf(["abc"]);
  const input = new RequestInput(source.open, { contentLength: 0 });
  assertEquals(await text(input.read()), "");
  assertEquals(source.opened, 0);
});

Deno.test("RequestInput rejects with 400 when the source ends before contentLength", async () => {
  const input = inputOf(["abc", "de"], { contentLength: 9 });
  assertEquals(await text(input.read(3)), "abc");
  const error = await rejectsWith(400, input.read(3));
  assertEquals(
    error.message,
    "Cannot read the request body: it must have 9 bytes as Content-Length says, got 5",
  );
  assertStrictEquals(await rejectsWith(400, input.read(1)), error);
  assertStrictEquals(await rejectsWith(400, input.read()), error);
  assertStrictEquals(await rejectsWith(400, input.readline()), error);
  assertStrictEquals(await rejectsWith(400, input.readlines()), error);
  assertStrictEquals(
    await rejectsWith(400, input[Symbol.asyncIterator]().next()),
    error,
  );
});

Deno.test("RequestInput rejects with 400 when a null source has a contentLength", async () => {
  await rejectsWith(
    400,
    new RequestInput(() => null, { contentLength: 1 }).read(),
  );
});

Deno.test("RequestInput rejects with 400 and the cause when the source fails", async () => {
  const failure = new Error("connection reset");
  const { open, stream } = sourceOf(["abc"], failure);
  const input = new RequestInput(open);
  assertEquals(await text(input.read(1)), "a");
  const error = await rejectsWith(400, input.read(5));
  assertEquals(
    error.message,
    "Cannot read the request body: its stream failed after 3 bytes",
  );
  assertStrictEquals(error.cause, failure);
  assertStrictEquals(await rejectsWith(400, input.read(1)), error);
  assert(!stream.locked);
});

Deno.test("RequestInput passes on a RequestBodyError of the source", async () => {
  const failure = new RequestBodyError("Cannot read the chunk", 413);
  const input = new RequestInput(sourceOf([], failure).open);
  assertStrictEquals(await rejectsWith(413, input.read()), failure);
});

Deno.test("readline() never gives half a line of a body that was cut short", async () => {
  const input = inputOf(["a\nb"], { contentLength: 9 });
  assertEquals(await text(input.readline()), "a\n");
  await rejectsWith(400, input.readline());
  await rejectsWith(400, inputOf(["a\nb"], { contentLength: 9 }).readlines());
});

Deno.test("RequestInput serves from its buffer what the buffer holds whole", async () => {
  const input = inputOf(["abc\ndef"], { contentLength: 9 });
  assertEquals(await text(input.read(1)), "a");
  assertEquals(await text(input.readline()), "bc\n");
  assertEquals(await text(input.read(2)), "de");
  await rejectsWith(400, input.read(2));
});

Deno.test("RequestInput rejects with 413 and leaves the source alone when contentLength is over maxSize", async () => {
  const source = sourceOf(["abcdef"]);
  const input = new RequestInput(source.open, { contentLength: 6, maxSize: 5 });
  assertEquals(await text(input.read(0)), "");
  const error = await rejectsWith(413, input.read(1));
  assertEquals(
    error.message,
    "Cannot read the request body: it must be at most 5 bytes, got 6",
  );
  assertStrictEquals(await rejectsWith(413, input.readlines()), error);
  assertEquals(source.opened, 0);
});

Deno.test("RequestInput rejects with 413 and cancels the source when it gives more than maxSize", async () => {
  const source = sourceOf(["abc", "def", "ghi"]);
  const input = new RequestInput(source.open, { maxSize: 5 });
  assertEquals(await text(input.read(4)), "abcd");
  const error = await rejectsWith(413, input.read());
  assertEquals(
    error.message,
    "Cannot read the request body: it must be at most 5 bytes, got at least 6",
  );
  assertStrictEquals(await rejectsWith(413, input.read(1)), error);
  assertEquals(source.cancelled, [error]);
  assertEquals(source.pulls, 2);
  assert(!source.stream.locked);
});

Deno.test("RequestInput takes a body of exactly maxSize", async () => {
  assertEquals(
    await text(inputOf(["abc", "de"], { maxSize: 5 }).read()),
    "abcde",
  );
  assertEquals(
    await text(inputOf(["abcde"], { maxSize: 5, contentLength: 5 }).read()),
    "abcde",
  );
  assertEquals(await text(inputOf([], { maxSize: 0 }).read()), "");
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
  const source = sourceOf([]);
  const cancelled: unknown[] = [];
  const stalled = new ReadableStream<Uint8Array>({
    cancel: (why) => void cancelled.push(why),
  });
  source.stream = stalled;
  const input = new RequestInput(source.open);
  const pending = [input.read(), input.readline(), input.readlines()];
  input.abort(reason);
  for (const promise of pending) {
    const error = await rejectsWith(400, promise);
    assertStrictEquals(error.cause, reason);
  }
  assertStrictEquals((await rejectsWith(400, input.read(1))).cause, reason);
  assertEquals(cancelled, [reason]);
  assert(!stalled.locked);
});

Deno.test("abort() drops what was buffered and keeps its first reason", async () => {
  const source = sourceOf(["abc"]);
  const input = new RequestInput(source.open);
  await input.read(1);
  input.abort("first");
  input.abort("second");
  const error = await rejectsWith(400, input.read(1));
  assertEquals(error.cause, "first");
  assertEquals(
    error.message,
    "Cannot read the request body: the request was aborted",
  );
  assertEquals(source.cancelled, ["first"]);
});

Deno.test("abort() drops what was buffered of a body that is complete", async () => {
  const input = inputOf(["abc"], { contentLength: 3 });
  await input.read(1);
  input.abort("late");
  await rejectsWith(400, input.read(1));
});

Deno.test("abort() keeps a failure that no read has met yet", async () => {
  const input = inputOf(["abcdef"], { maxSize: 5 });
  await input.read(1);
  input.abort("late");
  await rejectsWith(413, input.read(1));
});

Deno.test("abort() before the first read never opens the source", async () => {
  const source = sourceOf(["abc"]);
  const input = new RequestInput(source.open);
  input.abort();
  await rejectsWith(400, input.read());
  assertEquals(source.opened, 0);
});

Deno.test("abort() after the end changes nothing", async () => {
  for (const contentLength of [undefined, 3]) {
    const input = inputOf(["abc"], { contentLength });
    await input.read();
    input.abort("late");
    assertEquals(await text(input.read()), "");
  }
});

Deno.test("abort() after a failure changes nothing", async () => {
  const input = inputOf(["abc"], { contentLength: 4 });
  const error = await rejectsWith(400, input.read());
  input.abort("late");
  assertStrictEquals(await rejectsWith(400, input.read()), error);
});

Deno.test("abort() at any moment of a read leaves nothing for later reads", async () => {
  for (let moment = 0; moment < 20; moment++) {
    const input = inputOf(["abc", "def"]);
    const pending = text(input.read(2)).catch(() => "rejected");
    for (let turn = 0; turn < moment; turn++) await Promise.resolve();
    input.abort("now");
    const result = await pending;
    assert(result === "ab" || result === "rejected");
    await rejectsWith(400, input.read(1));
  }
});

/** Sends one raw request to Deno.serve and gives the answer to it. */
async function exchange(
  request: string,
  handler: (request: Request) => Promise<string>,
): Promise<string> {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) =>
      new Response(await handler(request), { headers: { done: "yes" } }),
  );
  using connection = await Deno.connect({ port: server.addr.port });
  await connection.write(toBytes(`POST / HTTP/1.1\r\nHost: a\r\n${request}`));
  const answer = new Uint8Array(1000);
  const length = await connection.read(answer);
  return fromBytes(answer.subarray(0, length ?? 0)).split("\r\n\r\n")[1] ?? "";
}

Deno.test("RequestInput over the limit lets Deno.serve answer", async () => {
  const answer = await exchange(
    "Transfer-Encoding: chunked\r\n\r\n8\r\none\ntwo\n\r\n",
    async (request) => {
      const input = new RequestInput(() => request.body, { maxSize: 4 });
      return (await rejectsWith(413, input.read())).name;
    },
  );
  assertEquals(answer, "RequestBodyError");
});

Deno.test("abort() of a read that waits for the client lets Deno.serve answer", async () => {
  const answer = await exchange(
    "Content-Length: 8\r\n\r\none\n",
    async (request) => {
      const input = new RequestInput(() => request.body, { contentLength: 8 });
      await input.readline();
      const pending = input.readline();
      input.abort("late");
      return `${(await rejectsWith(400, pending)).cause}`;
    },
  );
  assertEquals(answer, "late");
});
