/** The npm package, installed as its users install it. */

import { pack } from "../../tools/pack.ts";
import { runTool } from "../tool.ts";

/**
 * Packs the package and installs it in an empty folder, without any registry.
 */
export async function installPackage(
  files: Readonly<Record<string, string>>,
): Promise<string> {
  const path = await Deno.makeTempDir({ prefix: "wsgiref_npm_" });
  try {
    await pack(`${path}/package.tgz`);
    const all = { "package.json": '{"private":true}', ...files };
    for (const [name, text] of Object.entries(all)) {
      await Deno.writeTextFile(`${path}/${name}`, text);
    }
    const { code, stderr } = await runTool("npm", [
      ...["install", "--offline", "--no-audit", "--no-fund"],
      ...["--prefix", path, `${path}/package.tgz`],
    ]);
    if (code !== 0) throw new Error(stderr);
  } catch (error) {
    await Deno.remove(path, { recursive: true });
    throw error;
  }
  return path;
}
