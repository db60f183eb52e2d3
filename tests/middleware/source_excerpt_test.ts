import { assertEquals } from "@std/assert";
import { isUserFrame, readExcerpt } from "../../middleware/source_excerpt.ts";

const OURS = import.meta.resolve("../../gateway/run_application.ts");

Deno.test.each<[string, boolean]>([
  ["    at app (file:///home/me/app.ts:3:7)", true],
  ["    at async Object.app (file:///home/me/a (1)/app.ts:3:7)", true],
  ["    at file:///home/me/app.ts:3:7", true],
  [`    at run (${OURS}:3:7)`, false],
  ["    at run (https://jsr.io/@std/http/1.0.0/mod.ts:3:7)", false],
  ["    at run (ext:core/01_core.js:1:1)", false],
  ["Error: file:///home/me/app.ts:3:7", false],
])("isUserFrame() tells whose line it is: %s", (frame, expected) => {
  assertEquals(isUserFrame(frame), expected);
});

Deno.test("readExcerpt() reads five lines on each side of the first user frame", async () => {
  const folder = await Deno.makeTempDir({ prefix: "a # %41 " });
  const file = `${folder}/app.ts`;
  const lines = Array.from({ length: 20 }, (_, i) => `line ${i + 1}`);
  await Deno.writeTextFile(file, `${lines.join("\r\n")}\r\n`);
  const at = (row: number): unknown => {
    const stack = `    at run (${OURS}:1:1)\n    at file://${file}:${row}:2`;
    return readExcerpt(`Error: x\n${stack}`)?.lines.map(([number]) => number);
  };
  assertEquals(at(10), [5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
  assertEquals(at(1), [1, 2, 3, 4, 5, 6]);
  assertEquals(at(20), [15, 16, 17, 18, 19, 20]);
  assertEquals(at(99), undefined);
  const encoded = encodeURI(file).replaceAll("#", "%23");
  const { lines: [, second] = [] } =
    readExcerpt(`    at x (file://${encoded}:2:3)`) ?? {};
  assertEquals(second, [2, "line 2"]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("readExcerpt() gives nothing where there is nothing to read", () => {
  const frames = ["", "    at x (file:///no/such/file.ts:1:1)"];
  for (const stack of [...frames, "    at x (file:///%:1:1)"]) {
    assertEquals(readExcerpt(stack), undefined);
  }
});

Deno.test({
  name: "readExcerpt() asks for no permission",
  permissions: { read: false },
  fn(): void {
    assertEquals(readExcerpt(new Error("x").stack ?? ""), undefined);
  },
});
