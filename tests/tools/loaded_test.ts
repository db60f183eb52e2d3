import { assertEquals } from "@std/assert";
import config from "../../deno.json" with { type: "json" };

const ROOT = new URL("../../", import.meta.url);

function filesIn(folder: string): string[] {
  return [...Deno.readDirSync(new URL(folder, ROOT))].flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory ? filesIn(path) : path;
  }).filter((path) => path.endsWith(".ts"));
}

Deno.test("every module of the package is imported by a test", async () => {
  const tests = filesIn("tests").filter((path) => path.endsWith("_test.ts"));
  // The development server starts the worker, which deno info ignores.
  const imports = [...tests, "dev/worker/main.ts"].map((path) =>
    `import "${new URL(path, ROOT)}";\n`
  );
  const url = `data:text/javascript,${encodeURIComponent(imports.join(""))}`;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "--import-map=tools/npm_imports.json", url],
    cwd: ROOT,
  }).output();
  const { modules } = JSON.parse(new TextDecoder().decode(stdout));
  const loaded = modules.map((one: { specifier: string }) => one.specifier);
  const folders = config.publish.include.filter((glob) => glob.includes("**"))
    .map((glob) => glob.slice(0, glob.indexOf("/")));
  const missing = folders.flatMap(filesIn)
    .filter((path) => !loaded.includes(new URL(path, ROOT).href));
  assertEquals(missing, []);
});
