/** Runs the tests that the inspector writes for recorded requests. */

import config from "../../../deno.json" with { type: "json" };
import { Tree } from "../../static_files/static_tree.ts";
import { runTool, type ToolOutcome } from "../../tool.ts";

const ROOT = new URL("../../../", import.meta.url);

/** Writes an application and the tests of some requests, and runs them. */
export async function runTests(
  modules: Readonly<Record<string, string>>,
  ...tests: readonly string[]
): Promise<ToolOutcome> {
  const imports = Object.entries(config.exports).map(([name, path]) => [
    `@wsgi/ref${name.slice(1)}`,
    new URL(path, ROOT).href,
  ]);
  await using tree = await Tree.make({
    ...modules,
    ...Object.fromEntries(tests.map((it, i) => [`t${i}_test.ts`, it])),
    "deno.json": JSON.stringify({ imports: Object.fromEntries(imports) }),
  });
  const args = ["test", "-A", "--check", `--config=${tree.root}/deno.json`];
  const command = ["NO_COLOR=1", Deno.execPath(), ...args, tree.root];
  return await runTool("env", command);
}
