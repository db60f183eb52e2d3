import { assertEquals } from "@std/assert";
import { RequestInput } from "../../../gateway/input/input_stream.ts";
import { inputOf, rejectsWith, sourceOf, text } from "./input_sources.ts";

Deno.test("release() cancels a source that has reached Content-Length", async () => {
  const source = sourceOf(["abc"]);
  const input = new RequestInput(source.open, { contentLength: 3 });
  assertEquals(await text(input.read()), "abc");
  assertEquals(source.cancelled.length, 0);
  input.release();
  input.release();
  assertEquals(source.cancelled.length, 1);
  assertEquals(await text(input.read()), "");
});

Deno.test("release() leaves what has come, but nothing more of the source", async () => {
  const source = sourceOf(["abc"]);
  const input = new RequestInput(source.open, { contentLength: 3 });
  assertEquals(await text(input.read(1)), "a");
  input.release();
  assertEquals(await text(input.read()), "bc");
  assertEquals(source.cancelled.length, 1);
});

Deno.test("release() makes later reads of an unfinished source reject", async () => {
  const source = sourceOf(["abc", "def"]);
  const input = new RequestInput(source.open);
  assertEquals(await text(input.read(1)), "a");
  input.release();
  assertEquals(source.cancelled.length, 1);
  await rejectsWith(400, input.read(1));
});

Deno.test("release() opens nothing and cancels nothing that has ended", async () => {
  const unused = sourceOf(["abc"]);
  new RequestInput(unused.open).release();
  assertEquals([unused.opened, unused.cancelled], [0, []]);
  const ended = sourceOf(["abc"]);
  const input = new RequestInput(ended.open);
  await input.read();
  input.release();
  assertEquals(ended.cancelled, []);
  const empty = inputOf([]);
  await empty.read();
  empty.release();
  assertEquals(await text(empty.read()), "");
});
