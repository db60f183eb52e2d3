import { assert, assertEquals } from "@std/assert";
import { assetOf } from "../../../dev/inspector/assets.ts";
import {
  ASSET_DATA,
  ASSETS,
  createAssetData,
} from "../../../tools/inspector_assets.ts";
import { Tree } from "../../static_files/static_tree.ts";
import { runTool } from "../../tool.ts";

const names = Array.from(Deno.readDirSync(ASSETS), ({ name }) => name).sort();

Deno.test("dev/inspector/assets.json is up to date (deno task assets), and below 60 KB", async () => {
  const data = await Deno.readTextFile(ASSET_DATA);
  assert(data === await createAssetData());
  assert(data.length < 60_000);
  const types = names.map((name) => assetOf(name)?.type);
  assertEquals(new Set(types).size, 3);
  assert(!types.includes(undefined));
});

Deno.test("scripts of the inspector have correct types", async () => {
  const scripts = names.filter((name) => name.endsWith(".js"));
  const compilerOptions = {
    ...{ checkJs: true, strict: true, noUncheckedIndexedAccess: true },
    lib: ["esnext", "dom", "dom.iterable", "dom.asynciterable"],
  };
  await using tree = await Tree.make({
    ...Object.fromEntries(scripts.map((it) => [it, assetOf(it)!.content])),
    "deno.json": JSON.stringify({ compilerOptions }),
  });
  const args = ["check", `--config=${tree.root}/deno.json`, tree.root];
  const { code, stderr } = await runTool(Deno.execPath(), args);
  assertEquals(code, 0, stderr);
});

Deno.test("assets of the inspector refer to nothing outside of their folder", () => {
  for (const name of names) {
    const { content } = assetOf(name)!;
    const urls = content.match(/https?:\/\/[^"')\s]*|url\(|@import/g) ?? [];
    const others = urls.filter((url) => url !== "http://www.w3.org/2000/svg");
    assertEquals(others, []);
    const imports = content.matchAll(/from "([^"]*)"/g);
    for (const [, path = ""] of imports) {
      assert(names.includes(path.replace("./", "")), path);
    }
  }
});
