import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  checkChunk,
  joinChunks,
  totalLength,
} from "../../gateway/body_chunks.ts";

const hello = new TextEncoder().encode("hello");

Deno.test("totalLength() adds up the lengths of the chunks", () => {
  assertEquals(totalLength([]), 0);
  assertEquals(totalLength([hello, new Uint8Array(), hello]), 10);
});

Deno.test("totalLength() refuses what is no chunk", () => {
  assertThrows(() => totalLength([hello, "x"]), TypeError, 'got "x"');
});

Deno.test("totalLength() loses no rejection of a promise that it refuses", async () => {
  const lost: unknown[] = [];
  const listen = (event: PromiseRejectionEvent): void => {
    lost.push(event.reason);
    event.preventDefault();
  };
  addEventListener("unhandledrejection", listen);
  const failing = (): Promise<never> => Promise.reject(new Error("never seen"));
  assertThrows(() => totalLength([failing(), failing()]), TypeError);
  assertThrows(() => checkChunk(failing()), TypeError, "got a Promise");
  // One turn of the event loop: by then a rejection would have been reported.
  await new Promise((resolve) => setTimeout(resolve));
  removeEventListener("unhandledrejection", listen);
  assertEquals(lost, []);
});

Deno.test("joinChunks() gives the only chunk as it is", () => {
  assertStrictEquals(joinChunks([hello], 5), hello);
});

Deno.test("joinChunks() copies several chunks into one", () => {
  assertEquals(
    new TextDecoder().decode(joinChunks([hello, hello], 10)),
    "hellohello",
  );
});
