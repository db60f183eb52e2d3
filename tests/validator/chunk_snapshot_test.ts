import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { digest } from "../../validator/wrap/chunk_snapshot.ts";

function filled(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => index % 251);
}

Deno.test("digest() depends on each byte of a short chunk", () => {
  const bytes = filled(9);
  const before = digest(bytes, 9);
  for (let i = 0; i < bytes.length; i++) {
    const changed = bytes.with(i, 255);
    assertNotEquals(digest(changed, 9), before, `byte ${i}`);
  }
  assertEquals(digest(bytes.slice(), 9), before);
  assertNotEquals(digest(bytes.toReversed(), 9), before);
});

Deno.test("digest() depends on the content of a large chunk, and reads no byte of a detached one", () => {
  const large = filled(1_000_000);
  assertNotEquals(
    digest(large, large.length),
    digest(large.map((byte) => byte + 1), large.length),
  );
  const gone = new Uint8Array(8);
  structuredClone(gone, { transfer: [gone.buffer] });
  assert(Number.isInteger(digest(gone, 0)));
});
