import { assert, assertStringIncludes, assertThrows } from "@std/assert";
import {
  type Application,
  ConformanceError,
  setupTestingDefaults,
  validator,
} from "../../mod.ts";
import { firstLineOf, readGallery } from "./program.ts";
import { ELSEWHERE, EXAMPLES, HELLO } from "./list.ts";

const ROOT = new URL("../../", import.meta.url);

Deno.test("docs/examples.md names every example by its first line", async () => {
  const page = await readGallery();
  for (const { file } of EXAMPLES) {
    assertStringIncludes(page, `\n${await firstLineOf(file)}\n`);
  }
  for (const file of Object.keys(ELSEWHERE)) {
    assertStringIncludes(page, file);
  }
});

Deno.test("docs/examples.md names no line that is not at the top of its file", async () => {
  const lines = (await readGallery()).match(/^(?:[A-Z_]+=\S+ )*deno .*$/gm) ??
    [];
  assert(lines.length > EXAMPLES.length);
  for (const line of lines) {
    const [file] = /examples\/\S+\.ts/.exec(line) ?? [""];
    const source = await Deno.readTextFile(new URL(file, ROOT));
    const [top = ""] = source.split("\nimport ");
    assertStringIncludes(top, line);
  }
});

Deno.test.each([
  { mistake: "a number as status", status: 200, body: [] },
  { mistake: "a string as body", status: "200 OK", body: HELLO },
])("docs/validator.md shows the message for $mistake", async (row) => {
  // The type checker would find both.
  const app = (_environ: unknown, startResponse: CallableFunction): unknown => {
    startResponse(row.status, [["Content-Type", "text/plain"]]);
    return row.body;
  };
  const checked = validator(app as unknown as Application);
  const { message, violation } = assertThrows(
    () => checked(setupTestingDefaults({}), () => () => Promise.resolve()),
    ConformanceError,
  );
  const page = await Deno.readTextFile(new URL("docs/validator.md", ROOT));
  assertStringIncludes(page, `${message.split("\n")[0]}\n`);
  assertStringIncludes(page, `hint: ${violation.hint}\n`);
});
