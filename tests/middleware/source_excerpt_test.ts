import { assertEquals } from "@std/assert";
import { readExcerpt } from "../../middleware/source_excerpt.ts";

Deno.test("readExcerpt() reads five lines on each side of a place", async () => {
  const folder = await Deno.makeTempDir({ prefix: "a # %41 " });
  const file = `${folder}/app.ts`;
  const lines = Array.from({ length: 20 }, (_, i) => `line ${i + 1}`);
  await Deno.writeTextFile(file, `${lines.join("\r\n")}\r\n`);
  const at = (line: number): unknown =>
    readExcerpt({ file: `file://${file}`, line, column: 2 })?.lines
      .map(([number]) => number);
  assertEquals(at(10), [5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
  assertEquals(at(1), [1, 2, 3, 4, 5, 6]);
  assertEquals(at(20), [15, 16, 17, 18, 19, 20]);
  assertEquals(at(99), undefined);
  const encoded = encodeURI(file).replaceAll("#", "%23");
  const { lines: [, second] = [] } =
    readExcerpt({ file: `file://${encoded}`, line: 2, column: 3 }) ?? {};
  assertEquals(second, [2, "line 2"]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("readExcerpt() returns undefined if there is nothing to read", () => {
  const other = new URL("../../deno.json", import.meta.url).href;
  const files = ["", "file:///no/such/file.ts", "file:///%", other];
  for (const file of [...files, "https://example.com/app.ts"]) {
    assertEquals(readExcerpt({ file, line: 1, column: 1 }), undefined);
  }
});

Deno.test({
  name: "readExcerpt() asks for no permission",
  permissions: { read: false },
  fn(): void {
    assertEquals(
      readExcerpt({ file: import.meta.url, line: 1, column: 1 }),
      undefined,
    );
  },
});
