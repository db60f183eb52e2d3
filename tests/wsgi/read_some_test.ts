import { assertEquals } from "@std/assert";
import { fromBytes, toBytes } from "../../wsgi/byte_string.ts";
import { RequestInput } from "../../gateway/input/input_stream.ts";
import { readSome } from "../../wsgi/read_some.ts";
import type { Application, InputStream, Violation } from "../../mod.ts";
import { setupTestingDefaults, toRequest, validator } from "../../mod.ts";

function inputOf(...chunks: string[]): RequestInput {
  return new RequestInput(() => ReadableStream.from(chunks.map(toBytes)));
}

Deno.test("readSome() returns the bytes of one chunk, at most the given number, also after read()", async () => {
  const input = inputOf("abc", "defgh", "ijk");
  const read: string[] = [];
  for (const size of [10, 2, 10]) {
    read.push(fromBytes(await readSome(input, size)));
  }
  read.push(fromBytes(await input.read(1)));
  for (let i = 0; i < 2; i++) read.push(fromBytes(await readSome(input, 10)));
  assertEquals(read, ["abc", "de", "fgh", "i", "jk", ""]);
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
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const found: string[] = [];
  const app: Application = async (environ, startResponse) => {
    const reader = toRequest(environ).body!.getReader();
    for (const piece of ["one", "two"]) {
      const reading = reader.read();
      void writer.write(toBytes(piece));
      found.push(fromBytes((await reading).value!));
    }
    startResponse("204 No Content", []);
    return [];
  };
  const onViolation = ({ rule }: Violation) => void found.push(rule);
  const checked = validator(app, { profile: "paranoid", onViolation });
  const environ = setupTestingDefaults({
    REQUEST_METHOD: "POST",
    "wsgi.input": new RequestInput(() => readable),
    "wsgi.input_terminated": true,
  });
  const body = await checked(environ, () => () => Promise.resolve());
  await body.close?.();
  assertEquals(found, ["one", "two"]);
});
