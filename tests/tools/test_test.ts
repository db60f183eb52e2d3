import { assertEquals } from "@std/assert";
import { joinMarks } from "../../tools/test.ts";

/** Returns the output for these lines. */
async function printed(...lines: string[]): Promise<string> {
  return (await Array.fromAsync(joinMarks(ReadableStream.from(lines)))).join(
    "",
  );
}

Deno.test("joinMarks() puts 80 marks into a row", async () => {
  const marks = Array.from({ length: 161 }, () => ".");
  const row = `${".".repeat(80)}\n`;
  assertEquals(await printed(...marks, "ok"), `${row}${row}.\nok\n`);
  assertEquals(await printed(...marks.slice(1), "ok"), `${row}${row}ok\n`);
});

Deno.test("joinMarks() leaves other lines alone", async () => {
  assertEquals(
    await printed(".", ",", "\x1b[31m!\x1b[0m", "", " ERRORS ", "...", "."),
    ".,\x1b[31m!\x1b[0m\n\n ERRORS \n...\n.",
  );
});
