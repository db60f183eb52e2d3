import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  checkChunk,
  joinChunks,
  totalLength,
} from "../../gateway/body_chunks.ts";
import { fail, turn } from "./recording_transport.ts";

const hello = new TextEncoder().encode("hello");

Deno.test("totalLength() sums the lengths of the chunks, and rejects other values", () => {
  assertEquals(totalLength([]), 0);
  assertEquals(totalLength([hello, new Uint8Array(), hello]), 10);
  assertThrows(() => totalLength([hello, "x"]), TypeError, 'got "x"');
});

Deno.test("totalLength() and checkChunk() leave no unhandled rejection of a promise", async () => {
  const failing = () => Promise.try(fail);
  assertThrows(() => totalLength([failing(), failing()]), TypeError);
  assertThrows(() => checkChunk(failing()), TypeError, "got a Promise");
  // The test runner would fail the test.
  await turn();
});

Deno.test("joinChunks() copies several chunks into one, but not a single one", () => {
  assert(joinChunks([hello], 5) === hello);
  const joined = joinChunks([hello, hello], 10);
  assertEquals(new TextDecoder().decode(joined), "hellohello");
});
