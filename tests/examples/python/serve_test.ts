import { assertEquals } from "@std/assert";
import { flask } from "../../../tools/matrix/frameworks.ts";
import { assertNoComplaint, ExampleProgram } from "../program.ts";

/** What Deno gets of the command in the first line of serve.ts. */
async function command(): Promise<string[]> {
  const root = new URL("../../../", import.meta.url);
  const file = new URL("examples/python/serve.ts", root);
  const [first = ""] = (await Deno.readTextFile(file)).split("\n");
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "-q", "std"],
    cwd: root,
    stdin: "null",
  }).output();
  const std = new TextDecoder().decode(stdout).trim();
  const line = first.replace("// deno ", "").replace(
    "$(deno task -q std)",
    std,
  );
  return line.split(/\s+/);
}

const missing = await flask.missing();
const reason = missing === undefined ? "" : ` (${missing})`;
const ignore = missing !== undefined;

Deno.test({
  name: `serve.ts serves what has a name in a Python file${reason}`,
  ignore,
}, async () => {
  const app = "examples/python/flask_app.py:flask_app";
  await using program = await ExampleProgram.start([
    ...await command(),
    app,
    "0",
  ]);
  const response = await fetch(new URL("hello/Zo%C3%AB", program.url));
  assertEquals(await response.text(), "Hello Zoë!\n");
  assertNoComplaint(await program.end());
});
