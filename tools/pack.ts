/**
 * Builds the npm package: a tarball for Node.js and Bun, in JavaScript, with
 * declarations and without dependencies.
 *
 *     deno task pack [FILE]
 *
 * It contains the entry points without dependencies. Those that use `@std` are
 * omitted: npm has no `@std`, and `deno pack` turns `jsr:` into dependencies
 * that can only be installed from the JSR registry.
 *
 * `deno pack` needs a folder with a `deno.json` and supports no import map. It
 * omits all declarations if the type of one export is missing. The tool
 * therefore runs it in a copy of the published files, and checks the tarball
 * afterwards.
 *
 * @module
 */

import { resolve } from "node:path";
import config from "../deno.json" with { type: "json" };

const ROOT = new URL("../", import.meta.url);

interface Graph {
  readonly modules: readonly { specifier: string; error?: string }[];
}

async function run(
  program: string,
  args: readonly string[],
  cwd: string | URL,
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    cwd,
    stdin: "null",
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  if (success) return decoder.decode(stdout);
  throw new Error(`Cannot run ${program}: ${decoder.decode(stderr)}`);
}

/**
 * Returns the modules of an entry point; `undefined` if one is not from this
 * repository.
 */
async function modulesOf(path: string): Promise<string[] | undefined> {
  // The import map prevents requests to a registry: its modules are in tools/.
  const map = "--import-map=tools/npm_imports.json";
  const args = ["info", "--json", map, path];
  const output = await run(Deno.execPath(), args, ROOT);
  const { modules }: Graph = JSON.parse(output);
  const paths: string[] = [];
  for (const { specifier, error } of modules) {
    if (specifier.startsWith("node:")) continue;
    if (error !== undefined) throw new Error(`${specifier}: ${error}`);
    const local = specifier.replace(ROOT.href, "");
    if (local === specifier || local.startsWith("tools/")) return undefined;
    paths.push(local);
  }
  return paths;
}

/** Copies the files of the package, and returns its entry points. */
async function copyPackage(
  folder: string,
): Promise<Record<string, string>> {
  const exports: Record<string, string> = {};
  const files = new Set(["LICENSE", "README.md"]);
  for (const [name, path] of Object.entries(config.exports)) {
    // The development server needs Deno's workers and file watcher.
    if (name === "./dev") continue;
    const modules = await modulesOf(path);
    if (modules === undefined) continue;
    exports[name] = path;
    for (const module of modules) files.add(module);
  }
  for (const file of files) {
    const slash = file.lastIndexOf("/");
    const parent = `${folder}/${file.slice(0, Math.max(slash, 0))}`;
    await Deno.mkdir(parent, { recursive: true });
    await Deno.copyFile(new URL(file, ROOT), `${folder}/${file}`);
  }
  return exports;
}

/**
 * Builds the npm package.
 *
 * @param output The path of the tarball.
 * @returns The names of its entry points.
 * @throws {Error} If an entry point has no declarations.
 */
export async function pack(output: string): Promise<string[]> {
  const folder = await Deno.makeTempDir({ prefix: "wsgiref_pack_" });
  try {
    const exports = await copyPackage(folder);
    const { name, version, license, compilerOptions } = config;
    await Deno.writeTextFile(
      `${folder}/deno.json`,
      JSON.stringify({ name, version, license, exports, compilerOptions }),
    );
    const options = ["--quiet", "--no-source-maps", "--output", output];
    await run(Deno.execPath(), ["pack", ...options], folder);
    const list = await run("tar", ["tzf", output], folder);
    const files = new Set(list.split("\n"));
    for (const path of Object.values(exports)) {
      const types = path.replace(/^\.(.*)\.ts$/, "package$1.d.ts");
      if (!files.has(types)) throw new Error(`The package lacks ${types}`);
    }
    return Object.keys(exports);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) {
  // The package is built in another folder, so resolve relative paths first.
  const output = resolve(Deno.args[0] ?? `wsgi-ref-${config.version}.tgz`);
  const names = await pack(output);
  // deno-lint-ignore no-console
  console.log(`${output}: ${names.join(" ")}`);
}
