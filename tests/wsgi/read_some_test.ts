import { assertEquals } from "@std/assert";
import { encodeUtf8, fromBytes, toBytes } from "../../wsgi/byte_string.ts";
import { RequestInput } from "../../gateway/input/input_stream.ts";
import { readSome } from "../../wsgi/read_some.ts";
import type { Application, InputStream, Violation } from "../../mod.ts";
import { setupTestingDefaults, toRequest, validator } from "../../mod.ts";

function inputOf(...chunks: string[]): RequestInput {
  return new RequestInput(() =>
    ReadableStream.from(chunks.map((chunk) => toBytes(encodeUtf8(chunk))))
  );
}

/** A body that returns its next chunk when the test allows it. */
function trickle(): { send: (text: string) => void; input: RequestInput } {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  return {
    send: (text) => void writer.write(toBytes(text)),
    input: new RequestInput(() => readable),
  };
}

Deno.test("readSome() returns the bytes of one chunk, and at most the given number", async () => {
  const input = inputOf("abc", "defgh");
  assertEquals(fromBytes(await readSome(input, 10)), "abc");
  assertEquals(fromBytes(await readSome(input, 2)), "de");
  assertEquals(fromBytes(await readSome(input, 10)), "fgh");
  assertEquals((await readSome(input, 10)).length, 0);
});

Deno.test("readSome() continues where read() has stopped", async () => {
  const input = inputOf("abc", "defgh");
  assertEquals(fromBytes(await input.read(4)), "abcd");
  assertEquals(fromBytes(await readSome(input, 10)), "efgh");
});

Deno.test("readSome() reads the given number of bytes from an input without that method", async () => {
  const right = inputOf("abc", "defgh");
  const input: InputStream = {
    read: (size) => right.read(size),
    readline: () => right.readline(),
    readlines: () => right.readlines(),
    [Symbol.asyncIterator]: () => right[Symbol.asyncIterator](),
  };
  assertEquals(fromBytes(await readSome(input, 5)), "abcde");
});

Deno.test("toRequest() streams a body as it arrives, even through validator()", async () => {
  const { send, input } = trickle();
  const found: string[] = [];
  const app: Application = async (environ, startResponse) => {
    const reader = toRequest(environ).body!.getReader();
    for (const piece of ["one", "two"]) {
      const reading = reader.read();
      send(piece);
      found.push(fromBytes((await reading).value!));
    }
    startResponse("204 No Content", []);
    return [];
  };
  const onViolation = ({ rule }: Violation) => void found.push(rule);
  const checked = validator(app, { profile: "paranoid", onViolation });
  const environ = setupTestingDefaults({
    REQUEST_METHOD: "POST",
    "wsgi.input": input,
    "wsgi.input_terminated": true,
  });
  const body = await checked(environ, () => () => Promise.resolve());
  await body.close?.();
  assertEquals(found, ["one", "two"]);
});
