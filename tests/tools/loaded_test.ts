import { assertEquals } from "@std/assert";
import config from "../../deno.json" with { type: "json" };

const ROOT = new URL("../../", import.meta.url);

/** The modules that the tests import, directly or not. */
async function loadedModules(): Promise<Set<string>> {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    const imports = filesIn("tests").filter((path) => /_test\.ts$/.test(path))
      .map((path) => `import "${new URL(path, ROOT)}";\n`);
    // The development server starts it as a worker, which deno info ignores.
    imports.push(`import "${new URL("dev/worker/main.ts", ROOT)}";\n`);
    await Deno.writeTextFile(file, imports.join(""));
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", "--import-map=tools/npm_imports.json", file],
      cwd: ROOT,
      stdin: "null",
      stderr: "null",
    }).output();
    const { modules } = JSON.parse(new TextDecoder().decode(stdout));
    return new Set(modules.map((one: { specifier: string }) => one.specifier));
  } finally {
    await Deno.remove(file);
  }
}

function filesIn(folder: string): string[] {
  return [...Deno.readDirSync(new URL(folder, ROOT))].flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory ? filesIn(path) : path;
  }).filter((path) => path.endsWith(".ts"));
}

Deno.test("every module of the package is imported by a test", async () => {
  const loaded = await loadedModules();
  const folders = config.publish.include.filter((glob) => glob.includes("**"))
    .map((glob) => glob.slice(0, glob.indexOf("/")));
  const missing = folders.flatMap(filesIn)
    .filter((path) => !loaded.has(new URL(path, ROOT).href));
  assertEquals(missing, []);
});
